"""A storm over a fresh demo: many orders while programs are killed and started again, and calls go wrong.

The orders, the failing calls and the judgement are `demo.storm`'s; here is what only who started the programs can do.
The two meet in a folder: the driver makes the file `middle` when half of the orders are paid, and `calm` when it is
over; we keep in `ended.json` how often what was killed, or died by itself.
"""

import json
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from launcher import demo, environment, storage
from launcher.children import Child, how_it_ended
from launcher.console import Console
from launcher.errors import LauncherError, Stopped
from launcher.state import temporary_state
from launcher.supervisor import Step, Supervisor

KILLED = ("worker", "rounds")
"""Who is killed again and again, at the same moment."""
EVERY = 20.0
"""Seconds from one SIGKILL of the workers to the next."""
AT_WORK = 8.0
"""Seconds that a worker which is well is left at work: on a slow machine starting takes most of `EVERY`."""
BETWEEN = 15.0
"""Seconds from the restart of PostgreSQL to that of Valkey."""
WORKERS = 6
"""Of which most wait for calls that hang."""

OURS = ("DATABASE_URL", "REDIS_URL", "SALEOR_API_URL", "STRIPE_SECRET_KEY")
"""Variables that would put something of somebody else's in the place of what is disturbed and ended."""


def run_storm(root: Path, orders: int, seed: int) -> int:
    """Drive so many orders through a storm. The driver's exit code; its last line is a JSON object."""
    given = [name for name in OURS if os.environ.get(name)]
    if given:
        raise LauncherError(f"A storm disturbs and ends what it stands on, so all of it is its own: unset {given[0]}.")
    console = Console()
    state = temporary_state()
    meeting = state.folder / "storm"
    code = 1
    try:
        with state.held(), Supervisor(root, state.logs, console) as supervisor:
            console.title(f"Sociaal Gemaakt: {orders} orders through a storm")
            running = demo.start(root, supervisor, state, base=0, workers=WORKERS)
            meeting.mkdir()
            console.say()
            argv = [running.packages.python, "-m", "demo.storm", str(orders), str(seed)]
            env = environment.visitor(running.facts) | {"STORM_FOLDER": str(meeting)}
            driver = supervisor.begin(Step("storm", "the storm", argv, env), to_terminal=True)
            code = Storm(supervisor, meeting).over(driver)
    except Stopped as stopped:
        console.say(f"\nStopped by {signal.Signals(stopped.signum).name}.")
        raise
    finally:
        storage.put_away(state, code, what="storm")
    return code


@dataclass
class Storm:
    """Who ends programs, and when."""

    supervisor: Supervisor
    meeting: Path
    ended: Counter[str] = field(default_factory=Counter)
    last: float = field(default_factory=time.monotonic)
    """When the worker was last killed."""
    well_since: float | None = None
    told: str = ""
    storage_at: dict[str, float] = field(default_factory=dict)
    """When PostgreSQL and Valkey are restarted, once that is known."""

    def over(self, driver: Child) -> int:
        """Until the driver ends; its exit code.

        Raises LauncherError where it was killed, or a program cannot be started again.
        """
        self.supervisor.revive()
        while (code := driver.ended()) is None:
            self.supervisor.tick(0.1)
            if not (self.meeting / "calm").exists():
                self.blow(time.monotonic())
            self._tell()
        self.supervisor.forget(driver)
        if code < 0:
            raise LauncherError(f"Who drove the storm {how_it_ended(code)}.")
        return code

    def blow(self, now: float) -> None:
        """What is due at this moment (seconds of the monotonic clock)."""
        if not self.storage_at and (self.meeting / "middle").exists():
            self.storage_at = {"postgres": now, "valkey": now + BETWEEN}
        for name, at in self.storage_at.items():
            if now >= at and not self.ended[name]:
                self._end(name, kill=name == "valkey")
        if not self.supervisor.is_well("worker"):
            self.well_since = None
            return
        self.well_since = now if self.well_since is None else self.well_since
        if now - self.last >= EVERY and now - self.well_since >= AT_WORK:
            self.last, self.well_since = now, None
            for name in KILLED:
                self._end(name, kill=True)

    def _end(self, name: str, *, kill: bool) -> None:
        self.supervisor.end(name, kill=kill)
        self.ended[name] += 1

    def _tell(self) -> None:
        told = json.dumps({"killed": self.ended, "died": self.supervisor.revived - self.ended})
        if told != self.told:
            self.told = told
            (self.meeting / "ended.json").write_text(told)
