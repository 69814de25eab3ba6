"""Inslag: three folded blankets, their weave, and one over the arm of a chair."""

import math
from dataclasses import dataclass

from demo.draw import palette as p
from demo.draw.geometry import Camera, Dice, Point, line, smooth, square, wave
from demo.draw.sheet import Sheet

# The rhythm of bands in a blanket: shares of the width, and which of its colours they take.
_RHYTHM = [
    (10, 0), (1.2, 1), (5, 0), (3, 2), (1, 1), (3, 2), (9, 0), (1, 3), (1, 0), (1, 3), (1, 0), (1, 3), (12, 0),
    (4, 1), (1, 2), (4, 1), (8, 0), (1, 3), (5, 0), (2, 2), (1, 0), (2, 2), (10, 0), (1.2, 1), (6, 0),
]  # fmt: skip
CLAY = (p.CLAY, p.BLUSH, p.CLAY_DARK, p.OAT)
MOSS = (p.MOSS, p.SAGE, p.MOSS_DARK, p.OAT)
CHALK = (p.OAT, p.CHALK, p.SAND, p.CLAY_LIGHT)

# A folded blanket in centimetres: half of its width, where its front stands, how deep and how thick it is.
_HALF, _FRONT, _DEPTH, _THICK = 24.0, 18.0, 36.0, 8.6


def bands(colours: tuple[str, str, str, str], start: int = 0) -> list[tuple[float, float, str]]:
    """The bands of a blanket as (from, to, colour), with 0 and 1 the two selvedges."""
    rhythm = [*_RHYTHM[start:], *_RHYTHM[:start]]
    total = sum(share for share, _ in rhythm)
    result, at = [], 0.0
    for share, which in rhythm:
        result.append((at / total, (at + share) / total, colours[which]))
        at += share
    return result


@dataclass(frozen=True)
class _Pile:
    """One folded blanket: four layers of cloth between heights `low` and `high` (centimetres)."""

    camera: Camera
    low: float
    high: float
    half: float
    front: float
    turn: float
    seed: int

    def edge(self, x: float, z: float) -> Point:
        """A point of the front, which sags and swells a little as cloth does."""
        swell = 0.42 * wave(self.seed, x * 0.1 + z * 0.4) - 0.2 * abs(x / self.half) ** 4
        return self.camera.see((x + self.turn * z * 0.05, self.front, z + swell))

    def across(self, z0: float, z1: float) -> tuple[Point, Point]:
        """Two points of the front, from height z0 to height z1, at a right angle to its edge as seen."""
        low, high = self.camera.see((0, self.front, z0)), self.camera.see((0, self.front, z1))
        one, two = self.camera.see((-1, self.front, 0)), self.camera.see((1, self.front, 0))
        return low, square(low, high, (two[0] - one[0], two[1] - one[1]))

    def strip(self, x0: float, x1: float, z0: float, z1: float) -> list[Point]:
        """A piece of the front between two heights."""
        steps = max(3, int((x1 - x0) / 0.3))
        xs = [x0 + (x1 - x0) * i / steps for i in range(steps + 1)]
        middle, radius = (z0 + z1) / 2, 1.1
        over, under = [], []
        for x in xs:
            out = min(1.0, max(0.0, (abs(x) - self.half + radius) / radius))
            full = math.sqrt(1 - out * out * 0.96)
            over.append(self.edge(x, middle + (z1 - middle) * full))
            under.append(self.edge(x, middle + (z0 - middle) * full))
        return [*over, *reversed(under)]


def _front(sheet: Sheet, pile: _Pile, colours: tuple[str, str, str, str], start: int) -> None:
    layers = 4
    step = (pile.high - pile.low) / layers
    for k in range(layers):
        z0, z1 = pile.low + k * step, pile.low + (k + 1) * step
        inset = 0.5 * wave(pile.seed + k, 3.0) + (0.35 if k % 2 else 0)
        left, right = -pile.half + inset * 0.4, pile.half - abs(inset) * 0.3
        whole = line(pile.strip(left, right, z0, z1), closed=True)
        for a, b, colour in bands(colours, start):
            x0, x1 = left + (right - left) * a, left + (right - left) * b
            sheet.path(line(pile.strip(x0, x1, z0, z1), closed=True), colour, stroke=colour, width=1)
        with sheet.within(whole):
            for row in range(6):
                z = z0 + step * (row + 0.5) / 6
                thread = line([pile.edge(left + (right - left) * i / 40, z) for i in range(41)])
                sheet.line(
                    thread,
                    p.CHALK if row > 2 else p.INK,
                    2.2,
                    opacity=0.2,
                    dash="5 6" if row % 2 else "4 7",
                    cap="butt",
                )
            low, top = pile.across(z0, z1)
            sheet.shade(whole, p.mix(colours[2], p.INK, 0.7), low, pile.across(z0, z0 + step * 0.8)[1], strength=0.85)
            sheet.shade(whole, p.CHALK, top, pile.across(z1, z1 - step * 0.5)[1], strength=0.42)
        sheet.line(line([pile.edge(left + (right - left) * i / 40, z0) for i in range(41)]), p.INK, 2.6, opacity=0.6)


def _side(sheet: Sheet, pile: _Pile, colours: tuple[str, str, str, str], depth: float) -> None:
    """The right side, where the short ends of the cloth show, with their fringe."""
    camera, x = pile.camera, pile.half
    shift = pile.turn * pile.low * 0.05
    outline = [(x + shift, pile.front, pile.low), (x + shift, pile.front, pile.high)]
    outline += [(x + shift, pile.front - depth, pile.high), (x + shift, pile.front - depth, pile.low)]
    whole = line(camera.shape(outline), closed=True)
    sheet.path(whole, p.mix(colours[0], p.INK, 0.38))
    step = (pile.high - pile.low) / 4
    for k in range(4):
        z0, z1 = pile.low + step * k, pile.low + step * (k + 1)
        layer = _fold(camera, x + shift, (pile.front - 0.3, pile.front - depth + 0.4 * (k % 2)), z0 + 0.06, z1 - 0.06)
        sheet.path(layer, p.mix(colours[0], p.INK, 0.2))
        low, high = camera.see((x, pile.front, z0)), camera.see((x, pile.front, z1))
        back = camera.see((x, pile.front - depth, z0))
        edge = (back[0] - low[0], back[1] - low[1])
        sheet.shade(layer, p.mix(colours[2], p.INK, 0.8), low, square(low, high, edge), strength=0.95)
        sheet.shade(layer, colours[0], high, square(high, low, edge), strength=0.5)


def _fold(camera: Camera, x: float, ends: tuple[float, float], z0: float, z1: float) -> str:
    """The end of one layer seen from the side: a long flat shape with round ends."""
    middle, radius = (z0 + z1) / 2, (z1 - z0) / 2
    near = [(x, ends[0] + radius * (math.cos(a) - 1), middle + radius * math.sin(a)) for a in _half_turn(-90)]
    far = [(x, ends[1] + radius * (math.cos(a) + 1), middle + radius * math.sin(a)) for a in _half_turn(90)]
    return line(camera.shape([*near, *far]), closed=True)


def _half_turn(start: float) -> list[float]:
    return [math.radians(start + 180 * i / 10) for i in range(11)]


def _fringe(sheet: Sheet, pile: _Pile, colours: tuple[str, str, str, str], depth: float) -> None:
    """The knotted fringe of the upper blanket, hanging over its side."""
    dice, count, shift = Dice(pile.seed), 34, pile.turn * pile.high * 0.05
    for i in range(count):
        y = pile.front - depth + depth * (i + 0.5) / count
        x, top = pile.camera.see((pile.half + shift + 0.15, y, pile.high - 0.1))
        tone = p.mix(p.mix(colours[0], colours[1], 0.28 if i % 3 else 0.1), p.INK, dice.between(0.0, 0.12))
        reach = 108 * dice.between(0.9, 1.08)
        for side in (-1, 1):
            sheet.line(f"M{x + side * 3:.1f} {top:.1f}L{x:.1f} {top + 22:.1f}", tone, 5)
            sway = side * dice.between(3, 8)
            sheet.line(
                f"M{x:.1f} {top + 26:.1f}Q{x + sway:.1f} {top + 50:.1f} {x + sway * 0.8:.1f} {top + reach:.1f}",
                tone,
                5.5,
            )
        sheet.line(f"M{x:.1f} {top + 23:.1f}v7", p.mix(tone, p.CHALK, 0.22), 11)
        sheet.line(f"M{x + 5:.1f} {top + 34:.1f}v{reach - 44:.0f}", p.mix(tone, p.INK, 0.55), 2, opacity=0.5)


def _top(sheet: Sheet, pile: _Pile, colours: tuple[str, str, str, str], start: int, depth: float) -> None:
    camera, z = pile.camera, pile.high
    shift = pile.turn * z * 0.05
    left, right = -pile.half + shift, pile.half + shift
    for a, b, colour in bands(colours, start):
        x0, x1 = left + (right - left) * a, left + (right - left) * b
        back = [(x1, pile.front - depth, z), (x0, pile.front - depth, z)]
        steps = max(2, int((x1 - x0) / 1.2))
        rim = [pile.edge(x0 - shift + (x1 - x0) * i / steps, z) for i in range(steps + 1)]
        sheet.path(line([*rim, *camera.shape(back)], closed=True), colour, stroke=colour, width=1)
    corners = [
        (left, pile.front, z),
        (right, pile.front, z),
        (right, pile.front - depth, z),
        (left, pile.front - depth, z),
    ]
    whole = line(camera.shape(corners), closed=True)
    with sheet.within(whole):
        rows = 56
        for i in range(rows):
            y = pile.front - depth * (i + 0.5) / rows
            thread = line(camera.shape([(left, y, z), (right, y, z)]))
            sheet.line(
                thread, p.CHALK if i % 2 else p.INK, 2.2, opacity=0.22, dash="6 6" if i % 2 else "5 7", cap="butt"
            )
        near, far = camera.see((0, pile.front, z)), camera.see((0, pile.front - depth, z))
        edge = camera.see((1, pile.front, z))
        beyond = square(far, near, (edge[0] - near[0], edge[1] - near[1]))
        sheet.shade(whole, p.mix(colours[2], p.INK, 0.5), far, beyond, strength=0.55)


def draw_object() -> Sheet:
    """Three blankets folded on each other: chalk below, moss in the middle, clay on top."""
    sheet = Sheet(1600, 2000, seed=21)
    camera = Camera(origin=(770, 1430), scale=21.5, yaw=-15, pitch=24)
    ground = [
        (-_HALF - 1, _FRONT, 0),
        (_HALF + 18, _FRONT - 3, 0),
        (_HALF + 21, _FRONT - _DEPTH + 2, 0),
        (_HALF, -_DEPTH / 2, 0),
    ]
    sheet.path(smooth(camera.shape([*ground, (-_HALF, -_DEPTH / 2, 0)]), closed=True), p.GROUND)
    for k, (colours, start, turn) in enumerate([(CHALK, 3, 0.0), (MOSS, 9, -0.6), (CLAY, 0, 0.35)]):
        pile = _Pile(camera, k * _THICK, (k + 1) * _THICK, _HALF - 0.4 * k, _FRONT - 0.3 * k, turn, 5 + k)
        _side(sheet, pile, colours, _DEPTH)
        _top(sheet, pile, colours, start, _DEPTH)
        _front(sheet, pile, colours, start)
        if k == 2:
            _fringe(sheet, pile, colours, _DEPTH)
    return sheet


def draw_one(colours: tuple[str, str, str, str], start: int, seed: int) -> Sheet:
    """One blanket of a colour, folded, seen from a little higher so that its rhythm lies open."""
    sheet = Sheet(1600, 2000, seed=seed)
    camera = Camera(origin=(700, 1160), scale=21.5, yaw=-15, pitch=46)
    pile, deep = _Pile(camera, 0, _THICK + 1.6, _HALF, _FRONT, 0.35, seed), _DEPTH + 8
    ground = [(0, _FRONT, 0), (_HALF + 8, _FRONT - 3, 0), (_HALF + 10, _FRONT - deep + 4, 0), (0, -deep / 2, 0)]
    sheet.path(smooth(camera.shape(ground), closed=True), p.GROUND)
    _side(sheet, pile, colours, deep)
    _top(sheet, pile, colours, start, deep)
    _front(sheet, pile, colours, start)
    _fringe(sheet, pile, colours, deep)
    return sheet


def _float(x: float, y: float, long: float, wide: float) -> list[Point]:
    """The outline of a thread where it lies on top: full in the middle, drawn in at the ends."""
    over = [(0, 0.16), (0.2, 0.04), (0.5, -0.02), (0.8, 0.04), (1, 0.16)]
    under = [(share, 1 - inset) for share, inset in reversed(over)]
    return [(x + long * share, y + wide * inset) for share, inset in [*over, *under]]


def _ply(x: float, y: float, long: float, wide: float, dice: Dice) -> list[list[Point]]:
    """The slanting lines of the twist on one float."""
    count = int(long / 11)
    starts = [x + long * (i + dice.between(0.2, 0.8)) / count for i in range(count)]
    return [
        [(at, y + wide * 0.1), (at - wide * 0.13, y + wide * 0.5), (at - wide * 0.34, y + wide * 0.9)] for at in starts
    ]


def _thread(sheet: Sheet, area: tuple[float, float, float, float], colour: str, dice: Dice) -> None:
    """One float over the area (x, y, width, height), along its longer side."""
    x, y, width, height = area
    upright = height > width
    if upright:
        x, y, width, height = y, x, height, width

    def turn(points: list[Point]) -> list[Point]:
        return [(b, a) for a, b in points] if upright else points

    deep = p.mix(colour, p.INK, 0.5)
    outline = line(turn(_float(x, y, width, height)), closed=True)
    sheet.path(outline, p.mix(colour, p.CHALK, dice.between(0, 0.1)), stroke=p.mix(colour, p.INK, 0.72), width=2.4)
    sheet.line("".join(line(turn(mark)) for mark in _ply(x, y, width, height, dice)), deep, 1.8, opacity=0.55)
    for inset, share, breadth, tone in [(8, 0.84, 0.2, deep), (14, 0.2, 0.09, p.CHALK)]:
        bow = 0.08 if share > 0.5 else -0.06
        run = [(x + inset, y + height * share), (x + width / 2, y + height * (share + bow))]
        run.append((x + width - inset, y + height * share))
        sheet.line(smooth(turn(run)), tone, height * breadth, opacity=0.42)


def draw_material() -> Sheet:
    """The twill from very near: weft of leftover yarn over and under a chalk-coloured warp."""
    sheet = Sheet(1600, 2000, seed=22, ground=p.mix(p.CLAY_DARK, p.INK, 0.6))
    dice, step = Dice(22), 50
    weft = [p.CLAY] * 9 + [p.BLUSH] * 2 + [p.CLAY_DARK] * 5 + [p.OAT] * 1 + [p.CLAY] * 1 + [p.OAT] * 1
    weft += [p.CLAY] * 1 + [p.OAT] * 1 + [p.CLAY] * 7 + [p.MOSS] * 6 + [p.SAGE] * 2 + [p.MOSS] * 3 + [p.CLAY] * 20
    with sheet.group(transform="rotate(-6 800 1000)"):
        for row in range(-4, 46):
            colour = weft[(row + 4) % len(weft)]
            for column in range(-4, 38):
                x = column * step + 5 * wave(column, row * 0.3)
                y = row * step + 5 * wave(row + 0.5, column * 0.35)
                phase = (column + row) % 4
                if phase == 0:
                    tone = p.mix(colour, p.INK, dice.between(0, 0.1))
                    _thread(sheet, (x - 6, y + 2, step * 2 + 10, step - 3), tone, dice)
        for column in range(-4, 38):
            tone = p.mix(p.OAT, p.SAND, dice.between(0, 0.5))
            for row in range(-6, 46):
                if (column + row) % 4 == 2:
                    x = column * step + 5 * wave(column, row * 0.3)
                    y = row * step + 5 * wave(row + 0.5, column * 0.35)
                    _thread(
                        sheet, (x + 4, y - 5, step - 9, step * 2 + 9), p.mix(tone, p.STONE, dice.between(0, 0.15)), dice
                    )
    return sheet
