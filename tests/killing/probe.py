"""Where a process can die: before and after each thing that lasts (a commit, a call that acts), found by itself.

The probe sits in the mechanisms, not in the flows: the database connection of Django and the calls between programs
(`network`). A flow that is written tomorrow is found as those of today are.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = f"{ROOT / 'fulfilment'}/"

QUEUE = "flows/dispatch.py"
"""Where everybody comes past who queues anything."""

WRITES = re.compile(r"\b(?:INSERT INTO|DELETE FROM|UPDATE)\s+\"?(\w+)", re.IGNORECASE)
LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b|\bDO UPDATE\b", re.IGNORECASE)


class Killed(BaseException):
    """The process is no more. No code of ours may catch this, as none could catch SIGKILL."""


class Caught(BaseException):
    """Something did catch it, and went on."""


@dataclass(frozen=True)
class Point:
    """A place to die at: `when` of `what`, and the lines of fulfilment that led there, the innermost first.

    `stage` is what was going on in the scenario, `process` counts the processes until here, and `lasting` what had
    lasted: two points of one process with the same count leave the same behind.
    """

    when: str
    what: str
    where: tuple[str, ...]
    stage: str
    process: int
    lasting: int

    @property
    def place(self) -> str:
        """What it is called wherever its lines move to: the function of a flow (or an entrypoint) that led there."""
        ours = (line for line in self.where if line.startswith(("flows/", "entrypoints/")) and QUEUE not in line)
        return f"{self.when} {self.what}, in {re.sub(r':[0-9]+', '', next(ours, 'nowhere'))}"

    def __str__(self) -> str:
        return f"{self.when} {self.what}, while: {self.stage}\n" + "\n".join(f"      {line}" for line in self.where)


@dataclass
class Probe:
    """Counts the points that a run passes, and kills the process at one of them.

    A dead process does nothing more: whatever still tries (a `finally`, a handler that catches too much) dies again,
    and its database connection is gone with all that was not committed.
    """

    fatal: int | None = None
    """The number of the point to die at."""
    kill: Callable[[Point], None] | None = None
    """How it dies; an exception where it is not said."""
    points: list[Point] = field(default_factory=list)
    died: Point | None = None
    dead: bool = False
    stage: str = ""
    processes: int = 0
    lasting: int = 0
    _inside: bool = False
    _wrote: list[str] = field(default_factory=list)

    @contextmanager
    def process(self) -> Iterator[None]:
        """A process of fulfilment, from its beginning to its end. There is one at a time."""
        assert not self._inside, "a process of fulfilment waits for another: they would share a connection here"
        self._inside, self._wrote = True, []
        self.processes += 1
        try:
            yield
            if self.dead:
                raise Caught(f"something caught the death of its process: {self.died}")
        finally:
            self._inside, self.dead = False, False

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Another program has its turn while this one waits for its answer."""
        before, self._inside = self._inside, False
        try:
            yield
        finally:
            self._inside = before

    def calls(self, what: str, do: Callable[[], Any], *, acts: bool) -> Any:
        """A call of ours to another program; one that only asks leaves nothing to die after."""
        if not self._inside:
            return do()
        self.reach("before", what)
        with self.elsewhere():
            answer = do()
        if acts:
            self.lasts(what)
        return answer

    def lasts(self, what: str) -> None:
        """Something happened that a death does not undo."""
        self.lasting += 1
        self.reach("after", what)

    def reach(self, when: str, what: str) -> None:
        """Come past a point, or die at it."""
        if self.dead:
            raise Killed("this process is dead")
        if not self._inside:
            return
        point = Point(when, what, tuple(_lines(sys._getframe(1))), self.stage, self.processes, self.lasting)
        self.points.append(point)
        if len(self.points) - 1 == self.fatal:
            self.died, self.dead = point, True
            if self.kill is not None:
                self.kill(point)
            connection.close()
            raise Killed(str(point))

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement: within a transaction it lasts once that is committed, by itself at once."""
        if self.dead:
            raise Killed("this process is dead")
        written = WRITES.findall(LOCKS.sub("", str(sql)))
        if not written or not self._inside:
            return execute(sql, params, many, context)
        if connection.in_atomic_block:
            answer = execute(sql, params, many, context)
            self._wrote += written if context["cursor"].rowcount != 0 else []
            return answer
        what = f"{', '.join(dict.fromkeys(written))} (by itself)"
        self.reach("before", what)
        answer = execute(sql, params, many, context)
        if context["cursor"].rowcount != 0:
            self.lasts(what)
        return answer

    def commit(self, do: Callable[[], None]) -> None:
        """A transaction comes to its end; one that wrote nothing leaves nothing to die before or after."""
        wrote, self._wrote = self._wrote, []
        if not wrote or not self._inside:
            do()
            return
        what = f"COMMIT of {', '.join(dict.fromkeys(wrote))}"
        self.reach("before", what)
        do()
        self.lasts(what)


@contextmanager
def watching(current: Callable[[], Probe]) -> Iterator[None]:
    """The present probe, in the mechanisms of the database."""
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]  # Django's own, without a type

    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        return current().statement(execute, sql, params, many, context)

    def watched(wrapper: BaseDatabaseWrapper) -> None:
        current().commit(lambda: commit(wrapper))

    with mock.patch.object(BaseDatabaseWrapper, "_commit", watched), connection.execute_wrapper(run):
        yield


def _lines(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(PROGRAM):
            yield f"{name.removeprefix(PROGRAM)}:{frame.f_lineno} {frame.f_code.co_name}"
        frame = frame.f_back
