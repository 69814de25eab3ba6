"""A drawing board for the measures: quiet lines to scale, and measure lines that say how long they are.

Lengths are centimetres, heights count upwards from the floor; the sheet has 320 by 240 units with y downwards. A figure
is taken from the points between which it is measured, so that it cannot say anything else than what is drawn.
"""

import base64
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from demo.draw import palette as p
from demo.draw.geometry import Point, box, line, smooth, wave

WIDTH, HEIGHT = 320, 240
_FIGURE = 9.0
"""About how wide a character of a figure is."""
_FONT = Path(__file__).with_name("figures.woff2")
_STYLE = (
    "@font-face{{font-family:f;src:url(data:font/woff2;base64,{font})}}"
    "path{{fill:none;stroke-linecap:round;stroke-linejoin:round}}"
    "text{{font:500 15px f,Arial,sans-serif;fill:{ink};text-anchor:middle}}"
    ".unit{{font-size:13px;fill:{soft}}}"
)


class Board:
    """Collects lines and measures; `scale` is units per centimetre, `origin` where (0, 0) falls on the sheet."""

    def __init__(self, scale: float, origin: Point) -> None:
        self._scale, self._origin = scale, origin
        self._body: list[str] = []
        self._lines = 0

    def at(self, x: float, y: float) -> Point:
        """Where a point in centimetres falls on the sheet."""
        return (self._origin[0] + x * self._scale, self._origin[1] - y * self._scale)

    def edge(self, points: Sequence[Point], *, closed: bool = False) -> None:
        """Straight edges of the object, as a hand draws them."""
        self._stroke(line(self._drawn(points, closed=closed), closed=closed), p.INK, 1.8)

    def curve(self, points: Sequence[Point]) -> None:
        """A round edge of the object."""
        self._stroke(smooth([self.at(*point) for point in points]), p.INK, 1.8)

    def ring(self, low: Point, width: float, height: float, radius: float, *, is_thin: bool = False) -> None:
        """A closed edge with round corners and its lower left one at `low`; `is_thin` within the object."""
        (x, y), scale = self.at(low[0], low[1] + height), self._scale
        data = box(x, y, width * scale, height * scale, round(radius * scale, 1))
        self._stroke(data, p.STONE if is_thin else p.INK, 1 if is_thin else 1.8)

    def details(self, lines: Iterable[Sequence[Point]], *, colour: str = p.STONE) -> None:
        """Thin lines within the object."""
        self._stroke("".join(smooth([self.at(*point) for point in points]) for points in lines), colour, 1)

    def floor(self, left: float, right: float, y: float = 0) -> None:
        """What it stands on, or hangs from."""
        self._stroke(line(self._drawn([(left, y), (right, y)])), p.STONE, 1)

    def across(self, left: Point, right: Point, off: float, *, sign: str = "") -> None:
        """How far it is from `left` to `right` at one height; the measure line lies `off` units under it (less than
        nought: above)."""
        (x0, y), (x1, _) = self.at(*left), self.at(*right)
        at = y + off
        figure = f"{sign}{right[0] - left[0]:g}"
        self._reach([(x0, y, x0, at), (x1, y, x1, at)])
        middle, half = (x0 + x1) / 2, len(figure) * _FIGURE / 2 + 4
        if x1 - x0 > 2 * half + 6:
            self._measure(f"M{x0:.1f} {at:.1f}H{middle - half:.1f}M{middle + half:.1f} {at:.1f}H{x1:.1f}")
            self._figure(figure, middle, at + 5)
        else:
            self._measure(f"M{x0:.1f} {at:.1f}H{x1:.1f}")
            self._figure(figure, middle, at + (17 if off > 0 else -6))

    def up(self, low: Point, high: Point, off: float) -> None:
        """How far it is from `low` up to `high`; the measure line lies `off` units to the right (less than nought: to
        the left)."""
        (x, y0), (other, y1) = self.at(*low), self.at(*high)
        at = x + off
        figure = f"{high[1] - low[1]:g}"
        self._reach([(x, y0, at, y0), (other, y1, at, y1)])
        middle = (y0 + y1) / 2
        if y0 - y1 > 40:
            self._measure(f"M{at:.1f} {y0:.1f}V{middle + 11:.1f}M{at:.1f} {middle - 11:.1f}V{y1:.1f}")
            self._figure(figure, at, middle + 5)
        else:
            self._measure(f"M{at:.1f} {y0:.1f}V{y1:.1f}")
            self._figure(figure, at + (len(figure) * _FIGURE / 2 + 5), middle + 5)

    def along(self, points: Sequence[Point], off: float, length: float) -> None:
        """How long something bent is: a measure line beside it, with the figure over its middle."""
        beside = _beside([self.at(*point) for point in points], off)
        ends = [(points[0], beside[0]), (points[-1], beside[-1])]
        self._reach([(*self.at(*point), *away) for point, away in ends])
        middle = len(beside) // 2
        half = (len(f"{length:g}") * _FIGURE / 2 + 4) / math.dist(beside[middle], beside[middle + 1])
        gap = math.ceil(half)
        self._measure(smooth(beside[: middle - gap + 1]) + smooth(beside[middle + gap :]))
        self._figure(f"{length:g}", beside[middle][0], beside[middle][1] + 5)

    def broken(self, x: float, low: float, high: float, length: float, off: float) -> None:
        """A cord that is longer than it is drawn: interrupted in the middle, and so is its measure line."""
        (at, y0), (_, y1) = self.at(x, low), self.at(x, high)
        middle = (y0 + y1) / 2
        self._stroke(f"M{at:.1f} {y0:.1f}V{middle + 3:.1f}M{at:.1f} {middle - 3:.1f}V{y1:.1f}", p.INK, 1.8)
        for side in (-3, 3):
            self._stroke(f"M{at - 6:.1f} {middle + side + 2:.1f}L{at + 6:.1f} {middle + side - 2:.1f}", p.INK, 1)
        beside = at + off
        self._reach([(at, y0, beside, y0), (at, y1, beside, y1)])
        self._measure(f"M{beside:.1f} {y0:.1f}V{middle + 11:.1f}M{beside:.1f} {middle - 11:.1f}V{y1:.1f}")
        self._figure(f"{length:g}", beside, middle + 5)

    def svg(self) -> str:
        """The whole drawing, with the figures' font in it: nothing else is fetched for it."""
        style = _STYLE.format(font=base64.b64encode(_FONT.read_bytes()).decode(), ink=p.INK, soft=p.FELT)
        unit = f'<text x="{WIDTH - 14}" y="{HEIGHT - 6}" class="unit">cm</text>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
            f"<style>{style}</style>{''.join(self._body)}{unit}</svg>\n"
        )

    def _drawn(self, points: Sequence[Point], *, closed: bool = False) -> list[Point]:
        """The points on the sheet, with others between them that a hand does not lay quite in line."""
        corners = [self.at(*point) for point in points]
        found: list[Point] = []
        self._lines += 1
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *(corners[:1] if closed else [])], strict=False):
            steps = max(1, round(math.dist((x0, y0), (x1, y1)) / 24))
            for i in range(steps):
                stray = 0.45 * wave(self._lines + len(found), i * 0.9) if i else 0
                found.append((x0 + (x1 - x0) * i / steps + stray, y0 + (y1 - y0) * i / steps + stray))
        return found if closed else [*found, corners[-1]]

    def _reach(self, lines: Sequence[tuple[float, float, float, float]]) -> None:
        """From the object to a little past the measure line."""
        for x0, y0, x1, y1 in lines:
            length = math.dist((x0, y0), (x1, y1))
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            start, end = (x0 + ux * 4, y0 + uy * 4), (x1 + ux * 4, y1 + uy * 4)
            self._measure(line([start, end]))

    def _measure(self, data: str) -> None:
        self._stroke(data, p.CLAY, 1)

    def _figure(self, figure: str, x: float, y: float) -> None:
        self._body.append(f'<text x="{x:.1f}" y="{y:.1f}">{figure}</text>')

    def _stroke(self, data: str, colour: str, width: float) -> None:
        self._body.append(f'<path d="{data}" stroke="{colour}" stroke-width="{width:g}"/>')


def _beside(points: Sequence[Point], off: float) -> list[Point]:
    """The same way, `off` units to its left."""
    found = []
    for i, (x, y) in enumerate(points):
        (x0, y0), (x1, y1) = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        length = math.dist((x0, y0), (x1, y1))
        found.append((x + (y1 - y0) / length * off, y - (x1 - x0) / length * off))
    return found
