"""The route of an order: a pure function of its lines and the agreements that answer for them.

Each line names a product code. The agreement that answers for the code names the one producer. Lines of the same
producer become one task, in the order of the lines. A line whose code nobody answers for is refused, and only that
line: the others are not held up by it. Stock never decides the route.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LineToRoute:
    """A line: its key (any hashable that the caller knows it by), what it is, how many."""

    key: int
    product_code: str
    quantity: int


@dataclass(frozen=True)
class Answer:
    """Who answers for a product code, under which agreement."""

    agreement_id: int
    producer_id: int


@dataclass(frozen=True)
class PlannedTask:
    """The lines that one producer makes, with the agreement of each."""

    producer_id: int
    lines: tuple[tuple[LineToRoute, Answer], ...]


@dataclass(frozen=True)
class Plan:
    """Tasks in the order of the first line of each, and the lines that nobody answers for."""

    tasks: tuple[PlannedTask, ...]
    refusals: tuple[LineToRoute, ...] = field(default=())


def plan(lines: Iterable[LineToRoute], answers: Mapping[str, Answer]) -> Plan:
    """Divide lines over producers; every line ends in exactly one task or in the refusals."""
    by_producer: dict[int, list[tuple[LineToRoute, Answer]]] = {}
    refusals: list[LineToRoute] = []
    for line in lines:
        answer = answers.get(line.product_code)
        if answer is None:
            refusals.append(line)
        else:
            by_producer.setdefault(answer.producer_id, []).append((line, answer))
    tasks = tuple(PlannedTask(producer_id, tuple(found)) for producer_id, found in by_producer.items())
    return Plan(tasks, tuple(refusals))


def pieces_of(lines: Iterable[LineToRoute]) -> dict[str, int]:
    """How many of each product code there are in some lines."""
    pieces: dict[str, int] = {}
    for line in lines:
        pieces[line.product_code] = pieces.get(line.product_code, 0) + line.quantity
    return pieces
