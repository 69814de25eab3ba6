"""What the person sees: a line for everything that is done, and on a terminal what is still awaited."""

import os
import sys
import time
from collections.abc import Iterable
from typing import TextIO

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_GREEN, _RED, _DIM, _BOLD, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


class Console:
    """Progress on a stream, with the seconds since it was made."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._colour = self._live and "NO_COLOR" not in os.environ
        self._begun = time.monotonic()
        self._frame = 0
        self._shown = ""

    def elapsed(self) -> float:
        """Seconds since the console was made."""
        return time.monotonic() - self._begun

    def say(self, text: str = "") -> None:
        """One or more lines as they are."""
        self._clear()
        self._write(f"{text}\n")

    def title(self, text: str) -> None:
        self.say(self._painted(_BOLD, text))

    def done(self, label: str, detail: str = "") -> None:
        """Something stands."""
        when = f"{self.elapsed():6.1f} s"
        self.say(f"  {self._painted(_GREEN, '✓')} {label:<28} {when}  {self._painted(_DIM, detail)}".rstrip())

    def verdict(self, passed: bool, label: str, seconds: float) -> None:
        """How something that was judged came out, and how long it took."""
        mark = self._painted(_GREEN, "✓") if passed else self._painted(_RED, "✗")
        self.say(f"  {mark} {label:<28} {'passed' if passed else 'failed'} in {seconds:.1f} s")

    def waiting(self, labels: Iterable[str]) -> None:
        """What is awaited now: one line that moves, on a terminal only."""
        if not self._live:
            return
        self._frame += 1
        mark = _FRAMES[self._frame // 4 % len(_FRAMES)]
        text = f"  {mark} {', '.join(labels)} … {self.elapsed():.1f} s"[: self._width()]
        if text != self._shown:
            self._write(f"\r\x1b[K{self._painted(_DIM, text)}")
            self._shown = text

    def _clear(self) -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = ""

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns - 1
        except OSError:
            return 79

    def _painted(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colour and text else text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
