"""The same thing, several times at the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from fulfilment.errors import Refusal
from tests.support.unlocked import HANDS

FIVE = 5
T = TypeVar("T")


def five_times(work: Callable[[], T]) -> list[T]:
    """What five calls answered that started together; what one of them raises is raised here."""
    answers, failures = five_tries(work)
    if failures:
        raise failures[0]
    return answers


def five_tries(work: Callable[[], T]) -> tuple[list[T], list[Exception]]:
    """What five calls that started together answered, and what they raised."""
    start = HANDS.start(FIVE)

    def run() -> T:
        try:
            start.wait(10)
            with HANDS.hand():
                return work()
        finally:
            connection.close()

    answers: list[T] = []
    failures: list[Exception] = []
    with ThreadPoolExecutor(FIVE) as pool:
        for done in [pool.submit(run) for _ in range(FIVE)]:
            try:
                answers.append(done.result(60))
            except Exception as error:
                failures.append(error)
    return answers, failures


def together(works: Sequence[Callable[[], object]]) -> list[object]:
    """Run all at the same moment, each in a thread and a connection of its own; their results in order."""
    start = HANDS.start(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            start.wait(10)
            with HANDS.hand():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result(60) for done in [pool.submit(run, work) for work in works]]


def said(work: Callable[[], object]) -> str:
    """The code of the refusal; "" where there was none."""
    try:
        work()
    except Refusal as refusal:
        return refusal.code
    return ""
