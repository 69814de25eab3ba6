"""Wood: the grain of beech and ash on any face, laid as lines over flat paint."""

import math
from collections.abc import Callable

from demo.draw import palette as p
from demo.draw.geometry import Dice, Point, smooth, wave
from demo.draw.sheet import Sheet

Face = Callable[[float, float], Point]


def grain(
    sheet: Sheet,
    outline: str,
    face: Face,
    *,
    length: float,
    breadth: float,
    seed: int,
    lines: int,
    tone: str = p.BEECH,
    heart: float = 0.5,
    weight: float = 2.2,
) -> None:
    """Grain over the shape `outline`; `face(u, v)` maps along-the-grain and across (same unit) to the sheet.

    `heart` is where across the board (0 to 1) the rings open into flames.
    """
    dark = p.mix(tone, p.UMBER, 0.62)
    dice = Dice(seed)
    with sheet.within(outline):
        for i in range(lines):
            v = breadth * (i + dice.between(0.1, 0.9)) / lines
            off = v / breadth - heart
            flame = breadth * 0.16 * math.exp(-((off / 0.16) ** 2)) * (1 if off >= 0 else -1)
            points = []
            for j in range(25):
                u = length * j / 24
                open_up = math.exp(-(((u / length - 0.42 - 0.1 * wave(seed, 1.0)) / 0.3) ** 2))
                drift = breadth * 0.012 * wave(seed + i // 7, u / length * 3 + i * 0.03)
                points.append(face(u, v + flame * open_up + drift))
            shade = p.mix(tone, dark, dice.between(0.15, 0.95))
            sheet.line(smooth(points), shade, weight * dice.between(0.35, 1.2), opacity=0.7)
        flecks(sheet, face, length=length, breadth=breadth, seed=seed, count=lines * 9, tone=dark, weight=weight)


def flecks(
    sheet: Sheet, face: Face, *, length: float, breadth: float, seed: int, count: int, tone: str, weight: float
) -> None:
    """The short dark flecks by which beech is known."""
    dice = Dice(seed + 900)
    marks = []
    for _ in range(count):
        u, v = dice.between(0, length), dice.between(0, breadth)
        (x0, y0), (x1, y1) = face(u, v), face(u + length * dice.between(0.006, 0.02), v)
        marks.append(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}")
    sheet.line("".join(marks), tone, weight * 0.9, opacity=0.42)
