"""What a demo refuses before it starts anything, and what it tells each program."""

import io
import socket
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from launcher import cli, commands, demo, environment, gate, ports, programs
from launcher.demo import _base, _given
from launcher.environment import Facts
from launcher.errors import LauncherError
from launcher.gate import Check, _everything, _tests
from launcher.packages import Packages
from launcher.programs import Parts
from launcher.state import State
from launcher.supervisor import Step

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = Packages(Path("/venv"))
LISTEN = {program: 9000 + offset for program, offset in programs.OFFSETS.items()}
FACTS = Facts(
    database_url="postgres://fulfilment_app:app-secret@127.0.0.1:1/fulfilment",
    owner_url="postgres://fulfilment_owner:owner-secret@127.0.0.1:1/fulfilment",
    redis_url="redis://:broker-secret@127.0.0.1:2",
    shop_url="http://127.0.0.1:9000",
    fulfilment_url="http://127.0.0.1:9001",
    saleor_api_url="http://127.0.0.1:9002/graphql/",
    saleor_account=("admin@example.com", "staff-secret"),
    stripe_secret_key="sk_test_secret",
    stripe_webhook_secret="whsec_secret",
    stripe_api_base="http://127.0.0.1:9003",
    shop_secret_key="shop-secret",
    fulfilment_secret_key="fulfilment-secret",
    storefront_api_token="storefront-secret",
    plugin_notice_secrets="plugin-secret",
    sandbox_saleor_url="http://127.0.0.1:9002",
    sandbox_stripe_url="http://127.0.0.1:9003",
    sandbox_state=Path("/state/sandbox"),
    catalogue=Path("/demo/catalogue.toml"),
    beat_schedule=Path("/state/celerybeat-schedule"),
    forgotten=Path("/state/forgotten.jsonl"),
    metrics=Path("/state/metrics"),
)
ALL = Parts(saleor=True, stripe=True, prepare_database=True, connect_saleor=True)


def steps(parts: Parts = ALL, facts: Facts = FACTS) -> dict[str, Step]:
    return {step.name: step for step in programs.steps(PACKAGES, facts, parts, LISTEN, Path("/logs"), ())}


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SALEOR_API_URL", "SALEOR_EMAIL", "SALEOR_PASSWORD", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_a_taken_port_is_named_with_who_needs_it_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LauncherError, match=rf"Port {port} is taken, and the shop needs it\. Use --port-base"):
            ports.check({"the shop": port}, "Use --port-base.", patience=0)


def test_a_port_that_is_no_port_is_told() -> None:
    with pytest.raises(LauncherError, match="70000 is not a port"):
        ports.check({"the shop": 70_000}, "")


def test_ports_in_a_row_are_found() -> None:
    base = ports.free_base(4)
    assert all(ports.is_free(base + offset) for offset in range(4))


def test_a_state_keeps_its_ports(tmp_path: Path) -> None:
    state = State(tmp_path)
    assert _base(state, None) == demo.DEFAULT_BASE
    state.note(port_base=8180)
    assert _base(state, None) == 8180
    with pytest.raises(LauncherError, match="start it with --port-base 8180, or begin anew with --fresh"):
        _base(state, 8280)


@pytest.mark.parametrize(
    ("name", "missing"), [("SALEOR_API_URL", "SALEOR_EMAIL"), ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")]
)
def test_half_of_a_replacement_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, missing: str) -> None:
    monkeypatch.setenv(name, "given")
    with pytest.raises(LauncherError, match=missing):
        _given()


def test_a_saleor_to_test_against_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALEOR_API_URL", "http://saleor.example/graphql/")
    with pytest.raises(LauncherError, match="SALEOR_EMAIL"):
        gate.run(ROOT, ["tests/contract"])


def test_each_program_gets_only_what_it_needs() -> None:
    secrets = {
        "owner-secret": {"migrate", "grant"},
        "app-secret": {"seed", "fulfilment", "worker", "rounds", "beat", "connect"},
        "staff-secret": {"connect"},
        "sk_test_secret": {
            "migrate",
            "grant",
            "seed",
            "fulfilment",
            "worker",
            "rounds",
            "beat",
            "connect",
            "sandbox-stripe",
        },
        "shop-secret": {"shop"},
        "fulfilment-secret": {"migrate", "grant", "seed", "fulfilment", "worker", "rounds", "beat", "connect"},
        "plugin-secret": {"migrate", "grant", "seed", "fulfilment", "worker", "rounds", "beat", "connect"},
        "storefront-secret": {"shop", "migrate", "grant", "seed", "fulfilment", "worker", "rounds", "beat", "connect"},
    }
    for secret, expected in secrets.items():
        told = {name for name, step in steps().items() if any(secret in value for value in step.env.values())}
        assert told == expected, secret
        assert not any(secret in word for step in steps().values() for word in step.argv)


def test_what_the_person_has_in_the_environment_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "private")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for step in steps().values():
        assert "SOME_TOKEN" not in step.env
        assert "PYTHONDONTWRITEBYTECODE" not in step.env


def test_our_programs_tell_what_they_do_to_whom_the_person_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    told = {name for name, step in steps().items() if "OTEL_EXPORTER_OTLP_ENDPOINT" in step.env}
    assert {"shop", "fulfilment", "worker", "rounds"} <= told
    assert not {"sandbox-saleor", "sandbox-stripe"} & told


def test_people_see_the_houses_own_error_pages_in_the_demo_too() -> None:
    assert not any("DEBUG" in step.env for step in steps().values())
    assert {name for name, step in steps().items() if step.env.get("DEMO")} >= {
        "shop",
        "fulfilment",
        "worker",
        "rounds",
    }


def test_a_measurement_says_where_mails_go_whatever_the_person_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_URL", "smtp://mail.example:25")
    assert steps()["rounds"].env["MAIL_URL"] == "smtp://mail.example:25"
    assert steps(facts=replace(FACTS, mail_url="smtp://127.0.0.1:9"))["rounds"].env["MAIL_URL"] == "smtp://127.0.0.1:9"


def test_postgresql_hears_who_asks_and_the_workers_have_names_of_their_own() -> None:
    found = steps()
    assert {found[name].env["PGAPPNAME"] for name in ("fulfilment", "worker", "rounds")} == {"web", "worker", "rounds"}
    named = [found[name].argv[found[name].argv.index("-n") + 1] for name in ("worker", "rounds")]
    assert len(set(named)) == 2


def test_traffic_to_ourselves_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.delenv("no_proxy", raising=False)
    assert environment.base()["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_a_second_start_does_only_what_has_to_be_done_again() -> None:
    again = steps(replace(ALL, prepare_database=False, connect_saleor=False))
    assert set(again) == {"sandbox-saleor", "sandbox-stripe", "fulfilment", "worker", "rounds", "beat", "shop"}
    assert all(not step.after for step in again.values())


def test_what_the_environment_replaces_is_not_started() -> None:
    found = steps(replace(ALL, saleor=False, stripe=False))
    assert not any(name.startswith("sandbox") for name in found)
    assert set(found["connect"].after) == {"fulfilment", "seed"}


def test_a_saleor_that_was_given_is_brought_to_the_demos_shop() -> None:
    assert "connect_saleor" in steps()["connect"].argv
    assert steps(replace(ALL, saleor=False))["connect"].argv[-3:] == [
        "setup_saleor",
        "--skip-checks",
        str(FACTS.catalogue),
    ]


def test_rights_are_granted_only_to_a_role_that_is_not_the_owner() -> None:
    assert steps()["grant"].argv[-1] == "fulfilment_app"
    assert "grant" not in steps(facts=replace(FACTS, database_url=FACTS.owner_url))


SHOP = ["tests/shop", "tests/e2e/test_shop_pages.py"]
REST = ["tests", "--ignore=tests/shop", "--ignore=tests/e2e/test_shop_pages.py"]


@pytest.mark.parametrize(
    ("arguments", "of_shop", "others"),
    [
        ([], SHOP, REST),
        (["-k", "money"], [*SHOP, "-k", "money"], [*REST, "-k", "money"]),
        (["tests/shop/test_money.py::test_x"], ["tests/shop/test_money.py::test_x"], None),
        (["./tests/shop", "-x"], ["./tests/shop", "-x"], None),
        (["tests/unit"], None, ["tests/unit"]),
        (["tests/shop", "tests/unit"], ["tests/shop"], ["tests/unit"]),
        (["tests/e2e"], SHOP[1:], ["tests/e2e", REST[2]]),
    ],
)
def test_arguments_go_to_the_tests_that_they_mean(
    tmp_path: Path, arguments: list[str], of_shop: list[str] | None, others: list[str] | None
) -> None:
    for name in ("tests/shop/test_money.py", "tests/e2e/test_shop_pages.py", "tests/unit/test_money.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    checks = _tests(PACKAGES, tmp_path, arguments)
    found = {check.name: [word for word in check.argv[3:] if word != "--color=yes"] for check in checks}
    assert found.get("tests of the shop") == (of_shop and ["--ds=shop.settings", *of_shop])
    assert found.get("all other tests") == others


def test_the_whole_gate_runs_every_test_once_and_every_static_check() -> None:
    checks = _everything(PACKAGES, cli.ROOT)
    for path in sorted((cli.ROOT / "tests").rglob("test_*.py")):
        runs = [check.name for check in checks if check.is_tests and _reaches(check, path.relative_to(cli.ROOT))]
        assert len(runs) == 1, (path, runs)
    static = {check.name for check in checks if not check.is_tests}
    assert static == {"ruff check", "ruff format", "import contracts", "mypy --strict"}
    databases = [check.database for check in checks if check.is_tests and "--ds=shop.settings" not in check.argv]
    assert len(databases) == len(set(databases))


def _reaches(check: Check, path: Path) -> bool:
    words = [word for word in check.argv[3:] if word != "--color=yes"]
    left_out = [word.removeprefix("--ignore=") for word in words if word.startswith("--ignore=")]
    named = [word for word in words if not word.startswith("-")]
    return any(path.is_relative_to(one) for one in named) and not any(path.is_relative_to(one) for one in left_out)


def test_a_benchmark_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "nothing"]) == 1
    assert "There is no benchmark nothing. There are: burst, large_collection, route_orders" in capsys.readouterr().err


def test_what_a_hunt_is_given_is_for_the_hunt() -> None:
    with mock.patch.object(commands, "run_hunt", return_value=1) as hunt:
        assert cli.main(["hunt", "--minutes", "60", "--seed", "7"]) == 1
    hunt.assert_called_once_with(cli.ROOT, ["--minutes", "60", "--seed", "7"])


def test_managing_needs_a_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["manage", "--state", str(tmp_path / "none"), "settle"]) == 1
    assert "There is no demo yet" in capsys.readouterr().err


def test_setting_up_the_sandbox_is_refused_with_what_it_is_for() -> None:
    env = {"SALEOR_API_URL": "http://127.0.0.1:8082/graphql/"}
    with pytest.raises(LauncherError, match="is the sandbox"):
        commands._check_saleor(["setup_saleor", "--plan"], env, "http://127.0.0.1:8082")
    commands._check_saleor(["setup_saleor"], env, "http://127.0.0.1:9082")
    commands._check_saleor(["settle"], env, "http://127.0.0.1:8082")


@pytest.mark.parametrize("base", ["99999", "-1", "65533"])
def test_what_is_no_port_is_refused_before_anything_else(base: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["demo", f"--port-base={base}"])
    assert "is not the first of four ports" in capsys.readouterr().err


def test_an_older_python_reads_a_clear_sentence() -> None:
    source = (ROOT / "run.py").read_text()
    assert source.index("sys.version_info < (3, 11)") < source.index("from launcher")


def test_a_terminal_sees_what_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from launcher.console import Console

    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    console = Console(screen)
    console.waiting(["shop", "worker"])
    console.done("shop")
    assert "shop, worker …" in screen.getvalue()
    assert screen.getvalue().count("\r\x1b[K") == 2
