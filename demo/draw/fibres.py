"""Thread and rope: lines that are made of many smaller ones."""

import math
from collections.abc import Sequence
from itertools import pairwise

from demo.draw.geometry import Dice, Point, line, smooth
from demo.draw.palette import mix
from demo.draw.sheet import Sheet


def along(points: Sequence[Point], step: float) -> list[tuple[Point, Point]]:
    """Places every `step` pixels along a polyline, each with the direction (unit vector) there."""
    places: list[tuple[Point, Point]] = []
    left = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        if not length:
            continue
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        at = left
        while at < length:
            places.append(((x0 + ux * at, y0 + uy * at), (ux, uy)))
            at += step
        left = at - length
    return places


def cord(sheet: Sheet, points: Sequence[Point], width: float, *, light: str, dark: str, turn: float = 1.15) -> None:
    """A thin twisted cord along the points: a body, its shaded side, and the slanting lines of the twist."""
    body = smooth(points)
    sheet.line(body, mix(dark, "#000000", 0.18), width * 1.16)
    sheet.line(body, mix(light, dark, 0.15), width)
    places = along(points, width * 0.62)
    half = width * 0.46
    marks = []
    for (x, y), (ux, uy) in places:
        nx, ny = -uy, ux
        lead = half * turn
        marks.append(
            f"M{x + nx * half - ux * lead:.1f} {y + ny * half - uy * lead:.1f}"
            f"Q{x + nx * half * 0.2 - ux * lead * 0.7:.1f} {y + ny * half * 0.2 - uy * lead * 0.7:.1f} "
            f"{x - nx * half + ux * lead * 0.4:.1f} {y - ny * half + uy * lead * 0.4:.1f}"
        )
    sheet.line("".join(marks), dark, max(1.0, width * 0.1), opacity=0.75)
    glints = []
    for (x, y), (ux, uy) in places:
        nx, ny = -uy, ux
        glints.append(
            f"M{x + nx * half * 0.55 - ux * half * 0.2:.1f} {y + ny * half * 0.55 - uy * half * 0.2:.1f}"
            f"L{x - nx * half * 0.05 + ux * half * 0.35:.1f} {y - ny * half * 0.05 + uy * half * 0.35:.1f}"
        )
    sheet.line("".join(glints), mix(light, "#FFFFFF", 0.35), max(0.8, width * 0.1), opacity=0.8)


def fray(sheet: Sheet, at: Point, length: float, spread: float, *, dice: Dice, colours: Sequence[str]) -> None:
    """The loose end of a cord: a small tuft of fibres hanging from a point."""
    x, y = at
    for _ in range(9):
        aim = dice.between(-spread, spread)
        reach = length * dice.between(0.6, 1)
        data = f"M{x + aim * 0.25:.1f} {y:.1f}Q{x + aim * 0.4:.1f} {y + reach * 0.6:.1f} {x + aim:.1f} {y + reach:.1f}"
        sheet.line(data, dice.one_of(colours), dice.between(1.4, 2.6))


def hairs(
    sheet: Sheet,
    area: tuple[float, float, float, float],
    count: int,
    *,
    length: float,
    dice: Dice,
    colours: Sequence[str],
) -> None:
    """Short bent fibres scattered over an area (x, y, width, height), as on felt."""
    x0, y0, width, height = area
    for colour in colours:
        marks = []
        for _ in range(count // len(colours)):
            x, y = x0 + dice.between(0, width), y0 + dice.between(0, height)
            aim, bend = dice.between(0, math.tau), dice.between(-0.9, 0.9)
            reach = length * dice.between(0.4, 1)
            mx, my = x + math.cos(aim) * reach * 0.5, y + math.sin(aim) * reach * 0.5
            ex, ey = mx + math.cos(aim + bend) * reach * 0.5, my + math.sin(aim + bend) * reach * 0.5
            marks.append(f"M{x:.0f} {y:.0f}Q{mx:.0f} {my:.0f} {ex:.0f} {ey:.0f}")
        sheet.line("".join(marks), colour, max(1.1, length * 0.025), opacity=0.55)


def stitches(sheet: Sheet, points: Sequence[Point], *, colour: str, width: float, length: float, gap: float) -> None:
    """A row of stitches along the points, each with the small dark hole where it goes in."""
    places = along(points, length + gap)
    holes = "".join(line([(x, y), (x + ux * 0.1, y + uy * 0.1)]) for (x, y), (ux, uy) in places)
    sheet.line(holes, "#000000", width * 1.3, opacity=0.35)
    marks = "".join(line([(x, y), (x + ux * length, y + uy * length)]) for (x, y), (ux, uy) in places)
    sheet.line(marks, colour, width)
