"""Koord: the hanging lamp, its rope, and the lamp above a table in the evening."""

import math

from demo.draw import palette as p
from demo.draw.fibres import cord, fray
from demo.draw.geometry import Dice, Point, ellipse, line, sample, smooth, wave
from demo.draw.sheet import Sheet

PROFILE: list[Point] = [(0, 0.15), (0.1, 0.36), (0.28, 0.74), (0.55, 1.0), (0.8, 0.93), (1, 0.7)]
_TILT = 0.15


def _strand(centre: Point, size: float, turn: float) -> list[Point]:
    """One strand of the lamp from the upper to the lower ring; `size` is the largest radius."""
    cx, top = centre
    points = []
    for i in range(25):
        t = i / 24
        radius = sample(PROFILE, t) * size
        angle = turn + 0.5 * t
        points.append((cx + radius * math.sin(angle), top + t * size * 2.05 + radius * math.cos(angle) * _TILT))
    return points


def _outline(centre: Point, size: float) -> str:
    left = _strand(centre, size, -math.pi / 2 - 0.25)
    right = _strand(centre, size, math.pi / 2 - 0.25)
    low = [_strand(centre, size, math.pi * (i / 12 - 0.5) - 0.25)[-1] for i in range(13)]
    high = [_strand(centre, size, math.pi * (0.5 + i / 12) - 0.25)[0] for i in range(13)]
    return line([*left, *low, *reversed(right), *high], closed=True)


def lamp(sheet: Sheet, centre: Point, size: float, *, count: int, lit: float) -> None:
    """The lamp with its upper ring at `centre`; `lit` from 0 (daylight) to 1 (evening)."""
    cx, top = centre
    turns = [2 * math.pi * (i + 0.5) / count for i in range(count)]
    wide = 2 * math.pi * size / count * 0.5
    back = [t for t in turns if math.cos(t + 0.25) < 0]
    front = sorted((t for t in turns if math.cos(t + 0.25) >= 0), key=lambda t: -abs(math.sin(t + 0.25)))
    middle = (cx, top + size * 1.12)
    warm = p.mix(p.SAND, p.LAMPLIGHT, 0.4 + 0.6 * lit)
    sheet.path(_outline(centre, size), p.mix(p.HONEY, p.LAMPLIGHT, 0.2 + 0.6 * lit))
    for turn in back:
        sheet.line(smooth(_strand(centre, size, turn)), p.mix(p.ROPE, p.HONEY, 0.3 + 0.7 * lit), wide * 0.9)
    glow = sheet.glow(middle, size * 1.15, [(0, p.LAMPLIGHT, 1), (0.4, warm, 0.75), (1, warm, 0)])
    sheet.path(_outline(centre, size), glow)
    sheet.path(ellipse(cx, middle[1], size * 0.19, size * 0.21), p.CHALK)
    for turn in front:
        side = math.sin(turn + 0.25)
        light = p.mix(p.mix(p.OAT, p.SAND, 0.4), p.mix(p.HONEY, p.ROPE, 0.15), 0.5 + 0.5 * side)
        dark = p.mix(p.mix(p.ROPE, p.HONEY, 0.2), p.BARK, 0.45 + 0.45 * side)
        light = p.mix(light, p.LAMPLIGHT, 0.4 * lit)
        taper = wide * (0.66 + 0.34 * math.cos(turn + 0.25))
        cord(sheet, _strand(centre, size, turn), taper, light=light, dark=dark)
    _rim(sheet, centre, size, front)
    _cap(sheet, centre, size)


def _cap(sheet: Sheet, centre: Point, size: float) -> None:
    """The steel ring at the top and the lamp holder in it."""
    cx, top = centre
    sheet.path(ellipse(cx, top, size * 0.17, size * 0.045), p.INK)
    neck = [(cx - size * 0.07, top), (cx - size * 0.05, top - size * 0.2)]
    neck += [(cx + size * 0.05, top - size * 0.2), (cx + size * 0.07, top)]
    sheet.path(line(neck, closed=True), p.INK_SOFT)
    sheet.line(line([(cx - size * 0.035, top - size * 0.19), (cx - size * 0.045, top - 6)]), p.STONE, size * 0.012)


def _rim(sheet: Sheet, centre: Point, size: float, front: list[float]) -> None:
    """The lower ring: every strand is looped around it and ends in a tuft."""
    dice = Dice(5)
    knots = sorted(((math.sin(t + 0.25), _strand(centre, size, t)[-1]) for t in front), key=lambda knot: knot[0])
    for side, (x, y) in knots:
        tones = [p.mix(p.SAND, p.HONEY, 0.5 + 0.5 * side), p.mix(p.HONEY, p.ROPE, 0.5 + 0.5 * side), p.ROPE]
        fray(sheet, (x, y), size * 0.15, size * 0.03, dice=dice, colours=tones)
    sheet.line(smooth([point for _, point in knots]), p.INK_SOFT, size * 0.03)
    for side, (x, y) in knots:
        tone = p.mix(p.SAND, p.ROPE, 0.45 + 0.35 * side)
        half = size * 0.02 * (0.5 + 0.5 * math.sqrt(1 - side * side))
        sheet.line(line([(x - half, y - size * 0.022), (x + half * 0.2, y + size * 0.03)]), p.BARK, half * 1.9)
        sheet.line(line([(x - half, y - size * 0.022), (x + half * 0.2, y + size * 0.03)]), tone, half * 1.5)


def draw_object() -> Sheet:
    """The lamp on paper, its shadow on the wall behind it."""
    sheet = Sheet(1600, 2000, seed=11)
    centre, size = (780.0, 560.0), 460.0
    away = (centre[0] + 150, centre[1] + 120)
    sheet.path(_outline(away, size), p.GROUND)
    sheet.line(line([(away[0], -20), away]), p.GROUND, 12)
    sheet.line(line([(centre[0], -20), (centre[0], centre[1] - 80)]), p.CLAY, 12)
    lamp(sheet, centre, size, count=50, lit=0.25)
    return sheet


class _Lay:
    """Where the strands of a thick upright rope run: `u` goes along a strand from edge to edge, `v` across it."""

    def __init__(self, x: float, width: float) -> None:
        self.x, self.radius = x, width / 2
        self.rise = width * 1.05
        self.pitch = self.rise * 2 / 3

    def at(self, y: float, u: float, v: float) -> Point:
        """The place on the sheet of a point on the strand that starts at height `y`."""
        bulge = 1 + 0.07 * math.sin(math.pi * min(1, max(0, v)))
        return (self.x - math.cos(math.pi * u) * self.radius * bulge, y + (1 - u) * self.rise + v * self.pitch)

    def strand(self, y: float) -> str:
        """The outline of one visible strand."""
        over = [self.at(y, i / 14, 0) for i in range(15)]
        under = [self.at(y, 1 - i / 14, 1) for i in range(15)]
        right = [self.at(y, 1, i / 5) for i in range(1, 5)]
        left = [self.at(y, 0, 1 - i / 5) for i in range(1, 5)]
        return line([*over, *right, *under, *left], closed=True)


def _rope(sheet: Sheet, x: float, width: float, *, tone: str, seed: int) -> None:
    """A thick upright rope of three strands, seen from very near."""
    dice, lay = Dice(seed), _Lay(x, width)
    light, dark = p.mix(tone, p.CHALK, 0.45), p.mix(tone, p.BARK, 0.7)
    y = -lay.rise * 2 - dice.between(0, lay.pitch)
    while y < 2300:
        outline = lay.strand(y)
        sheet.path(outline, p.mix(tone, p.BARK, 0.12))
        with sheet.within(outline):
            for i in range(int(width / 3.2)):
                u = -0.35 + 1.7 * (i + dice.between(0, 1)) / (width / 3.2)
                reach = [(j / 8, u + 0.3 * (0.5 - j / 8) + 0.02 * wave(seed + i, j / 2)) for j in range(9)]
                yarn = smooth([lay.at(y, step, v) for v, step in reach])
                shade = p.mix(light, dark, min(1, max(0, dice.between(-0.1, 0.42) + 0.45 * max(0, u - 0.45))))
                sheet.line(yarn, shade, dice.between(2.2, 5.5), opacity=0.85)
            mid = lay.at(y, 0.5, 1)
            sheet.shade(
                outline,
                p.mix(dark, p.INK, 0.5),
                (mid[0] + 20, mid[1] + 8),
                (mid[0] - 22, mid[1] - lay.pitch * 0.75),
                strength=0.86,
            )
            high = lay.at(y, 0.4, 0.3)
            sheet.halo(outline, light, high, lay.pitch * 0.62, strength=0.5)
        sheet.line(outline, p.mix(dark, p.INK, 0.72), 3.4)
        y += lay.pitch
    for _ in range(22):
        at, sign = dice.between(-100, 2100), 1 if dice.between(0, 1) > 0.5 else -1
        turn, far = dice.between(10, 60), dice.between(16, 52)
        bend = f"M{x + sign * width * 0.47:.0f} {at:.0f}q{sign * 16} {-turn:.0f} {sign * far:.0f} {-turn * 1.7:.0f}"
        sheet.line(bend, light, dice.between(1.4, 2.8), opacity=0.9)


def draw_material() -> Sheet:
    """Ropes side by side, one thin clay-coloured cord between them."""
    sheet = Sheet(1600, 2000, seed=12, ground=p.mix(p.BARK, p.INK, 0.55))
    tones = [p.HONEY, p.SAND, p.mix(p.SAND, p.STONE, 0.3), p.HONEY, p.SAND, p.mix(p.HONEY, p.ROPE, 0.4)]
    places = [-60, 275, 610, 1065, 1400, 1735]
    with sheet.group(transform="rotate(7 800 1000)"):
        for i, (x, tone) in enumerate(zip(places, tones, strict=True)):
            _rope(sheet, x, 326, tone=tone, seed=40 + i)
            sheet.shade(f"M{x + 40} -400h124v2900h-124Z", p.INK, (x + 170, 0), (x + 40, 0), strength=0.62)
            sheet.shade(f"M{x - 164} -400h70v2900h-70Z", p.INK, (x - 164, 0), (x - 94, 0), strength=0.5)
        _rope(sheet, 837, 112, tone=p.CLAY, seed=61)
        sheet.shade("M850 -400h48v2900h-48Z", p.INK, (898, 0), (850, 0), strength=0.6)
    return sheet
