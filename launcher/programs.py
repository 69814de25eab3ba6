"""The programs of the demo, in the order in which they can start."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from launcher import environment
from launcher.environment import Facts
from launcher.health import http_ok, says
from launcher.packages import Packages
from launcher.ports import HOST
from launcher.postgres import APP_ROLE
from launcher.supervisor import Step

OFFSETS = {"the shop": 0, "fulfilment": 1, "the sandbox's Saleor": 2, "the sandbox's Stripe": 3}
"""Which port each listens on, counted from the base."""

_SANDBOX_THREADS = 64  # one that is asked something calls back before it answers; others hang because they are told to
_WEB_THREADS = {"shop": 24, "fulfilment": 12}  # more than may wait for any one neighbour at a time; few are ever used
_ROUNDS_THREADS = 4  # they wait for mail servers and neighbours, so they share one process
_LEAVING = 2  # seconds; a worker that is told to stop while it starts does not hear it

TELLING_STATEMENTS = ("log_statement=all", "log_line_prefix=%a|", "log_duration=off")
"""Settings with which PostgreSQL logs every statement, each behind the name of the program that asked."""

WORKERS = 4
"""Processes that look after orders and money: more than there are processors, since most wait for an answer."""


@dataclass(frozen=True)
class Parts:
    """Which parts of this start are ours to do."""

    saleor: bool
    stripe: bool
    prepare_database: bool
    connect_saleor: bool


def steps(
    packages: Packages,
    facts: Facts,
    parts: Parts,
    ports: Mapping[str, int],
    logs: Path,
    storage: tuple[Step, ...],
    *,
    workers: int = WORKERS,
) -> list[Step]:
    """All that is to be started, storage first. What a step waits for is left out where it is not ours."""
    found = list(storage)
    if parts.prepare_database:
        found += _database(packages, facts)
    if parts.saleor:
        found.append(_sandbox(packages, "saleor", environment.sandbox_saleor(facts), ports["the sandbox's Saleor"]))
    if parts.stripe:
        found.append(_sandbox(packages, "stripe", environment.sandbox_stripe(facts), ports["the sandbox's Stripe"]))
    found += _fulfilment(packages, facts, ports["fulfilment"], logs, workers)
    if parts.connect_saleor:
        found.append(_connect(packages, facts) if parts.saleor else _set_up(packages, facts))
    found.append(_shop(packages, facts, ports["the shop"]))
    names = {step.name for step in found}
    return [replace(step, after=[name for name in step.after if name in names]) for step in found]


def manage(packages: Packages, *command: str) -> list[str]:
    """A management command of fulfilment."""
    return [packages.python, "-m", "fulfilment", *command]


def _unchecked(packages: Packages, command: str, *arguments: str) -> list[str]:
    """A command of the start-up: to look whether the program is in order it would load every page, which takes as long
    as many a command itself. The tests look, and so does `migrate` in operation."""
    return manage(packages, command, "--skip-checks", *arguments)


def _database(packages: Packages, facts: Facts) -> list[Step]:
    step = functools.partial(Step, env=environment.fulfilment_owner(facts))
    role = urlsplit(facts.database_url).username or APP_ROLE
    found = [step("migrate", "tables", _unchecked(packages, "migrate", "--no-input"), after=["postgres", "valkey"])]
    if role != urlsplit(facts.owner_url).username:
        found.append(
            step(
                "grant", "rights", _unchecked(packages, "grant_app_role", role), after=["migrate"], detail=f"of {role}"
            )
        )
    seed = Step("seed", "partners and agreements", _unchecked(packages, "seed_demo"), environment.fulfilment(facts))
    return [*found, replace(seed, after=["migrate", "grant"], detail="demo/partners.toml")]


def _sandbox(packages: Packages, name: str, env: Mapping[str, str], port: int) -> Step:
    return _web(packages, f"sandbox-{name}", f"sandbox {name.capitalize()}", f"sandbox.{name}.wsgi:app", env, port)


def _fulfilment(packages: Packages, facts: Facts, port: int, logs: Path, workers: int) -> list[Step]:
    env = environment.fulfilment(facts)

    def named(name: str) -> dict[str, str]:
        """So that PostgreSQL's own views and logs say who asks."""
        return {**env, "PGAPPNAME": name}

    after = ["postgres", "valkey"]  # they load while the tables are made
    celery = [packages.python, "-m", "celery", "-A", "fulfilment.config.celery"]
    worker = [*celery, "worker", "-l", "INFO", "--without-gossip", "--without-mingle"]
    orders = [*worker, "-n", "orders@%h", "-Q", "money,orders,later", "-c", str(workers)]
    rounds = [*worker, "-n", "rounds@%h", "-Q", "rounds,mail", "--pool", "threads", "-c", str(_ROUNDS_THREADS)]
    web = _web(packages, "fulfilment", "fulfilment", "fulfilment.config.wsgi:application", named("web"), port)
    return [
        replace(web, after=after),
        Step(
            "worker",
            "fulfilment's worker",
            orders,
            named("worker"),
            after=after,
            ready=says(logs / "worker.log", " ready."),
            detail=f"Celery, {workers} processes for orders and money",
        ),
        Step(
            "rounds",
            "fulfilment's rounds",
            rounds,
            named("rounds"),
            after=after,
            ready=says(logs / "rounds.log", " ready."),
            detail="Celery, for mail and the sweep",
        ),
        Step(
            "beat",
            "fulfilment's clock",
            [*celery, "beat", "-l", "INFO"],
            env,
            after=[*after, "seed", "connect"],  # before, its first sweep would find neither tables nor Saleor
            ready=says(logs / "beat.log", "beat: Starting"),
            detail="Celery beat",
        ),
    ]


def _connect(packages: Packages, facts: Facts) -> Step:
    return Step(
        "connect",
        "our app in Saleor",
        _unchecked(packages, "connect_saleor"),
        environment.fulfilment_connecting(facts),
        after=["fulfilment", "seed", "sandbox-saleor", "sandbox-stripe"],
        detail="installed, and the producers published",
    )


def _set_up(packages: Packages, facts: Facts) -> Step:
    """A Saleor of somebody else's may be bare, and knows neither the collection nor where this demo is."""
    connect = _connect(packages, facts)
    argv = _unchecked(packages, "setup_saleor", str(facts.catalogue))
    return replace(connect, label="the shop in Saleor", argv=argv, detail="demo/catalogue.toml, and our app")


def _shop(packages: Packages, facts: Facts, port: int) -> Step:
    web = _web(packages, "shop", "shop", "shop.wsgi:application", environment.shop(facts), port)
    return replace(web, after=["valkey"])


def _web(packages: Packages, name: str, label: str, application: str, env: Mapping[str, str], port: int) -> Step:
    threads = _WEB_THREADS.get(name, _SANDBOX_THREADS)
    argv = [packages.python, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws"]
    argv += ["--blocking-threads", str(threads), "--workers-kill-timeout", str(_LEAVING)]
    argv += ["--host", HOST, "--port", str(port), application]
    return Step(name, label, argv, env, ready=http_ok(port), detail=f"http://{HOST}:{port}")
