"""Starts programs in order, waits until each is well, watches them, and stops them all."""

import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any

from launcher import watchdog
from launcher.children import Account, Child, how_it_ended, spawn
from launcher.console import Console
from launcher.errors import DISK_FULL, LauncherError, Stopped, says_disk_full

_TICK = 0.05  # seconds between two looks at the children
_WATCH_TICK = 0.2
_REVIVALS = 5
"""How often in a row a program is started again that dies before it is well."""
_PAUSE = 1.0  # seconds from one start of a program to the next
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Step:
    """One program to start. Without `ready` it is work that is done when it ends well; with it, it stays.

    `ready` is asked again and again, in a thread, until it answers True; it may take a second, and raises nothing.
    """

    name: str
    label: str
    argv: Sequence[str]
    env: Mapping[str, str]
    after: Sequence[str] = ()
    ready: Callable[[], bool] | None = None
    detail: str = ""
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stops_last: bool = False
    cwd: Path | None = None
    stdin: bytes = b""
    patience: float = 60.0
    """Seconds until we no longer wait for it."""


@dataclass
class _Running:
    step: Step
    child: Child
    begun: float = field(default_factory=time.monotonic)
    well: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def probe(self) -> None:
        assert self.step.ready is not None
        while not self.over.wait(_TICK):
            if self.step.ready():
                self.well.set()
                return


class Supervisor:
    """All children of one command. As a context manager it turns signals into `Stopped`, and stops all at its end."""

    def __init__(self, root: Path, logs: Path, console: Console, *, grace: float = 8.0) -> None:
        self.console = console
        self.logs = logs
        self._root = root
        self._grace = grace
        self._running: list[_Running] = []
        self._ready: set[str] = set()
        self._asked: list[int] = []
        self._former: dict[int, Any] = {}
        self._watchdog: subprocess.Popen[str] | None = None
        self._failed: Counter[str] | None = None
        """Where programs are revived: how often in a row each died before it was well."""
        self.revived: Counter[str] = Counter()
        """How often each program was started again."""

    def __enter__(self) -> "Supervisor":
        self.logs.mkdir(parents=True, exist_ok=True)
        for signum in _SIGNALS:
            self._former[signum] = signal.signal(signum, self._on_signal)
        argv = [sys.executable, "-I", "-S", watchdog.__file__]
        self._watchdog = subprocess.Popen(argv, stdin=subprocess.PIPE, text=True, start_new_session=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.stop()
        finally:
            if self._watchdog is not None:
                self._watchdog.communicate()
            for signum, former in self._former.items():
                signal.signal(signum, former)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self._asked.append(signum)

    # --- one command, to its end ---------------------------------------------------------------------------------
    def run(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        label: str = "",
        stdin: bytes = b"",
        account: Account | None = None,
        cwd: Path | None = None,
        to_terminal: bool = False,
    ) -> int:
        """Run a command and give its exit code. Its output goes to its log, or to the terminal."""
        step = Step(name, label or name, argv, env, stdin=stdin, account=account, cwd=cwd)
        child = self.begin(step, to_terminal=to_terminal)
        while (code := child.ended()) is None:
            if not to_terminal:
                self.console.waiting([step.label])
            self.tick()
        self.forget(child)
        return code

    def begin(self, step: Step, *, to_terminal: bool = False) -> Child:
        """Start a command and leave it to the caller to see how it ends, and to `forget` it then."""
        return self._launch(step, log=None if to_terminal else self.log_of(step.name)).child

    def forget(self, child: Child) -> None:
        """It ended; whatever it left in its group ends too."""
        child.kill()
        self._running = [running for running in self._running if running.child is not child]
        self._tell_watchdog(f"-{child.process.pid}")

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    # --- programs that stay --------------------------------------------------------------------------------------
    def start(self, steps: Iterable[Step]) -> None:
        """Start each step once all that it comes after is ready; returns when all are. LauncherError, Stopped."""
        waiting = list(steps)
        starting: list[_Running] = []
        known = self._ready | {step.name for step in waiting}
        assert all(set(step.after) <= known for step in waiting), "a step waits for one that is not there"
        while waiting or starting:
            for step in [step for step in waiting if self._ready.issuperset(step.after)]:
                waiting.remove(step)
                starting.append(self._launch(step, log=self.log_of(step.name)))
            for running in [running for running in starting if self._is_ready(running)]:
                starting.remove(running)
                self._ready.add(running.step.name)
                self.console.done(running.step.label, running.step.detail)
            self.console.waiting(running.step.label for running in starting)
            self.tick()

    def watch(self) -> None:
        """Stay until a child dies (LauncherError) or somebody asks us to stop (Stopped)."""
        while True:
            self.tick(_WATCH_TICK)

    def revive(self) -> None:
        """From now on a program that dies is started again, unless it keeps dying before it is well."""
        self._failed = Counter()

    def is_well(self, name: str) -> bool:
        """Whether a program that stays is, since its last start."""
        return any(running.step.name == name and running.well.is_set() for running in self._running)

    def end(self, name: str, *, kill: bool) -> None:
        """Have a program end, and all that it started: at once (SIGKILL), or as it ends when it is asked to.

        Where programs are revived, the next look starts it again.
        """
        running = next(running for running in self._running if running.step.name == name)
        if not kill:
            running.child.ask_to_stop()
            deadline = time.monotonic() + self._grace
            while running.child.ended() is None and time.monotonic() < deadline:
                time.sleep(_TICK)
        running.child.kill()

    def tick(self, seconds: float = _TICK) -> None:
        """A moment's wait; notices signals and deaths."""
        self._notice()
        time.sleep(seconds)
        self._notice()

    def stop(self) -> None:
        """Stop every child, the ones that others stand on last. A second signal kills at once."""
        asked = len(self._asked)
        for last in (False, True):
            wave = [running for running in reversed(self._running) if running.step.stops_last is last]
            for running in wave:
                running.over.set()
                running.child.ask_to_stop()
            deadline = time.monotonic() + self._grace
            while any(running.child.ended() is None for running in wave):
                if time.monotonic() > deadline or len(self._asked) > asked:
                    break
                time.sleep(_TICK)
            for running in wave:
                running.child.kill()
                self._tell_watchdog(f"-{running.child.process.pid}")
        self._running.clear()
        self._ready.clear()

    def _launch(self, step: Step, log: Path | None) -> _Running:
        with contextlib.ExitStack() as stack:
            stdin: int | IO[bytes] = subprocess.DEVNULL
            if step.stdin:
                stdin = stack.enter_context(tempfile.TemporaryFile())
                stdin.write(step.stdin)
                stdin.seek(0)
            child = spawn(
                step.name,
                step.argv,
                env=step.env,
                cwd=step.cwd or self._root,
                log=log,
                stdin=stdin,
                account=step.account,
                stop_signal=step.stop_signal,
            )
        running = _Running(step, child)
        self._running.append(running)
        self._tell_watchdog(f"+{child.process.pid} {int(step.stop_signal)}")
        if step.ready is not None:
            threading.Thread(target=running.probe, name=f"probe of {step.name}", daemon=True).start()
        return running

    def _is_ready(self, running: _Running) -> bool:
        if running.step.ready is None:
            code = running.child.ended()
            if code == 0:
                self.forget(running.child)
            elif code is not None:
                raise self._death(running, code)
            return code == 0
        if not running.well.is_set() and time.monotonic() - running.begun > running.step.patience:
            seconds = f"{running.step.patience:.0f}"
            raise LauncherError(f"{running.step.label} is not well after {seconds} seconds.", running.child.log)
        return running.well.is_set()

    def _notice(self) -> None:
        if self._asked:
            raise Stopped(self._asked[0])
        for running in list(self._running):
            code = running.child.ended()
            if running.step.ready is None or code is None:
                continue
            if self._failed is None:
                raise self._death(running, code)
            if time.monotonic() - running.begun > _PAUSE:
                self._start_again(running, code)

    def _start_again(self, running: _Running, code: int) -> None:
        assert self._failed is not None
        name = running.step.name
        self._failed[name] = 0 if running.well.is_set() else self._failed[name] + 1
        if self._failed[name] > _REVIVALS:
            raise self._death(running, code)
        self.revived[name] += 1
        running.over.set()
        self.forget(running.child)
        log = self.log_of(name)
        number = len(list(self.logs.glob(f"{name}.*.log"))) + 1
        log.rename(self.logs / f"{name}.{number}.log")  # what it said until now is kept, and is not taken for new
        self._launch(running.step, log=log)

    def _death(self, running: _Running, code: int) -> LauncherError:
        log = running.child.log
        if log and says_disk_full(log):
            return LauncherError(f"{running.step.label} {how_it_ended(code)}. {DISK_FULL}", log)
        return LauncherError(f"{running.step.label} {how_it_ended(code)}.", log)

    def _tell_watchdog(self, line: str) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.write(f"{line}\n")
            self._watchdog.stdin.flush()
