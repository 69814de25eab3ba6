"""What ends a command: something the person at the terminal can mend, or a wish to stop."""

import errno
import re
from pathlib import Path

DISK_FULL = "The disk is full: free some space and start again."
_DISK_FULL_TEXT = re.compile(r"No space left on device|\bENOSPC\b|Disk quota exceeded", re.IGNORECASE)
_LAST_LINES = 15


class LauncherError(Exception):
    """One clear sentence for the person, the log that says more, and where it helps what to do now."""

    def __init__(self, sentence: str, log: Path | None = None, *, advice: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.log = log
        self.advice = advice

    def told(self) -> str:
        """The sentence, where the log is and how it ends; what to do now comes last, where one looks."""
        told = [self.sentence]
        if self.log is not None:
            told += [f"Its log: {self.log}", *(f"    {line}" for line in last_lines(self.log))]
        if self.advice:
            told += ["", self.advice]
        return "\n".join(told)


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
