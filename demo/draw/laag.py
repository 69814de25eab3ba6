"""Laag: three trays of ash and felt, the corner of one, and one at tea."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from demo.draw import palette as p
from demo.draw.fibres import hairs
from demo.draw.geometry import Camera, Dice, Point, facing, line, rounded, smooth, wave
from demo.draw.sheet import Sheet

Place = Callable[[float, float, float], Point]


@dataclass(frozen=True)
class Tray:
    """A tray in centimetres: outer width and depth, height of the rim, and the colour of its felt."""

    width: float
    depth: float
    felt: str
    height: float = 3.0
    wall: float = 0.9
    corner: float = 5.0


LARGE = Tray(45, 30, p.mix(p.SAGE, p.MOSS_LIGHT, 0.4))
MIDDLE = Tray(35, 23, p.mix(p.CLAY_LIGHT, p.CLAY, 0.35), corner=4.2)
SMALL = Tray(25, 16, p.mix(p.STONE, p.OAT, 0.45), corner=3.4)
_WOOD = p.mix(p.BEECH_LIGHT, p.BEECH, 0.35)


def flat(camera: Camera, x: float, y: float, z: float, turn: float = 0) -> Place:
    """A tray lying level with its middle at (x, y, z), turned by `turn` degrees."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return lambda u, v, w: camera.see((x + u * c - v * s, y + u * s + v * c, z + w))


def _wall(sheet: Sheet, place: Place, outline: list[Point], low: float, high: float, *, outside: bool) -> None:
    """The outer or the inner face of the rim, as far as it turns towards the viewer."""
    for (u0, v0), (u1, v1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        quad = [place(u0, v0, high), place(u1, v1, high), place(u1, v1, low), place(u0, v0, low)]
        if (facing(quad) < 0) != outside:
            continue
        angle = math.atan2(v1 - v0, u1 - u0)
        light = math.cos(angle - math.radians(150)) * (1 if outside else -1)
        tone = p.mix(
            p.mix(_WOOD, p.BEECH_LIGHT, max(0, light)), p.mix(p.BEECH_DARK, p.UMBER, 0.5), max(0, -light) * 0.75
        )
        sheet.path(line(quad, closed=True), tone, stroke=tone, width=1.4)


def _rings(sheet: Sheet, place: Place, tray: Tray, *, outside: bool, floor: float, weight: float) -> None:
    """Grain along the rim's face."""
    inset = 0.0 if outside else tray.wall
    outline = rounded(tray.width - 2 * inset, tray.depth - 2 * inset, tray.corner - inset)
    count = 5
    for i in range(count):
        z = floor + (tray.height - floor) * (i + 0.6) / count
        points = [place(u, v, z + 0.12 * wave(i + tray.width, k * 0.13)) for k, (u, v) in enumerate(outline)]
        for k in range(len(points)):
            n = (k + 1) % len(points)
            (u0, v0), (u1, v1) = outline[k], outline[n]
            quad = [place(u0, v0, 1), place(u1, v1, 1), place(u1, v1, 0), place(u0, v0, 0)]
            if (facing(quad) < 0) == outside:
                sheet.line(line([points[k], points[n]]), p.UMBER, weight * (0.5 + 0.5 * (i % 2)), opacity=0.3)


def tray(sheet: Sheet, place: Place, shape: Tray, *, scale: float, seed: int, shade_from: str = "left") -> None:
    """One tray, placed; `scale` is pixels per centimetre, for the weight of the lines."""
    outer = rounded(shape.width, shape.depth, shape.corner)
    inner = rounded(shape.width - 2 * shape.wall, shape.depth - 2 * shape.wall, shape.corner - shape.wall)
    floor = 0.6
    ground = [place(u, v, floor) for u, v in inner]
    felt = line(ground, closed=True)
    sheet.path(felt, shape.felt)
    xs, ys = [x for x, _ in ground], [y for _, y in ground]
    area = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    opening = line([place(u, v, shape.height) for u, v in inner], closed=True)
    with sheet.within(opening):
        with sheet.within(felt):
            tones = [p.mix(shape.felt, p.CHALK, 0.35), p.mix(shape.felt, p.INK, 0.28), p.mix(shape.felt, p.CHALK, 0.15)]
            hairs(sheet, area, int(area[2] * area[3] / 110), length=scale * 0.7, dice=Dice(seed), colours=tones)
            # the rim's shadow falls on the felt from the upper left
            cast = [place(u + 1.5, v + 1.1, floor) for u, v in inner]
            sheet.path(felt + line(cast, closed=True), p.mix(shape.felt, p.INK, 0.5), opacity=0.55)
            sheet.shade(felt, p.mix(shape.felt, p.CHALK, 0.5), (max(xs), max(ys)), (min(xs), min(ys)), strength=0.5)
        _wall(sheet, place, inner, floor, shape.height, outside=False)
        _rings(sheet, place, shape, outside=False, floor=floor, weight=scale * 0.07)
    _wall(sheet, place, outer, 0, shape.height, outside=True)
    _rings(sheet, place, shape, outside=True, floor=0, weight=scale * 0.07)
    rim = line([place(u, v, shape.height) for u, v in outer], closed=True) + opening
    sheet.path(rim, p.BEECH_LIGHT)
    for k in range(1, 4):
        inset = shape.wall * k / 4
        ring = rounded(shape.width - 2 * inset, shape.depth - 2 * inset, shape.corner - inset)
        points = [place(u, v, shape.height) for u, v in ring]
        sheet.line(line(points, closed=True), p.BEECH_DARK, scale * 0.05, opacity=0.5)
    sheet.line(line([place(u, v, shape.height) for u, v in outer], closed=True), p.CHALK, scale * 0.07, opacity=0.6)


def draw_object() -> Sheet:
    """The three trays above each other, as they go into each other, each casting its shadow on the next."""
    sheet = Sheet(1600, 2000, seed=41)
    camera = Camera(origin=(770, 1530), scale=25.5, yaw=-21, pitch=31)
    ground = flat(camera, 9, 0, 0)
    sheet.path(line([ground(u, v, 0) for u, v in rounded(47, 30, 6)], closed=True), p.GROUND)
    lift = 0.0
    for below, shape, gap in [(None, LARGE, 0.0), (LARGE, MIDDLE, 20.0), (MIDDLE, SMALL, 18.0)]:
        if below:
            bed = flat(camera, 0, 0, lift + 0.6)
            inner = rounded(below.width - 2 * below.wall, below.depth - 2 * below.wall, below.corner - below.wall)
            cast = [bed(u + 4.5, v + 0.5, 0) for u, v in rounded(shape.width, shape.depth, shape.corner)]
            with sheet.within(line([bed(u, v, 0) for u, v in inner], closed=True)):
                sheet.path(line(cast, closed=True), p.mix(below.felt, p.INK, 0.5), opacity=0.5)
            _front_rim(sheet, flat(camera, 0, 0, lift), below)
            lift += gap
        tray(sheet, flat(camera, 0, 0, lift), shape, scale=25.5, seed=41 + int(gap))
    return sheet


def _front_rim(sheet: Sheet, place: Place, shape: Tray) -> None:
    """Lays the near side of the rim again, over a shadow that fell behind it."""
    outer = rounded(shape.width, shape.depth, shape.corner)
    _wall(sheet, place, outer, 0, shape.height, outside=True)
    _rings(sheet, place, shape, outside=True, floor=0, weight=1.8)


def draw_material() -> Sheet:
    """The round corner of the ash rim around its felt."""
    sheet = Sheet(1600, 2000, seed=42, ground=p.GROUND)
    felt = LARGE.felt
    dice = Dice(44)

    def bend(inset: float, far: float = 0) -> list[Point]:
        radius, x, y = 760 - inset, 240 + inset, 300 + inset
        turn = [math.pi + math.pi / 2 * i / 30 for i in range(31)]
        arc = [(x + radius + radius * math.cos(a), y + radius + radius * math.sin(a)) for a in turn]
        return [(x + far, 2300), *arc, (1900, y + far)]

    floor = line([*bend(200), (1900, 2300)], closed=True)
    sheet.path(line([*bend(-70), (1900, 2300)], closed=True), p.SHADOW)
    sheet.path(floor, felt)
    with sheet.within(floor):
        for _ in range(3):
            tones = [
                p.mix(felt, p.CHALK, 0.5),
                p.mix(felt, p.INK, 0.35),
                p.mix(felt, p.CHALK, 0.25),
                p.mix(felt, p.MOSS_DARK, 0.4),
            ]
            hairs(sheet, (400, 480, 1250, 1600), 5200, length=70, dice=dice, colours=tones)
        deep = p.mix(felt, p.INK, 0.62)
        for inset, faint in [(200, 0.5), (250, 0.35), (300, 0.3)]:
            sheet.path(floor + line([*bend(inset + 90), (1900, 2300)], closed=True), deep, opacity=faint)
    sheet.shade(floor, p.mix(felt, p.CHALK, 0.45), (1600, 2000), (700, 900), strength=0.55)
    _rim(sheet, bend, dice)
    return sheet


def _rim(sheet: Sheet, bend: Callable[[float], list[Point]], dice: Dice) -> None:
    """The rim seen from above: its rounded top edge, with the grain bent around the corner."""
    rim = line([*bend(0), *reversed(bend(200))], closed=True)
    sheet.path(rim, _WOOD)
    with sheet.within(rim):
        for i in range(46):
            inset = 200 * (i + dice.between(0, 1)) / 46
            points = [
                (x + 5 * wave(i, k * 0.3), y + 5 * wave(i + 0.5, k * 0.3)) for k, (x, y) in enumerate(bend(inset))
            ]
            tone = p.mix(_WOOD, p.UMBER, dice.between(0.1, 0.6))
            sheet.line(smooth(points), tone, dice.between(1.5, 6) if i % 6 else 11, opacity=0.6)
        pores = []
        for _ in range(1500):
            path = bend(dice.between(4, 196))
            where = dice.between(0, 1)
            k = 0 if where < 0.36 else 31 if where > 0.68 else int(dice.between(1, 30.9))
            (x0, y0), (x1, y1) = path[k], path[k + 1]
            t, span = dice.between(0, 1), math.hypot(x1 - x0, y1 - y0)
            x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
            reach = dice.between(8, 30) / span
            pores.append(line([(x, y), (x + (x1 - x0) * reach, y + (y1 - y0) * reach)]))
        sheet.line("".join(pores), p.UMBER, 2.6, opacity=0.5)
    for inset, width, tone, faint in [
        (10, 20, p.BEECH_LIGHT, 0.9),
        (22, 10, p.CHALK, 0.35),
        (192, 16, p.UMBER, 0.55),
        (180, 12, p.BEECH_DARK, 0.5),
    ]:
        sheet.line(line(bend(inset)), tone, width, opacity=faint)
    sheet.shade(rim, p.BEECH_LIGHT, (240, 300), (900, 1000), strength=0.55)
    sheet.shade(rim, p.BEECH_DARK, (240, 2000), (300, 1100), strength=0.45)
    sheet.line(line(bend(0)), p.UMBER, 5, opacity=0.8)
    sheet.line(line(bend(200)), p.BARK, 6, opacity=0.9)
