"""No container engine is at hand here: what docker-compose.yml says is held against the programs that it starts."""

import os
import re
import secrets
import shlex
import subprocess
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from fulfilment.config.celery import Alive
from fulfilment.inbox.models import OpenIssue
from launcher.environment import Facts
from launcher.packages import Packages
from launcher.programs import Parts, steps

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "operations" / "operations.md"
SHOP, FULFILMENT = "shop/settings.py", "fulfilment/config/settings.py"
OURS = {
    "shop": SHOP,
    "fulfilment": FULFILMENT,
    "fulfilment-worker": FULFILMENT,
    "fulfilment-rounds": FULFILMENT,
    "fulfilment-beat": FULFILMENT,
    "fulfilment-migrate": FULFILMENT,
}
"""Our services, and the settings that each reads."""

SALEORS = {
    *("DEBUG", "SECRET_KEY", "RSA_PRIVATE_KEY", "DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "PUBLIC_URL"),
    *("ALLOWED_HOSTS", "ALLOWED_CLIENT_HOSTS", "ALLOWED_GRAPHQL_ORIGINS", "HTTP_IP_FILTER_ENABLED", "EMAIL_URL"),
    *("UPLOAD_ADDITIONAL_ALLOWED_MIME_TYPES", "PLAYGROUND_ENABLED", "SEND_USAGE_TELEMETRY", "DEFAULT_COUNTRY"),
    "POPULATE_DEFAULTS",
}
"""What Saleor 3.23 reads."""

ACCOUNT = {"PAYER_IBAN": "BE68539007547034", "PAYER_BIC": "GKCCBEBB"}
"""What .env.example leaves open and can not be just anything."""

ASKED = re.compile(r"\$\{(\w+)(?::[?-])?\}")
PINNED = re.compile(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$")


@cache
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def each(*, stays: bool = False) -> list[Any]:
    """The services as parameters: all, or those that stay up."""
    found = services().items()
    return [pytest.param(name, one, id=name) for name, one in found if not stays or one["restart"] != "no"]


@cache
def example() -> dict[str, str]:
    """What .env.example gives, by name."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))
    return {name: value.strip("\"'") for name, value in given.items()}


def told(service: str) -> dict[str, str]:
    """The environment of a service, with what .env.example gives and `filled` for what it leaves open."""
    environment = services()[service]["environment"]
    return {
        name: ASKED.sub(lambda asked: example()[asked[1]] or ACCOUNT.get(asked[1], "filled"), str(value))
        for name, value in environment.items()
    }


def argv(service: str) -> list[str]:
    command = services()[service]["command"]
    return command if isinstance(command, list) else shlex.split(command)


def demo_argv() -> dict[str, list[str]]:
    """What run.py starts, by the name of its step."""
    facts = Facts(**{field.name: f"http://127.0.0.1:9/{field.name}" for field in fields(Facts)})  # type: ignore[arg-type]
    ports = {"the shop": 8080, "fulfilment": 8081}
    parts = Parts(saleor=False, stripe=False, prepare_database=True, connect_saleor=False)
    return {step.name: list(step.argv) for step in steps(Packages(ROOT), facts, parts, ports, ROOT, ())}


# --- commands --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", ["shop", "fulfilment"])
def test_the_web_programs_are_those_of_the_demo(service: str) -> None:
    command, demo = argv(service), demo_argv()[service]
    assert command[:3] == ["python", *demo[1:3]]
    assert command[-1] == demo[-1]  # the application
    for option in ("--interface", "--port"):
        assert command[command.index(option) + 1] == demo[demo.index(option) + 1]


@pytest.mark.parametrize(
    ("service", "step"),
    [("fulfilment-worker", "worker"), ("fulfilment-rounds", "rounds"), ("fulfilment-beat", "beat")],
)
def test_workers_and_clock_are_those_of_the_demo(service: str, step: str) -> None:
    demo = demo_argv()[step]
    assert [word for word in argv(service) if word != "--pidfile="] == demo[demo.index("celery") :]


def test_the_tables_are_made_as_in_the_demo() -> None:
    asked = [line.split()[3:] for line in argv("fulfilment-migrate")[2].split("&&") if "fulfilment" in line]
    assert asked[0] == ["migrate", "--no-input"]
    assert asked[1] == ["grant_app_role", "fulfilment_app"]
    assert "fulfilment_owner:" in told("fulfilment-migrate")["DATABASE_URL"]
    assert all(
        "fulfilment_app:" in told(name)["DATABASE_URL"]
        for name in ("fulfilment", "fulfilment-worker", "fulfilment-rounds")
    )


def test_every_queue_is_read_by_a_service_and_orders_before_what_can_wait() -> None:
    read = [argv(name)[argv(name).index("-Q") + 1].split(",") for name in ("fulfilment-worker", "fulfilment-rounds")]
    assert read == [["money", "orders", "later"], ["rounds", "mail"]]
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {queue for some in read for queue in some}


def test_the_grown_shop_has_three_of_what_people_reach_and_four_workers_but_one_clock() -> None:
    grown = yaml.safe_load((ROOT / "deploy" / "grown.yml").read_text())["services"]
    assert set(grown) <= set(services())
    many = {name: one["deploy"]["replicas"] for name, one in grown.items() if "deploy" in one}
    assert many == {"shop": 3, "fulfilment": 3, "fulfilment-worker": 4}
    kept = {volume for name in many for volume in services()[name].get("volumes", [])}
    # In memory, and the same for all; and of each machine a file of its own, which a restore reads.
    assert kept <= {"metrics:/run/metrics", "forgotten:/var/lib/forgotten"}
    alone = {"ports", "container_name", "hostname"}  # of which there can be one
    assert all(not alone & set(services()[name]) for name in many)


def test_a_worker_touches_the_file_by_which_its_health_is_seen() -> None:
    for service in ("fulfilment-worker", "fulfilment-rounds"):
        assert f"find {told(service)['ALIVE_FILE']} -mmin -1" in services()[service]["healthcheck"]["test"][-1]
        assert Alive.EVERY < 60


def test_all_that_count_do_so_in_one_place() -> None:
    for service in ("fulfilment", "fulfilment-worker", "fulfilment-rounds"):
        assert f"metrics:{told(service)['PROMETHEUS_MULTIPROC_DIR']}" in services()[service]["volumes"]


def test_the_commands_of_the_handbook_exist() -> None:
    named = re.findall(r"(?:^|`| )(?:manage|python -m fulfilment) ([a-z_]+)", OPERATIONS.read_text(), re.MULTILINE)
    named += re.findall(r"`(setup_saleor|connect_saleor|seed_demo)", OPERATIONS.read_text())
    assert "pending" in named
    assert set(named) - set(get_commands()) == set()


# --- variables -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", OURS)
def test_our_programs_are_told_what_they_read_and_no_more(service: str) -> None:
    read = set(re.findall(r"""env\.\w+\(\s*"([A-Z0-9_]+)\"""", (ROOT / OURS[service]).read_text()))
    assert set(told(service)) - read == set()
    assert "DEMO" not in told(service)


@pytest.mark.parametrize("service", ["shop", "fulfilment-beat"])
def test_our_programs_start_with_what_they_are_told(service: str) -> None:
    settings = OURS[service].removesuffix(".py").replace("/", ".")
    environment = told(service) | {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": settings}
    keys = ("SHOP_SECRET_KEY", "FULFILMENT_SECRET_KEY", "FULFILMENT_FORMER_SECRET_KEYS")
    environment |= dict.fromkeys(keys, secrets.token_urlsafe(50))
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _mounts(service: str) -> list[tuple[str, str, str]]:
    return [volume.partition(":") for volume in services()[service]["volumes"]]


def test_who_was_forgotten_is_written_where_no_restore_of_the_database_reaches() -> None:
    path = told("fulfilment")["FORGOTTEN_LOG"]
    [volume] = [name for name, _, folder in _mounts("fulfilment") if path.startswith(f"{folder}/")]
    assert volume in compose()["volumes"]
    assert f"forget --again {path}" in OPERATIONS.read_text()


@pytest.mark.parametrize("service", ["saleor", "saleor-worker", "saleor-beat", "saleor-migrate"])
def test_saleor_is_told_the_same_everywhere(service: str) -> None:
    assert set(told(service)) == SALEORS
    assert told(service) == told("saleor")  # one key signs what another proves
    assert told(service)["DEBUG"] == "False"


def test_everything_asked_is_explained_and_everything_explained_is_asked() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(ASKED.findall(text))
    assert asked == set(example())
    assert len(re.findall(r"(?<!\$)\$(?!\$)", text)) == len(ASKED.findall(text))  # asked in this one way


def test_webhooks_can_arrive() -> None:
    saleor, ours = told("saleor"), told("fulfilment")
    assert ours["SALEOR_API_URL"] == told("shop")["SALEOR_API_URL"] == saleor["PUBLIC_URL"] + "graphql/"
    inside = services()["proxy"]["networks"]["inside"]["aliases"]
    names = {ASKED.sub(lambda asked: example()[asked[1]], alias) for alias in inside}
    assert names == {example()["SALEOR_HOST"], example()["FULFILMENT_HOST"], example()["SHOP_HOST"]}
    for service in ("saleor", "saleor-worker", "shop", "fulfilment", "fulfilment-worker", "fulfilment-rounds"):
        assert "inside" in services()[service]["networks"]
    # The filter of addresses is off, so nothing but our own may be in reach.
    assert saleor["HTTP_IP_FILTER_ENABLED"] == "False"
    for service in ("saleor", "saleor-worker", "saleor-beat"):
        assert all(compose()["networks"][network].get("internal") for network in services()[service]["networks"])


def test_fulfilment_reaches_stripe_and_the_mail_server() -> None:
    names = ("fulfilment", "fulfilment-worker", "fulfilment-rounds")
    assert all("outward" in services()[name]["networks"] for name in names)


def test_logs_that_were_rotated_away_and_dumps_go_after_a_month_and_nothing_else(tmp_path: Path) -> None:
    script = ROOT / "deploy" / "forget-logs"
    assert f"days={settings.LOGS_KEPT.days}\n" in script.read_text()
    assert settings.BACKUPS_KEPT == settings.LOGS_KEPT
    containers, backups = tmp_path / "containers" / "c1", tmp_path / "backups"
    names = {
        containers: ("c1-json.log", "c1-json.log.1", "config.v2.json"),
        backups: ("2026-01-01-saleor.dump", "2026-01-01-media.tar.gz", "forgotten.jsonl", "new.dump"),
    }
    for folder, files in names.items():
        folder.mkdir(parents=True)
        for name in files:
            (folder / name).touch()
            if name != "new.dump":
                os.utime(folder / name, (1_000_000_000, 1_000_000_000))
    environment = {"PATH": os.environ["PATH"], "DOCKER_LOGS": str(tmp_path / "containers")}
    subprocess.run([script, backups], env=environment, check=True)
    left = {path.name for folder in names for path in folder.iterdir()}
    assert left == {"c1-json.log", "config.v2.json", "forgotten.jsonl", "new.dump"}


# --- containers ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "service"), each())
def test_no_container_is_root_or_without_bounds(name: str, service: dict[str, Any]) -> None:
    uid, _, gid = service["user"].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    assert set(service["networks"]) <= set(compose()["networks"])


@pytest.mark.parametrize(("name", "service"), each(stays=True))
def test_what_stays_up_is_started_again_and_looked_after(name: str, service: dict[str, Any]) -> None:
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["healthcheck"]["retries"]


@pytest.mark.parametrize(("name", "service"), each())
def test_who_waits_waits_for_something_that_is_there(name: str, service: dict[str, Any]) -> None:
    for other, how in service.get("depends_on", {}).items():
        once = services()[other]["restart"] == "no"
        assert how["condition"] == ("service_completed_successfully" if once else "service_healthy")


@pytest.mark.parametrize(("service", "port"), [("shop", 8080), ("fulfilment", 8081), ("saleor", 8000)])
def test_health_is_asked_where_the_program_listens(service: str, port: int) -> None:
    assert str(port) in " ".join(argv(service))
    path = "health/" if service == "saleor" else "healthz"
    assert f"http://127.0.0.1:{port}/{path}" in services()[service]["healthcheck"]["test"][-1]


def test_only_the_proxy_is_open_to_the_world() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert set(published) == {"proxy", "mailpit"}
    assert services()["mailpit"]["profiles"] == ["dev"]
    assert all(port.startswith("127.0.0.1:") for port in published["mailpit"])


def test_volumes_are_named_and_what_is_mounted_exists() -> None:
    used = set()
    for service in services().values():
        for volume in service.get("volumes", []):
            source, _, rest = volume.partition(":")
            if source.startswith("./"):
                assert (ROOT / source).is_file()
                assert rest.endswith(":ro")
            else:
                used.add(source)
    assert used == set(compose()["volumes"])


# --- images ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "service"), each())
def test_versions_are_pinned(name: str, service: dict[str, Any]) -> None:
    assert PINNED.search(service["image"])
    if "build" not in service:
        return
    text = (ROOT / service["build"]["dockerfile"]).read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert all(PINNED.search(base) for base in bases)
    if name not in OURS:
        assert service["image"].rpartition(":")[2] in bases[-1]  # its name tells what is in it
    assert re.search(rf"^USER ({service['user']}|nginx)$", text, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(ROOT.glob("deploy/**/Dockerfile")), ids=lambda path: path.parent.name)
def test_what_an_image_takes_is_there_and_not_ignored(path: Path) -> None:
    taken = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", path.read_text(), re.MULTILINE)
        for source in line.split()[:-1]
    }
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / source).exists() for source in taken)
    assert taken <= let_in
    assert not any(".env" in name for name in let_in)


@pytest.mark.parametrize("settings", ["shop.settings", "fulfilment.config.settings"])
def test_assets_are_collected_without_a_secret(settings: str) -> None:
    exported = re.search(r"RUN export (.+?)&&", (ROOT / "deploy" / "Dockerfile").read_text(), re.DOTALL)
    assert exported
    environment = dict(word.split("=", 1) for word in exported[1].replace("\\\n", " ").split())
    assert set(environment) == {name for name in environment if "build" in environment[name]}
    environment |= {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--dry-run"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- secrets and the handbook ----------------------------------------------------------------------------------------
def test_secrets_are_filled_in_and_nothing_else(tmp_path: Path) -> None:
    if subprocess.run(["sh", "-c", "command -v openssl"], capture_output=True, check=False).returncode:
        pytest.skip("openssl is not installed")
    env = tmp_path / ".env"
    text = (ROOT / ".env.example").read_text()
    env.write_text(text.replace("SHOP_SECRET_KEY=", "SHOP_SECRET_KEY=mine"))
    subprocess.run([ROOT / "deploy" / "fill-secrets", env], check=True)
    before, _, ours = env.read_text().partition("# --- Secrets of our own")
    assert before == text.partition("# --- Secrets of our own")[0]
    found = dict(line.split("=", 1) for line in ours.splitlines() if re.match(r"[A-Z]", line))
    assert found["SHOP_SECRET_KEY"] == "mine"
    assert all(found.values())
    assert len(set(found.values())) == len(found)
    assert re.fullmatch(r'"-----BEGIN PRIVATE KEY-----\\n.+\\n"', found["SALEOR_RSA_PRIVATE_KEY"])
    assert env.stat().st_mode & 0o077 == 0


def test_the_handbook_knows_every_kind_of_exception() -> None:
    rows = set(re.findall(r"^\| `(\w+)`", OPERATIONS.read_text(), re.MULTILINE))
    assert {kind.value for kind in OpenIssue.Kind} - rows == set()


def test_the_handbook_tells_how_every_secret_is_changed() -> None:
    chapter = OPERATIONS.read_text().partition("## Changing secrets")[2].partition("\n## ")[0]
    secrets = {name for name in example() if re.search(r"SECRET|PASSWORD|KEY|TOKEN", name)}
    assert {name for name in secrets if f"`{name}`" not in chapter} == set()
