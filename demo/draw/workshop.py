"""What stands in the workshops: a wide window of steel, the bench, a lamp over it, and the tools on the wall."""

import math
from collections.abc import Sequence

from demo.draw import palette as p
from demo.draw.fibres import cord
from demo.draw.geometry import Dice, Point, box, ellipse, line, smooth, wave
from demo.draw.room import gables, worktop
from demo.draw.sheet import Sheet

Area = tuple[float, float, float, float]
STEEL = p.mix(p.SLATE_DARK, p.INK, 0.25)


def steel_window(
    sheet: Sheet, area: Area, panes: tuple[int, int], *, sky: tuple[str, str], roofs: str = p.BARK
) -> None:
    """A window of many small panes over the area (x, y, width, height), with the roofs of the town in it."""
    x, y, width, height = area
    columns, rows = panes
    glass = box(x, y, width, height)
    sheet.path(box(x - 12, y - 12, width + 24, height + 24), STEEL)
    sheet.path(glass, sky[0])
    sheet.shade(glass, sky[1], (x, y + height), (x, y), strength=1)
    with sheet.within(glass):
        for k, lift in enumerate((0.34, 0.22)):
            tone = p.mix(sky[1], roofs, 0.26 + 0.26 * k)
            sheet.path(gables(x, y + height, width, height * lift, seed=int(x + width) + k), tone)
        glint = [
            (x + width * 0.1, y),
            (x + width * 0.3, y),
            (x + width * 0.02, y + height),
            (x - width * 0.18, y + height),
        ]
        sheet.path(line(glint, closed=True), p.CHALK, opacity=0.2)
    for k in range(1, columns):
        sheet.line(f"M{x + width * k / columns:.0f} {y}v{height}", STEEL, 8 if k * 2 != columns else 13, cap="butt")
    for k in range(1, rows):
        sheet.line(f"M{x} {y + height * k / rows:.0f}h{width}", STEEL, 8, cap="butt")
    sheet.path(box(x - 34, y + height + 12, width + 68, 20), p.mix(p.OAT, p.STONE, 0.35))
    sheet.path(box(x - 28, y + height + 32, width + 56, 11), p.INK, opacity=0.16)


def bench(sheet: Sheet, area: Area, *, floor: float, tone: str, seed: int, shelf: float = 0.62) -> None:
    """A workbench: the area of its top (x, y, width, height), legs down to `floor`, a shelf part of the way down."""
    x, y, width, deep = area
    thick = 36.0
    under = y + deep + thick
    dark = p.mix(tone, p.UMBER, 0.55)
    sheet.path(ellipse(x + width / 2 + 40, floor + 4, width * 0.56, 34), p.INK, opacity=0.22)
    board = under + (floor - under) * shelf
    sheet.path(box(x + 60, board, width - 120, 24), p.mix(dark, p.INK, 0.25))
    for left in (x + 36, x + width - 96):
        leg = box(left, under - 6, 60, floor - under + 6)
        sheet.path(leg, dark)
        sheet.shade(leg, p.mix(dark, p.INK, 0.6), (left + 60, floor), (left + 10, floor - 60), strength=0.8)
        sheet.shade(leg, p.mix(tone, p.CHALK, 0.2), (left, floor), (left + 26, floor), strength=0.5)
        for k in range(4):
            at = left + 10 + k * 13
            sheet.line(
                f"M{at} {under}q{3 * wave(seed + k, 1):.1f} 80 0 {floor - under:.0f}",
                p.mix(dark, p.INK, 0.3),
                1.8,
                opacity=0.5,
            )
    sheet.path(box(x + 20, under - 4, width - 40, 30), p.INK, opacity=0.3)
    worktop(sheet, area, thick, tone, seed=seed)


def lamp_over(sheet: Sheet, x: float, y: float, size: float, tone: str) -> None:
    """An enamel shade on its cord from the ceiling, with its mouth at (x, y)."""
    sheet.line(f"M{x} -20V{y - size * 0.8:.0f}", p.INK, 6)
    neck, high, brow = size * 0.16, y - size * 0.86, y - size * 0.5
    shade = (
        f"M{x - size} {y}C{x - size * 0.9} {brow} {x - size * 0.3} {brow} {x - neck} {high}"
        f"H{x + neck}C{x + size * 0.3} {brow} {x + size * 0.9} {brow} {x + size} {y}Z"
    )
    sheet.path(ellipse(x, y, size, size * 0.13), p.LAMPLIGHT)
    sheet.path(shade, tone)
    sheet.shade(shade, p.mix(tone, p.INK, 0.6), (x + size, y), (x - size * 0.2, y - size * 0.3), strength=0.8)
    sheet.shade(shade, p.mix(tone, p.CHALK, 0.5), (x - size, y), (x - size * 0.3, y - size * 0.2), strength=0.6)
    sheet.line(f"M{x - size} {y}A{size} {size * 0.13:.1f} 0 0 0 {x + size} {y}", p.mix(tone, p.CHALK, 0.6), 4)


def shelf(sheet: Sheet, x: float, y: float, width: float, wall: str) -> None:
    """A board on the wall, with its shadow."""
    sheet.path(box(x, y, width, 18), p.BEECH_DARK)
    sheet.line(f"M{x} {y + 2}h{width}", p.BEECH_LIGHT, 3)
    sheet.path(box(x + 10, y + 18, width - 4, 14), p.mix(wall, p.INK, 0.35), opacity=0.6)


def cast(sheet: Sheet, data: str, wall: str, *, far: float = 14) -> None:
    """The flat shadow of something that hangs on the wall."""
    with sheet.group(transform=f"translate({far} {far * 0.9:.0f})", opacity=0.5):
        sheet.path(data, p.mix(wall, p.INK, 0.42))


def peg(sheet: Sheet, x: float, y: float) -> None:
    """A wooden peg, seen from the front."""
    sheet.path(ellipse(x + 4, y + 6, 12, 12), p.INK, opacity=0.3)
    sheet.path(ellipse(x, y, 12, 12), p.BEECH_LIGHT, stroke=p.UMBER, width=2.5)


def coil(sheet: Sheet, foot: Point, radius: float, turns: int, width: float, tones: tuple[str, str]) -> None:
    """A heavy rope lying in a coil, turn upon turn, with its middle on the floor at `foot`."""
    x, y = foot
    flat = 0.3
    sheet.path(ellipse(x + radius * 0.28, y + 8, radius * 1.16, radius * flat * 1.1), p.INK, opacity=0.24)
    for k in range(turns):
        lift = k * width * 0.78
        reach = radius * (1 - 0.035 * k) + 5 * wave(k + radius, 1.3)
        ring = [
            (x + reach * math.cos(a) + 4 * wave(k, 2), y - lift + reach * flat * math.sin(a))
            for a in [math.radians(-200 + 360 * i / 40) for i in range(41)]
        ]
        cord(sheet, ring, width, light=tones[0], dark=tones[1])
    top = y - (turns - 1) * width * 0.78
    inside = ellipse(x, top + width * 0.2, radius * 0.86 - width * 0.6, (radius * 0.86 - width * 0.6) * flat)
    sheet.path(inside, p.mix(tones[1], p.INK, 0.6))


def hank(
    sheet: Sheet, x: float, y: float, long: float, width: float, tones: tuple[str, str], *, wall: str, seed: int
) -> None:
    """A hank of cord over a peg at (x, y), bound near its top."""
    dice = Dice(seed)
    outer = f"M{x - width / 2} {y}C{x - width * 0.7} {y + long * 0.6} {x - width * 0.6} {y + long} {x} {y + long}"
    outer += f"C{x + width * 0.6} {y + long} {x + width * 0.7} {y + long * 0.6} {x + width / 2} {y}Z"
    cast(sheet, outer, wall)
    count = 5
    for k in range(count):
        spread = width * (0.5 - 0.4 * k / count)
        low = y + long * (1 - 0.05 * k) + dice.between(-6, 6)
        loop: Sequence[Point] = [
            (x - spread * 0.25, y),
            (x - spread, y + long * 0.3),
            (x - spread * 1.15, y + long * 0.7),
            (x, low),
            (x + spread * 1.15, y + long * 0.7),
            (x + spread, y + long * 0.3),
            (x + spread * 0.25, y),
        ]
        cord(sheet, loop, width * 0.17, light=tones[0], dark=tones[1])
    band = box(x - width * 0.42, y + long * 0.2, width * 0.84, 20, 6)
    sheet.path(band, p.CLAY)
    sheet.shade(band, p.CLAY_DARK, (x + width * 0.4, y), (x - width * 0.1, y), strength=0.8)
    peg(sheet, x, y)


def cylinder(sheet: Sheet, x: float, y: float, width: float, height: float, tone: str, *, tilt: float = 0.12) -> None:
    """Something round that stands upright with the middle of its foot at (x, y): a spool, a tin, a roll."""
    rx, ry = width / 2, width / 2 * tilt * 2
    body = f"M{x - rx} {y - height}V{y}A{rx} {ry} 0 0 0 {x + rx} {y}V{y - height}Z"
    sheet.path(body, tone)
    sheet.shade(body, p.mix(tone, p.INK, 0.55), (x + rx, y), (x - rx * 0.2, y), strength=0.85)
    sheet.shade(body, p.mix(tone, p.CHALK, 0.5), (x - rx, y), (x - rx * 0.2, y), strength=0.6)
    sheet.path(ellipse(x, y - height, rx, ry), p.mix(tone, p.CHALK, 0.25))


def sawn(sheet: Sheet, corners: Sequence[Point], tone: str, *, seed: int, lines: int = 9) -> None:
    """A plank or a beam with four corners, from upper left clockwise, with grain along its longer side."""
    data = line(corners, closed=True)
    (a, b, c, d) = corners
    sheet.path(data, tone)
    dark = p.mix(tone, p.UMBER, 0.6)
    is_tall = math.dist(a, d) > math.dist(a, b)
    dice = Dice(seed)
    with sheet.within(data):
        for i in range(lines):
            t = (i + dice.between(0.2, 0.8)) / lines
            start, end = ((a, d), (b, c)) if is_tall else ((a, b), (d, c))
            points = []
            for k in range(9):
                u = k / 8
                one = (start[0][0] + (start[1][0] - start[0][0]) * u, start[0][1] + (start[1][1] - start[0][1]) * u)
                two = (end[0][0] + (end[1][0] - end[0][0]) * u, end[0][1] + (end[1][1] - end[0][1]) * u)
                v = t + 0.04 * wave(seed + i // 3, u * 4)
                points.append((one[0] + (two[0] - one[0]) * v, one[1] + (two[1] - one[1]) * v))
            sheet.line(smooth(points), p.mix(tone, dark, dice.between(0.25, 0.95)), dice.between(1, 3), opacity=0.6)
    sheet.shade(data, p.mix(tone, p.CHALK, 0.5), a, ((a[0] + c[0]) / 2, (a[1] + c[1]) / 2), strength=0.5)
    sheet.shade(data, dark, c, ((a[0] + c[0]) / 2, (a[1] + c[1]) / 2), strength=0.5)
