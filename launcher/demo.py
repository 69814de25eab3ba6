"""The whole shop on one machine: what is embedded and what is given, from nothing to ready."""

import hashlib
import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from launcher import environment, packages, ports, programs, storage
from launcher.environment import Facts
from launcher.errors import LauncherError
from launcher.packages import Packages
from launcher.ports import HOST
from launcher.programs import Parts
from launcher.state import State
from launcher.storage import Storage
from launcher.supervisor import Supervisor

DEFAULT_BASE = 8080


@dataclass(frozen=True)
class Demo:
    """A demo that runs."""

    facts: Facts
    packages: Packages
    parts: Parts


def start(
    root: Path,
    supervisor: Supervisor,
    state: State,
    *,
    base: int | None,
    workers: int = programs.WORKERS,
    mail_url: str = "",
    database_settings: Sequence[str] = (),
) -> Demo:
    """Start everything on a state that is held, and wait until all is well. Raises LauncherError, Stopped.

    `base` is the first of the four ports; 0 takes free ones; None those of the last time. `workers` is how many
    processes do fulfilment's work. A measurement may say where mails go, and set what an embedded PostgreSQL logs.
    """
    state.unpublish()
    found = packages.ensure(root, supervisor, development=False)
    base = _base(state, base)
    listen = {program: base + offset for program, offset in programs.OFFSETS.items()}
    given = _given()
    needed = {program: port for program, port in listen.items() if program not in given}
    anew = "start" if state.noted("port_base") is None else "begin anew (--fresh)"
    ports.check(needed, f"Stop what uses it, or {anew} elsewhere: --port-base {base + 100}")
    state.note(port_base=base)
    stored = storage.prepare(supervisor, found, state, database_settings=database_settings)
    facts = replace(_facts(root, state, stored, listen), mail_url=mail_url)
    parts = _parts(root, supervisor, state, stored, base, given)
    supervisor.start(programs.steps(found, facts, parts, listen, state.logs, stored.steps, workers=workers))
    state.note(
        prepared=_digest_of_database(root) if stored.is_embedded else None,
        connected=_digest_of_catalogue(root) if stored.is_embedded and parts.saleor else None,
    )
    state.publish(
        {
            "pid": os.getpid(),
            "python": found.python,
            "addresses": {
                "SHOP_URL": facts.shop_url,
                "FULFILMENT_URL": facts.fulfilment_url,
                "SANDBOX_SALEOR_URL": facts.sandbox_saleor_url,
                "SANDBOX_STRIPE_URL": facts.sandbox_stripe_url,
            },
            "environment": environment.fulfilment_connecting(facts),
            "owner_environment": environment.fulfilment_owner(facts),
        }
    )
    return Demo(facts, found, parts)


def resumed(root: Path, supervisor: Supervisor, state: State, found: Packages) -> tuple[Facts, Storage]:
    """What a demo that ran before was told, and the storage to start for a command on its data."""
    base = _base(state, None)
    stored = storage.prepare(supervisor, found, state)
    listen = {program: base + offset for program, offset in programs.OFFSETS.items()}
    return _facts(root, state, stored, listen), stored


def _base(state: State, wanted: int | None) -> int:
    """The shop, Saleor and Stripe know each other by their addresses, so a state keeps its ports."""
    former = state.noted("port_base")
    if former is None:
        return ports.free_base(len(programs.OFFSETS)) if wanted == 0 else wanted or DEFAULT_BASE
    if wanted not in (None, 0, former):
        raise LauncherError(
            f"What {state.folder} remembers (orders, payments, our app in Saleor) knows port base {former}: start it"
            f" with --port-base {former}, or begin anew with --fresh --port-base {wanted}."
        )
    assert isinstance(former, int)
    return former


def _given() -> set[str]:
    """Which of the programs the environment replaces. Raises LauncherError when only half of one is there."""
    given = set()
    if environment.names_a_saleor():
        given.add("the sandbox's Saleor")
    if os.environ.get("STRIPE_SECRET_KEY"):
        if not os.environ.get("STRIPE_WEBHOOK_SECRET"):
            raise LauncherError("STRIPE_SECRET_KEY is set: give the STRIPE_WEBHOOK_SECRET of its webhook too.")
        given.add("the sandbox's Stripe")
    return given


def _facts(root: Path, state: State, stored: Storage, listen: dict[str, int]) -> Facts:
    secrets = state.secrets()
    urls = {program: f"http://{HOST}:{port}" for program, port in listen.items()}
    catalogue = root / "demo" / "catalogue.toml"
    staff = tomllib.loads(catalogue.read_text())["shop"]["staff"]
    own = os.environ.get
    is_stripe_given = bool(own("STRIPE_SECRET_KEY"))
    return Facts(
        database_url=stored.app_url,
        owner_url=stored.owner_url,
        redis_url=stored.redis_url,
        shop_url=own("SHOP_URL", "").rstrip("/") or urls["the shop"],
        fulfilment_url=own("FULFILMENT_URL", "").rstrip("/") or urls["fulfilment"],
        saleor_api_url=own("SALEOR_API_URL") or urls["the sandbox's Saleor"] + "/graphql/",
        saleor_account=(own("SALEOR_EMAIL") or staff["email"], own("SALEOR_PASSWORD") or staff["password"]),
        stripe_secret_key=own("STRIPE_SECRET_KEY") or secrets["STRIPE_SECRET_KEY"],
        stripe_webhook_secret=own("STRIPE_WEBHOOK_SECRET") or secrets["STRIPE_WEBHOOK_SECRET"],
        stripe_api_base=own("STRIPE_API_BASE", "") if is_stripe_given else urls["the sandbox's Stripe"],
        shop_secret_key=own("SHOP_SECRET_KEY") or secrets["SHOP_SECRET_KEY"],
        fulfilment_secret_key=own("FULFILMENT_SECRET_KEY") or secrets["FULFILMENT_SECRET_KEY"],
        storefront_api_token=own("STOREFRONT_API_TOKEN") or secrets["STOREFRONT_API_TOKEN"],
        plugin_notice_secrets=own("PLUGIN_NOTICE_SECRETS") or secrets["PLUGIN_NOTICE_SECRETS"],
        sandbox_saleor_url=urls["the sandbox's Saleor"],
        sandbox_stripe_url=urls["the sandbox's Stripe"],
        sandbox_state=state.sandbox,
        catalogue=catalogue,
        beat_schedule=state.folder / "celerybeat-schedule",
        forgotten=state.folder / "forgotten.jsonl",
        metrics=state.folder / "metrics",
    )


def _parts(root: Path, supervisor: Supervisor, state: State, stored: Storage, base: int, given: set[str]) -> Parts:
    """What was done at a former start is not done again: only for data that nobody but us changes."""
    if "the sandbox's Saleor" in given:
        supervisor.console.say(f"  Sandbox Saleor is not started: SALEOR_API_URL names {os.environ['SALEOR_API_URL']}")
    if "the sandbox's Stripe" in given:
        supervisor.console.say("  Sandbox Stripe is not started: STRIPE_SECRET_KEY is set")
    is_prepared = stored.is_embedded and state.noted("prepared") == _digest_of_database(root)
    is_connected = (
        is_prepared and "the sandbox's Saleor" not in given and state.noted("connected") == _digest_of_catalogue(root)
    )
    return Parts(
        saleor="the sandbox's Saleor" not in given,
        stripe="the sandbox's Stripe" not in given,
        prepare_database=not is_prepared,
        connect_saleor=not is_connected,
    )


def _digest_of_database(root: Path) -> str:
    """Changes whenever tables, rights or the demo's partners may have."""
    return _digest(
        [
            *sorted((root / "fulfilment").glob("**/migrations/*.py")),
            *sorted((root / "fulfilment").glob("entrypoints/management/commands/*.py")),
            root / "demo" / "partners.toml",
            root / "uv.lock",
        ]
    )


def _digest_of_catalogue(root: Path) -> str:
    """Changes whenever our app in Saleor or what it publishes may have."""
    return _digest(
        [
            root / "demo" / "catalogue.toml",
            root / "demo" / "partners.toml",
            root / "fulfilment" / "entrypoints" / "payment_app.py",
            *sorted((root / "fulfilment" / "gateways" / "saleor").glob("**/*.*")),
        ]
    )


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()
