"""What would be without the locks: nobody holds anything, and everybody has read before anybody writes.

It sits in the database connection of each hand, so that no race has to name the locks that it leaves out. Where they
guard what is told to a neighbour, the stand-in for that neighbour has the hands meet again once they have read it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Condition, get_ident
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, connection

LOCK = re.compile(r" FOR (?:NO KEY )?UPDATE(?: OF [^)]*?)?(?: NOWAIT| SKIP LOCKED)?(?=\)|$)")
"""The end of a query that locks what it reads."""
ADVISORY = re.compile(r"pg_(?:try_)?advisory_\w+\(")
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) \"(?!django_)")
"""A statement that writes what is ours; sessions are Django's."""
PATIENCE = 15
"""Seconds for which a hand waits for the others; one that waits in the database for another never comes."""


class Meeting:
    """So many hands wait here for each other, once each; who ends without having come is not waited for."""

    def __init__(self, count: int) -> None:
        self._awaited = count
        self._here: set[int] = set()
        self._changed = Condition()

    def wait(self) -> None:
        """Until all are here, or have ended; at once for whoever was here before."""
        with self._changed:
            if get_ident() not in self._here:
                self._here.add(get_ident())
                self._changed.notify_all()
                self._changed.wait_for(lambda: len(self._here) >= self._awaited, PATIENCE)

    def leave(self) -> None:
        """This hand has ended."""
        with self._changed:
            if get_ident() not in self._here:
                self._awaited -= 1
                self._changed.notify_all()


class Hands:
    """Whether those who race lock what they read; where they do not, they meet before their first write."""

    locks = True
    _written: Meeting | None = None
    _read: Meeting | None = None

    def start(self, count: int) -> Barrier:
        """So many begin a race, once all are there."""
        self._written, self._read = (None, None) if self.locks else (Meeting(count), Meeting(count))
        return Barrier(count)

    @contextmanager
    def hand(self) -> Iterator[None]:
        """A thread of this race, with its database connection."""
        written, read = self._written, self._read
        if written is None or read is None:
            yield
            return
        try:
            with connection.execute_wrapper(_Hand(written)):
                yield
        finally:
            written.leave()
            read.leave()

    def have_read(self) -> None:
        """This hand has read what a neighbour has; without the locks it goes on once all have."""
        if self._read is not None:
            self._read.wait()


class _Hand:
    def __init__(self, written: Meeting) -> None:
        self._written = written

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if ADVISORY.search(sql):
            return execute("SELECT true", None, many, context)
        if WRITES.match(sql):
            self._written.wait()
        return execute(LOCK.sub("", sql), params, many, context)


@contextmanager
def all_meet_at(owner: object, name: str, count: int) -> Iterator[None]:
    """So many come to this call before any of them goes on: what they read before it, none of them had written."""
    real, met = getattr(owner, name), Meeting(count)

    def met_first(*args: Any, **kwargs: Any) -> Any:
        met.wait()
        return real(*args, **kwargs)

    with mock.patch.object(owner, name, met_first):
        yield


HANDS = Hands()

WITH_AND_WITHOUT_LOCKS = pytest.mark.parametrize(
    "locks",
    [
        pytest.param(True, id="locked"),
        pytest.param(
            False,
            id="without the locks",
            marks=pytest.mark.xfail(
                strict=True, raises=(AssertionError, DatabaseError), reason="the fault that the locks keep away"
            ),
        ),
    ],
    indirect=True,
)
"""A race and its twin: what it says is not true without the locks, or only a constraint of the database sees to it."""
