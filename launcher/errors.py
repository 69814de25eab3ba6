"""What ends a command: something the person at the terminal can mend, or a wish to stop."""

import errno
import re
from pathlib import Path

DISK_FULL = "The disk is full: free some space and start again."
_DISK_FULL_TEXT = re.compile(r"No space left on device|\bENOSPC\b|Disk quota exceeded", re.IGNORECASE)
_LAST_LINES = 15


class LauncherError(Exception):
    """One clear sentence for the person, and the log that says more."""

    def __init__(self, sentence: str, log: Path | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.log = log

    def told(self) -> str:
        """The sentence, where the log is, and how it ends."""
        if self.log is None:
            return self.sentence
        lines = last_lines(self.log)
        tail = "".join(f"\n    {line}" for line in lines)
        return f"{self.sentence}\nIts log: {self.log}{tail}"


class Stopped(Exception):
    """The person, or the system, asked us to stop."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def last_lines(log: Path, count: int = _LAST_LINES) -> list[str]:
    """The last lines of a log; none where it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 200 * count))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]


def says_disk_full(log: Path) -> bool:
    """Whether the log ends with a full disk."""
    return any(_DISK_FULL_TEXT.search(line) for line in last_lines(log))


def is_disk_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
