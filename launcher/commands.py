"""What the commands do with a demo: show it, drive one order through it, measure, manage."""

import os
import shlex
import sys
import tomllib
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from launcher import demo, environment, packages, ports, programs, storage
from launcher.console import Console
from launcher.demo import Demo
from launcher.errors import LauncherError, Stopped
from launcher.state import DEFAULT_FOLDER, State, temporary_state
from launcher.supervisor import Supervisor

BENCHMARKS = ("burst", "large_collection", "route_orders", "storefront", "two_workers")
ON_A_DEMO = ("burst",)
"""Those that measure the programs together, and not a flow by itself."""

OWNERS_COMMANDS = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "grant_app_role"}
"""Management commands that work as the owner of the tables."""


def run_demo(root: Path, folder: Path, *, fresh: bool, base: int | None, browser: bool) -> int:
    """Until Ctrl-C. Raises LauncherError, also when a program dies; Stopped when it is stopped before it is ready."""
    console = Console()
    state = State(folder)
    again = _again(root, folder)
    with state.held():
        console.title("Sociaal Gemaakt")
        if fresh:
            storage.clear(state)
        with Supervisor(root, state.logs, console) as supervisor:
            running = demo.start(root, supervisor, state, base=base)
            console.say(_welcome(root, running, state, console.elapsed()))
            if browser:
                webbrowser.open(running.facts.shop_url)
            try:
                _watch(supervisor, again)
            except Stopped:
                console.say("\nStopping …")
            finally:
                state.unpublish()
        console.say(f"Stopped. Everything is kept; `{again}` goes on from here.")
    return 0


def _watch(supervisor: Supervisor, again: str) -> None:
    """Until somebody stops us, or a program dies: then the person reads that nothing is lost, and how to go on."""
    try:
        supervisor.watch()
    except LauncherError as death:
        advice = f"The whole demo was stopped, and everything is kept. Start again with: {again}"
        raise LauncherError(death.sentence, death.log, advice=advice) from death


def _again(root: Path, folder: Path) -> str:
    """The command that goes on from what this demo kept."""
    elsewhere = "" if folder.resolve() == root / DEFAULT_FOLDER else f" --state {shlex.quote(str(folder))}"
    return f"python3 run.py demo{elsewhere}"


def run_smoke(root: Path) -> int:
    """A fresh demo on free ports, and one order through it. The driver's exit code; its last line is ours."""
    console = Console()
    state = temporary_state()
    code = 1
    try:
        with state.held(), Supervisor(root, state.logs, console) as supervisor:
            console.title("Sociaal Gemaakt: one order through a fresh demo")
            running = demo.start(root, supervisor, state, base=0)
            argv = [running.packages.python, "-m", "demo.smoke"]
            console.say()
            code = supervisor.run("smoke", argv, environment.visitor(running.facts), to_terminal=True)
    finally:
        storage.put_away(state, code, what="demo")
    return code


def run_bench(root: Path, name: str, arguments: Sequence[str]) -> int:
    """One measurement of `benchmarks/` on storage as durable as in production, thrown away afterwards."""
    if name not in BENCHMARKS:
        raise LauncherError(f"There is no benchmark {name}. There are: {', '.join(BENCHMARKS)}.")
    if name in ON_A_DEMO:
        return _on_demo(root, f"benchmarks.{name}", arguments)
    return _on_storage(root, f"benchmarks.{name}", arguments, step="bench", label=name)


def _on_demo(root: Path, module: str, arguments: Sequence[str]) -> int:
    """A measurement beside a fresh demo, whose mails go where it listens, and whose PostgreSQL logs all."""
    console = Console()
    state = temporary_state()
    code = 1
    mail_url = f"smtp://{ports.HOST}:{ports.free_port()}"
    try:
        with state.held(), Supervisor(root, state.logs, console) as supervisor:
            running = demo.start(
                root, supervisor, state, base=0, mail_url=mail_url, database_settings=programs.TELLING_STATEMENTS
            )
            env = environment.visitor(running.facts) | {"SANDBOX_STATE": str(state.sandbox)}
            env["POSTGRES_LOG"] = str(supervisor.log_of("postgres"))
            argv = [running.packages.python, "-m", module, *arguments]
            code = supervisor.run("bench", argv, env, to_terminal=True)
    finally:
        storage.put_away(state, code, what="demo")
    return code


def run_hunt(root: Path, arguments: Sequence[str]) -> int:
    """Stories without end, on storage of their own; 1 where one contradicts what must be true."""
    return _on_storage(root, "tests.hunt", arguments, step="hunt", label="hunt")


def run_fuzz(root: Path, arguments: Sequence[str]) -> int:
    """Knocks at every door of fulfilment with anything, on storage of their own; 1 where one breaks something."""
    return _on_storage(root, "tests.fuzz", arguments, step="fuzz", label="fuzz")


def _on_storage(root: Path, module: str, arguments: Sequence[str], *, step: str, label: str) -> int:
    """Run a module of ours where there is storage and nobody else; its exit code."""
    console = Console()
    state = temporary_state()
    try:
        with state.held(), Supervisor(root, state.logs, console) as supervisor:
            found = packages.ensure(root, supervisor, development=True)
            stored = storage.prepare(supervisor, found, state)
            supervisor.start(stored.steps)
            env = environment.testing(root, stored.owner_url, stored.redis_url)
            argv = [found.python, "-m", module, *arguments]
            return supervisor.run(step, argv, env, label=label, to_terminal=True)
    finally:
        storage.discard(state)


def run_manage(root: Path, folder: Path, arguments: Sequence[str]) -> int:
    """A management command of fulfilment in the running demo, or on the data of the last one."""
    state = State(folder)
    if state.is_held():
        published = state.published()
        if published is None:
            raise LauncherError("The demo is still starting: try again when it is ready.")
        _check_saleor(arguments, published["environment"], published["addresses"]["SANDBOX_SALEOR_URL"])
        _become([published["python"], "-m", "fulfilment", *arguments], _environment(published, arguments), root)
    if state.noted("port_base") is None:
        raise LauncherError("There is no demo yet. Start one first: python3 run.py demo")
    console = Console(sys.stderr)  # what the command prints is for whoever reads our output
    with state.held(), Supervisor(root, state.logs, console) as supervisor:
        found = packages.ensure(root, supervisor, development=False)
        facts, stored = demo.resumed(root, supervisor, state, found)
        _check_saleor(arguments, environment.fulfilment(facts), facts.sandbox_saleor_url)
        supervisor.start(stored.steps)
        owner = bool(arguments) and arguments[0] in OWNERS_COMMANDS
        env = environment.fulfilment_owner(facts) if owner else environment.fulfilment_connecting(facts)
        return supervisor.run("manage", programs.manage(found, *arguments), env, to_terminal=True)


def _check_saleor(arguments: Sequence[str], env: Mapping[str, str], sandbox: str) -> None:
    if arguments[:1] == ["setup_saleor"] and env["SALEOR_API_URL"].startswith(f"{sandbox}/"):
        raise LauncherError(
            "The Saleor of this demo is the sandbox, which reads demo/catalogue.toml by itself. setup_saleor is for a"
            " real one: start a demo with SALEOR_API_URL, SALEOR_EMAIL and SALEOR_PASSWORD, and its own --state FOLDER."
        )


def _environment(published: dict[str, dict[str, str]], arguments: Sequence[str]) -> dict[str, str]:
    owner = bool(arguments) and arguments[0] in OWNERS_COMMANDS
    # The person's own terminal, the demo's own settings.
    return environment.base() | published["owner_environment" if owner else "environment"]


def _become(argv: list[str], env: dict[str, str], root: Path) -> NoReturn:
    """The demo watches its own programs; nothing of ours is left to do beside this command."""
    os.chdir(root)
    os.execve(argv[0], argv, env)  # noqa: S606 - no shell is wanted


def _welcome(root: Path, running: Demo, state: State, seconds: float) -> str:
    facts, parts = running.facts, running.parts
    people = tomllib.loads((root / "demo" / "partners.toml").read_text())
    names = {partner["slug"]: partner["name"] for partner in people["partner"]}
    rows = [
        ("Shop", f"{facts.shop_url}/nl/"),
        ("Workshops and designers", f"{facts.fulfilment_url}/portal/"),
        ("Back office", f"{facts.fulfilment_url}/backoffice/"),
        ("Mail that was sent", f"{facts.fulfilment_url}/mail/"),
    ]
    if parts.saleor:
        rows.append(("Sandbox Saleor", f"{facts.sandbox_saleor_url}/control/"))
    if parts.stripe:
        rows.append(("Sandbox Stripe", f"{facts.sandbox_stripe_url}/control/"))
    logins = []
    for user in people["user"]:
        roles = [f"{one['role']} at {names[one['partner']]}" for one in user["memberships"]]
        logins.append((user["email"], ", ".join(roles) or f"{user['staff']}: the back office"))
    coach = next((email for email, what in logins if what.startswith("coach at")), logins[0][0])
    operator = next((email for email, what in logins if what.startswith("operator")), logins[0][0])
    lines = [
        "",
        f"Ready in {seconds:.1f} s.",
        "",
        *_table(rows),
        "",
        f"Log in with one of these; the password is {people['defaults']['password']}:",
        *_table(logins),
        "",
        "Try first:",
        "  1. Buy a lamp, a stool and a gift box in the shop, and pay on the sandbox's page.",
        f"  2. Log in as {coach}: the work is there. Accept it, make it, ship it.",
        f"  3. Log in to the back office as {operator}: every cent of the order has an owner.",
        "  4. python3 run.py manage collect_money: Stripe sends the money to the bank. Then, once all is delivered,",
        "     python3 run.py manage settle --as-of 2027-01-15: release the shares and plan who is paid.",
        "",
        f"All of it is kept in {_short(state.folder, root)}, the logs in {_short(state.logs, root)}."
        " Ctrl-C stops everything; --fresh starts anew.",
    ]
    return "\n".join(lines)


def _short(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path


def _table(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(first) for first, _second in rows)
    return [f"  {first:<{width}}  {second}" for first, second in rows]
