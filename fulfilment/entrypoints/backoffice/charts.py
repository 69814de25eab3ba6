"""Charts as the server draws them: lines over time in a box of 300 by 100, with the same figures as a table behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import cached_property

WIDTH, HEIGHT = 300, 100
NICE = (1, 2, 5)

Value = Decimal | None
Written = Callable[[Decimal], str]


@dataclass(frozen=True)
class Line:
    """One thing over time; None where nothing was measured. Lines differ by their dashes too, not by colour alone."""

    name: str
    values: Sequence[Value]
    dash: str = "solid"


@dataclass(frozen=True)
class Row:
    """A stretch of time in the table, with the figure of each line."""

    at: datetime
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """`moments` are those of the values of every line, oldest first; `rows_of` says how many of them make a row of the
    table, and `together` what several figures are as one."""

    key: str
    title: str
    explained: str
    moments: Sequence[datetime]
    lines: Sequence[Line]
    written: Written
    together: Callable[[Sequence[Decimal]], Decimal]
    rows_of: int
    least_top: Decimal = Decimal(1)
    limit: Decimal | None = None

    @cached_property
    def top(self) -> Decimal:
        """The upper end of the scale: a round figure that holds everything."""
        most = max((value for line in self.lines for value in line.values if value is not None), default=Decimal(0))
        wanted, step = max(most, self.least_top), Decimal(1)
        while True:
            for nice in NICE:
                if nice * step >= wanted:
                    return nice * step
            step *= 10

    @property
    def top_written(self) -> str:
        return self.written(self.top)

    @property
    def limit_y(self) -> str:
        """Where the line of the limit is drawn; "" where it is off the scale."""
        return f"{self._y(self.limit):.1f}" if self.limit is not None and self.limit <= self.top else ""

    @property
    def drawn(self) -> list[tuple[Line, str, str]]:
        """Each line with the path of its stroke, and where it is the only one of the surface below it."""
        return [(line, *self._paths(line)) for line in self.lines]

    @property
    def now(self) -> list[tuple[str, str]]:
        """The last figure of each line, by its name."""
        return [(line.name, self._last(line)) for line in self.lines]

    @property
    def described(self) -> str:
        """The picture in words, for whoever does not see it."""
        told = [f"{name} {value}".strip() for name, value in self.now]
        return f"{self.title}: {', '.join(told)}"

    @property
    def rows(self) -> list[Row]:
        """The table, newest first; stretches in which nothing was measured are left out."""
        found = []
        for start in range(0, len(self.moments), self.rows_of):
            cells = tuple(self._cell(line.values[start : start + self.rows_of]) for line in self.lines)
            if any(cells):
                found.append(Row(self.moments[start], cells))
        return found[::-1]

    @property
    def is_empty(self) -> bool:
        return all(value is None for line in self.lines for value in line.values)

    def _cell(self, values: Sequence[Value]) -> str:
        known = [value for value in values if value is not None]
        return self.written(self.together(known)) if known else ""

    def _last(self, line: Line) -> str:
        known = [value for value in line.values if value is not None]
        return self.written(known[-1]) if known else "–"

    def _y(self, value: Decimal) -> Decimal:
        return HEIGHT - value * HEIGHT / self.top

    def _paths(self, line: Line) -> tuple[str, str]:
        step = Decimal(WIDTH) / max(len(line.values) - 1, 1)
        strokes: list[list[tuple[Decimal, Decimal]]] = [[]]
        for position, value in enumerate(line.values):
            if value is None:
                strokes.append([])
            else:
                strokes[-1].append((position * step, self._y(value)))
        drawn = [points for points in strokes if points]
        stroke = " ".join(_stroke(points) for points in drawn)
        below = " ".join(f"{_stroke(points)} V{HEIGHT} H{points[0][0]:.1f} Z" for points in drawn)
        return stroke, below if len(self.lines) == 1 else ""


def _stroke(points: Sequence[tuple[Decimal, Decimal]]) -> str:
    """A line through points; a single one is drawn as a dot."""
    told = " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{told}" + (" h0.1" if len(points) == 1 else "")
