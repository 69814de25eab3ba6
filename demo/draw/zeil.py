"""Zeil: the bag of old advertising canvas, its seam, and the bag in a hallway."""

import math

from demo.draw import palette as p
from demo.draw.fibres import stitches
from demo.draw.geometry import Dice, Point, box, ellipse, line, smooth, wave
from demo.draw.sheet import Sheet

_CANVAS = p.mix(p.OAT, p.CHALK, 0.55)


def arch(centre: Point, outer: float, inner: float, start: float, end: float) -> str:
    """A piece of a thick ring, as in the bowl of a letter; angles in degrees, clockwise from the right."""
    cx, cy = centre
    turn = [math.radians(start + (end - start) * i / 60) for i in range(61)]
    out = [(cx + outer * math.cos(a), cy + outer * math.sin(a)) for a in turn]
    back = [(cx + inner * math.cos(a), cy + inner * math.sin(a)) for a in reversed(turn)]
    return line([*out, *back], closed=True)


def lettering(sheet: Sheet, x: float, y: float, unit: float) -> None:
    """Fragments of large letters and a block of colour, as they fell under the scissors; `unit` scales them."""
    sheet.path(box(x - 12 * unit, y + 22.5 * unit, 60 * unit, 30 * unit), p.SLATE)
    sheet.path(box(x + 30.5 * unit, y - 20 * unit, 20 * unit, 42.5 * unit), p.mix(p.HONEY, p.CLAY_LIGHT, 0.2))
    sheet.path(arch((x + 7 * unit, y + 9 * unit), 14.5 * unit, 7.2 * unit, 0, 360), p.CLAY)
    sheet.path(box(x + 14.2 * unit, y - 20 * unit, 7.3 * unit, 44.5 * unit), p.CLAY)
    sheet.path(arch((x + 31 * unit, y + 33.5 * unit), 9.5 * unit, 4.4 * unit, 150, 400), p.CHALK)
    sheet.path(box(x - 9 * unit, y + 29 * unit, 5 * unit, 24 * unit), p.CHALK)
    sheet.path(box(x - 9 * unit, y + 29 * unit, 16 * unit, 4.6 * unit), p.CHALK)


def wear(
    sheet: Sheet, outline: str, area: tuple[float, float, float, float], *, seed: int, amount: int, weight: float = 1
) -> None:
    """What weather did: pale creases and small places where the print has flaked off."""
    dice = Dice(seed)
    x0, y0, width, height = area
    with sheet.within(outline):
        for _ in range(amount):
            x, y = x0 + dice.between(0, width), y0 + dice.between(0, height)
            aim, reach = dice.between(0, math.tau), dice.between(0.05, 0.22) * width
            points = [
                (x + reach * t * math.cos(aim) + 6 * wave(x, t * 4), y + reach * t * math.sin(aim) + 6 * wave(y, t * 4))
                for t in (0, 0.25, 0.5, 0.75, 1)
            ]
            sheet.line(smooth(points), p.CHALK, weight * dice.between(1, 3.2), opacity=0.5)
        flakes = []
        for _ in range(amount * 9):
            x, y = x0 + dice.between(0, width), y0 + dice.between(0, height)
            r = weight * dice.between(1, 4.2)
            flakes.append(
                f"M{x:.0f} {y:.0f}l{r:.1f} {r * 0.4:.1f}l{-r * 0.3:.1f} {r:.1f}l{-r * 1.2:.1f} {-r * 0.5:.1f}Z"
            )
        sheet.path("".join(flakes), p.CHALK, opacity=0.7)


def _strap(sheet: Sheet, points: list[Point], width: float, tone: str) -> None:
    """A webbing strap along the points, with its rib and its shaded edge."""
    data = smooth(points)
    sheet.line(data, p.mix(tone, p.INK, 0.55), width + 4, cap="butt")
    sheet.line(data, tone, width, cap="butt")
    for share in (-0.3, -0.1, 0.1, 0.3):
        side = smooth([(x + width * share, y) for x, y in points])
        sheet.line(side, p.mix(tone, p.INK, 0.5), 1.8, opacity=0.55, dash="7 4", cap="butt")


def bag(sheet: Sheet, x: float, y: float, unit: float, *, hang: Point | None) -> None:
    """The bag with the upper left corner of its front at (x, y); `unit` is pixels per centimetre.

    `hang` is where the strap hangs from a hook; without it the strap stands up in a soft loop.
    """
    wide, high, side = 38 * unit, 42 * unit, 6.5 * unit
    left, right = (x + 5 * unit, y + 2 * unit), (x + wide - 5 * unit, y + 2 * unit)
    loop = _loop(left, right, unit, hang)
    away = [(px + 2.2 * unit, py - 1.6 * unit) for px, py in loop]
    _strap(sheet, away, 3 * unit, p.mix(p.MOSS_DARK, p.INK, 0.2))
    gusset = line(
        [
            (x + wide, y),
            (x + wide + side, y - side * 0.42),
            (x + wide + side, y + high - side * 0.5),
            (x + wide, y + high),
        ],
        closed=True,
    )
    sheet.path(gusset, p.mix(p.SLATE, p.SLATE_DARK, 0.55))
    sheet.shade(gusset, p.INK, (x + wide, y), (x + wide + side, y), strength=0.6)
    mouth = line([(x, y), (x + side, y - side * 0.42), (x + wide + side, y - side * 0.42), (x + wide, y)], closed=True)
    sheet.path(mouth, p.mix(p.STONE, p.INK, 0.5))
    sheet.shade(mouth, p.INK, (0, y), (0, y - side * 0.4), strength=0.8)
    front = _front(x, y, wide, high)
    sheet.path(front, _CANVAS)
    with sheet.within(front):
        lettering(sheet, x, y, unit)
    _weave(sheet, front, (x, y, wide, high), unit)
    wear(sheet, front, (x, y, wide, high), seed=51, amount=max(6, int(unit * 0.68)), weight=unit / 24)
    _folds(sheet, front, x, y, unit)
    _seams(sheet, x, y, unit)
    _strap(sheet, loop, 3 * unit, p.MOSS)
    for foot in (left, right):
        _patch(sheet, foot, unit)


def _front(x: float, y: float, wide: float, high: float) -> str:
    sag = high * 0.012
    return (
        f"M{x:.1f} {y:.1f}Q{x + wide / 2:.1f} {y + sag:.1f} {x + wide:.1f} {y:.1f}"
        f"Q{x + wide * 1.008:.1f} {y + high / 2:.1f} {x + wide:.1f} {y + high:.1f}"
        f"Q{x + wide / 2:.1f} {y + high + sag:.1f} {x:.1f} {y + high:.1f}"
        f"Q{x - wide * 0.012:.1f} {y + high / 2:.1f} {x:.1f} {y:.1f}Z"
    )


def _loop(left: Point, right: Point, unit: float, hang: Point | None) -> list[Point]:
    if hang:
        hx, hy = hang
        return [
            (left[0], left[1] + 5 * unit),
            left,
            (left[0] + (hx - left[0]) * 0.55, left[1] + (hy - left[1]) * 0.6),
            (hx - 1.6 * unit, hy + 2.2 * unit),
            (hx, hy),
            (hx + 1.6 * unit, hy + 2.2 * unit),
            (right[0] + (hx - right[0]) * 0.55, right[1] + (hy - right[1]) * 0.6),
            right,
            (right[0], right[1] + 5 * unit),
        ]
    cx, span = (left[0] + right[0]) / 2, (right[0] - left[0]) / 2
    arc = [math.radians(180 + 180 * i / 14) for i in range(15)]
    over = [(cx + span * math.cos(a), left[1] - 6 * unit + 19 * unit * math.sin(a)) for a in arc]
    return [(left[0], left[1] + 5 * unit), left, *over, right, (right[0], right[1] + 5 * unit)]


def _weave(sheet: Sheet, outline: str, area: tuple[float, float, float, float], unit: float) -> None:
    """The fine square weave of the canvas under its print."""
    x, y, width, height = area
    step = unit * 0.42
    across = "".join(f"M{x:.0f} {y + i * step:.1f}h{width:.0f}" for i in range(int(height / step)))
    along = "".join(f"M{x + i * step:.1f} {y:.0f}v{height:.0f}" for i in range(int(width / step)))
    with sheet.within(outline):
        sheet.line(across, p.INK, 1.4, opacity=0.1, dash=f"{step:.1f} {step:.1f}", cap="butt")
        sheet.line(along, p.CHALK, 1.4, opacity=0.22, dash=f"{step:.1f} {step:.1f}", cap="butt")


def _folds(sheet: Sheet, front: str, x: float, y: float, unit: float) -> None:
    """Soft folds that run down from where the strap pulls."""
    with sheet.within(front):
        for start, lean, reach in [(6, 3.5, 34), (32, -4.5, 30), (18, -1.5, 22), (26, 2.2, 40)]:
            sx, top = x + start * unit, y + 1 * unit
            ex, low = sx + lean * unit, top + reach * unit
            bend, middle = sx + lean * unit * 0.2, (top + low) / 2
            left = f"M{sx:.1f} {top:.1f}Q{bend:.1f} {middle:.1f} {ex:.1f} {low:.1f}"
            back = f"L{ex + 2.6 * unit:.1f} {low:.1f}Q{bend + 2.4 * unit:.1f} {middle:.1f} {sx + 8:.1f} {top:.1f}Z"
            sheet.shade(left + back, p.INK, (sx, middle), (sx + 3 * unit, middle), strength=0.28)
            sheet.line(left, p.CHALK, unit * 0.1, opacity=0.5)
    sheet.shade(
        front, p.mix(p.BARK, p.INK, 0.4), (x + 38 * unit, y + 42 * unit), (x + 20 * unit, y + 22 * unit), strength=0.36
    )
    sheet.shade(front, p.CHALK, (x, y), (x + 13 * unit, y + 14 * unit), strength=0.3)


def _seams(sheet: Sheet, x: float, y: float, unit: float) -> None:
    wide, high = 38 * unit, 42 * unit
    hem = [(x + 0.4 * unit, y + 2.6 * unit), (x + wide / 2, y + 3.1 * unit), (x + wide - 0.4 * unit, y + 2.6 * unit)]
    sheet.line(smooth([(px, py + 3) for px, py in hem]), p.INK, 2, opacity=0.3)
    for gap in (0.0, 0.55 * unit):
        row = [(px, py - gap) for px, py in hem]
        stitches(sheet, row, colour=p.CHALK, width=unit * 0.15, length=unit * 0.62, gap=unit * 0.3)
    for edge in (x + 0.9 * unit, x + wide - 0.9 * unit):
        rows = [(edge, y + 3.4 * unit), (edge, y + high - 0.8 * unit)]
        stitches(sheet, rows, colour=p.CHALK, width=unit * 0.14, length=unit * 0.62, gap=unit * 0.3)
    low = [(x + 0.9 * unit, y + high - 0.8 * unit), (x + wide - 0.9 * unit, y + high - 0.8 * unit)]
    stitches(sheet, low, colour=p.CHALK, width=unit * 0.14, length=unit * 0.62, gap=unit * 0.3)


def _patch(sheet: Sheet, foot: Point, unit: float) -> None:
    """Where the strap is sewn to the front: a square with a cross of stitches."""
    x, y, half = foot[0], foot[1] + 4.4 * unit, 1.15 * unit
    ring = [
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
        (x - half, y - half),
    ]
    stitches(sheet, ring, colour=p.SAGE, width=unit * 0.13, length=unit * 0.4, gap=unit * 0.2)
    for a, b in [(ring[0], ring[2]), (ring[1], ring[3])]:
        stitches(sheet, [a, b], colour=p.SAGE, width=unit * 0.13, length=unit * 0.4, gap=unit * 0.2)


def draw_object() -> Sheet:
    """The bag standing on paper."""
    sheet = Sheet(1600, 2000, seed=51)
    unit, x, y = 24.0, 270.0, 690.0
    low = y + 42 * unit
    shadow = [
        (x + 20, low - 20),
        (x + 38 * unit, low + 6),
        (x + 52 * unit, low - 96),
        (x + 51 * unit, low - 170),
        (x + 30 * unit, low - 150),
    ]
    sheet.path(line(shadow, closed=True), p.GROUND)
    bag(sheet, x, y, unit, hang=None)
    return sheet


def draw_material() -> Sheet:
    """Weathered print, the weave under it, and a seam stitched twice."""
    sheet = Sheet(1600, 2000, seed=52, ground=_CANVAS)
    whole = box(-40, -40, 1680, 2080)
    sheet.path(arch((520, 1240), 910, 490, 0, 360), p.CLAY)
    sheet.path(box(1010, -60, 420, 1330), p.CLAY)
    sheet.path(box(-60, -60, 1800, 430), p.SLATE)
    sheet.path(arch((1240, 100), 330, 150, 20, 200), p.CHALK)
    step = 13
    for i in range(int(2100 / step)):
        sheet.line(f"M-20 {i * step}h1640", p.INK, 3.4, opacity=0.13, dash=f"{step} {step}", cap="butt")
        sheet.line(
            f"M-20 {i * step + step // 2}h1640",
            p.CHALK,
            3,
            opacity=0.16,
            dash=f"{step * 0.8:.1f} {step * 1.2:.1f}",
            cap="butt",
        )
    for i in range(int(1700 / step)):
        sheet.line(
            f"M{i * step} -20v2040", p.INK, 2.6, opacity=0.1, dash=f"{step * 0.7:.1f} {step * 1.3:.1f}", cap="butt"
        )
    wear(sheet, whole, (0, 0, 1600, 2000), seed=53, amount=46)
    _cracks(sheet)
    _big_seam(sheet)
    sheet.shade(whole, p.mix(p.BARK, p.INK, 0.5), (1700, 2100), (500, 700), strength=0.45)
    return sheet


def _cracks(sheet: Sheet) -> None:
    """Long creases where the canvas was folded, with the print broken along them."""
    dice = Dice(54)
    for sx, sy, ex, ey in [(-20, 820, 1000, 1500), (380, -20, 760, 980), (900, 2020, 1620, 1330)]:
        points = [
            (sx + (ex - sx) * t / 14 + 14 * wave(sx, t), sy + (ey - sy) * t / 14 + 14 * wave(sy, t)) for t in range(15)
        ]
        sheet.line(smooth([(x + 7, y + 9) for x, y in points]), p.INK, 9, opacity=0.16)
        sheet.line(smooth(points), p.CHALK, 5, opacity=0.75)
        for x, y in points:
            for _ in range(9):
                dx, dy = dice.between(-60, 60), dice.between(-46, 46)
                r = dice.between(2, 9)
                sheet.path(
                    f"M{x + dx:.0f} {y + dy:.0f}l{r:.1f} {r * 0.5:.1f}l{-r * 0.4:.1f} {r:.1f}l{-r:.1f} {-r * 0.6:.1f}Z",
                    p.CHALK,
                    opacity=0.8,
                )


def _big_seam(sheet: Sheet) -> None:
    """The overlapping edge of a second piece, held by two rows of stitches."""
    edge = [(-40.0, 1700.0), (500.0, 1664.0), (1100.0, 1612.0), (1660.0, 1570.0)]
    data = smooth(edge)
    piece = data + "L1660 2060L-40 2060Z"
    sheet.line(smooth([(x, y - 10) for x, y in edge]), p.INK, 26, opacity=0.22)
    sheet.path(piece, p.MOSS)
    with sheet.within(piece):
        for i in range(44):
            shift = i * 13
            sheet.line(smooth([(x, y + shift) for x, y in edge]), p.INK, 3.4, opacity=0.2, dash="13 13", cap="butt")
            sheet.line(smooth([(x, y + shift + 6) for x, y in edge]), p.SAGE, 3, opacity=0.2, dash="10 16", cap="butt")
    sheet.line(data, p.MOSS_LIGHT, 8)
    for gap in (62, 128):
        row = [(x, y + gap) for x, y in edge]
        sheet.line(smooth([(x, y + 8) for x, y in row]), p.INK, 10, opacity=0.22)
        stitches(sheet, row, colour=p.OAT, width=13, length=62, gap=24)
        stitches(sheet, [(x, y - 3) for x, y in row], colour=p.CHALK, width=4, length=62, gap=24)
    cx, cy = 1345.0, 1830.0
    sheet.path(ellipse(cx + 16, cy + 20, 138, 138), p.INK, opacity=0.3)
    sheet.path(ellipse(cx, cy, 132, 132), p.HONEY, stroke=p.BARK, width=4)
    sheet.shade(ellipse(cx, cy, 132, 132), p.BARK, (cx + 110, cy + 110), (cx - 40, cy - 40), strength=0.8)
    sheet.line(f"M{cx - 104} {cy + 8}A104 104 0 0 1 {cx + 10} {cy - 104}", p.LAMPLIGHT, 13, opacity=0.9)
    sheet.path(ellipse(cx, cy, 66, 66), p.mix(p.INK, p.BARK, 0.25), stroke=p.BARK, width=5)
