"""Ends what a supervisor left when it was killed.

Linux tells each child at once, but a program that is just starting may miss it, and what the child started itself is
not told: so whatever is left of its group after a moment is killed.

A program of its own, told over stdin: `+PID SIGNAL` for a child that began, `-PID` for one that ended. The end of the
input is the supervisor's own end, however it came.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE = 3.0  # seconds; a new start waits a little longer for the ports


def main(lines: Iterable[str]) -> None:
    for ours in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ours, signal.SIG_IGN)  # those are for the supervisor
    left: dict[int, int] = {}
    for line in lines:
        words = line.split()
        pid = int(words[0][1:])
        if words[0].startswith("+"):
            left[pid] = int(words[1])
        else:
            left.pop(pid, None)
    for pid, signum in left.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)
    until = time.monotonic() + GRACE
    while any(map(_lives, left)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(sys.stdin)
