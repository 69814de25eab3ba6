"""Child processes that never outlive us.

On Linux the kernel tells each child when we die, even by SIGKILL (PR_SET_PDEATHSIG); the supervisor's watchdog tells
the others, and ends who did not hear. The kernel means the *thread* that started the child, so children are only
started from the main thread.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from launcher.errors import LauncherError

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user that a child runs as, where that is not us."""

    name: str
    uid: int
    gid: int


@dataclass
class Child:
    """A running process, the leader of its own group."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path | None

    def ended(self) -> int | None:
        """Its exit code (below zero: the signal that ended it), None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        if self.ended() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """End it and whatever it left in its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _die_with(parent: int, signum: int) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    libc = _LIBC

    def in_child() -> None:
        # After the change of user, which would clear the setting.
        libc.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def spawn(
    name: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start a program. Its output goes to the log, or to ours where there is none; raises LauncherError."""
    assert threading.current_thread() is threading.main_thread(), "the child would die with this thread"
    output: int | IO[bytes] | None = log.open("wb") if log else None
    try:
        process = subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_die_with(os.getpid(), stop_signal),
        )
    except (FileNotFoundError, PermissionError) as error:
        whose = f" as {account.name}" if account else ""
        raise LauncherError(f"{name} could not be started{whose}: {error}") from error
    finally:
        if output is not None and not isinstance(output, int):
            output.close()
    return Child(name, process, stop_signal, log)


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
