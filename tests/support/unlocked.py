"""What would be without the locks: nobody holds anything, and everybody has read before anybody writes.

It sits in the database connection of each hand, so that no race has to name the locks that it leaves out.
"""

import re
from collections.abc import Callable
from contextlib import nullcontext, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import DatabaseError, connection

LOCK = re.compile(r" FOR (?:NO KEY )?UPDATE(?: OF [^)]*?)?(?: NOWAIT| SKIP LOCKED)?(?=\)|$)")
"""The end of a query that locks what it reads."""
ADVISORY = re.compile(r"pg_(?:try_)?advisory_\w+\(")
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) \"(?!django_)")
"""A statement that writes what is ours; sessions are Django's."""
PATIENCE = 15
"""Seconds for which a hand waits for the others to have read; after that, nobody waits any more."""


class Hands:
    """Whether those who race lock what they read; where they do not, they meet before their first write."""

    locks = True
    _met: Barrier | None = None

    def start(self, count: int) -> Barrier:
        """So many begin a race, once all are there."""
        self._met = None if self.locks else Barrier(count)
        return Barrier(count)

    def hand(self) -> Any:
        """The database connection of a thread as it is in this race."""
        return nullcontext() if self._met is None else connection.execute_wrapper(_Hand(self._met))


class _Hand:
    def __init__(self, met: Barrier) -> None:
        self._met = met
        self._has_met = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if ADVISORY.search(sql):
            return execute("SELECT true", None, many, context)
        if WRITES.match(sql) and not self._has_met:
            self._has_met = True
            with suppress(BrokenBarrierError):
                self._met.wait(PATIENCE)
        return execute(LOCK.sub("", sql), params, many, context)


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
