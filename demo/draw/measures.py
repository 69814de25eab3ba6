"""The drawings of the measures: each product in plain view, to scale, with the figures of its size."""

import math
from collections.abc import Callable
from itertools import pairwise

from demo.draw import palette as p
from demo.draw.drafting import Board
from demo.draw.geometry import Point, sample
from demo.draw.koord import PROFILE
from demo.draw.laag import LARGE, MIDDLE, SMALL


def koord() -> str:
    """The lamp under the ceiling: its greatest width, its height from holder to tufts, and its cord, cut short."""
    board = Board(3.05, (136, 203))
    tuft, top, radius = 2.6, 46.0, 21.0
    rise = top - 4 - tuft

    def strand(turn: float) -> list[Point]:
        across, steps = math.sin(turn) * radius, [i / 10 for i in range(11)]
        return [(sample(PROFILE, t) * across, tuft + rise * (1 - t)) for t in steps]

    board.floor(-26, 26, 61.5)
    board.broken(0, top, 61.5, 180, 44)
    board.details(strand(i * math.pi / 12) for i in range(-5, 6))
    board.curve(strand(-math.pi / 2))
    board.curve(strand(math.pi / 2))
    ring = PROFILE[-1][1] * radius
    board.edge([(-ring, tuft), (ring, tuft)])
    board.details(([(x, tuft), (x * 1.03, 0)] for x in (ring * (i / 9 - 1) for i in range(19))), colour=p.INK)
    board.edge([(-3.2, top - 4), (-2.2, top), (2.2, top), (3.2, top - 4)], closed=True)
    widest = tuft + rise * 0.45
    board.across((-radius, widest), (radius, widest), 80, sign="Ø ")
    board.up((ring, 0), (2.2, top), 52)
    return board.svg()


def inslag() -> str:
    """The blanket laid out flat; the fringes lie outside what is measured."""
    board = Board(1.18, (24, 192))
    long, wide, fringe = 200.0, 140.0, 9.0
    bands = (12, 15, 18, 40, 43, 66, 69, 72, 75, 96, 99, 122, 125, 128)
    board.details([(0.5, y), (long / 2, y + 0.4), (long - 0.5, y)] for y in bands)
    heights = [2 + (wide - 4) * i / 25 for i in range(26)]
    knots = [(y, 1.4 if i % 2 else -1.4) for i, y in enumerate(heights)]
    board.details(([(0, y), (-fringe, y + lean)] for y, lean in knots), colour=p.INK)
    board.details(([(long, y), (long + fringe, y + lean)] for y, lean in knots), colour=p.INK)
    board.edge([(0, 0), (long, 0), (long, wide), (0, wide)], closed=True)
    board.across((0, 0), (long, 0), 22)
    board.up((long + fringe, 0), (long + fringe, wide), 20)
    return board.svg()


def zit() -> str:
    """The low stool and the high one on one floor."""
    board = Board(2.85, (160, 217))
    board.floor(-46, 46)
    for middle, height in ((-22.5, 45.0), (22.5, 65.0)):
        under = height - 3.6
        for top, foot in ((-9.0, -15.4), (0.0, 0.0), (9.0, 15.4)):
            leg = [(top - 1.9, under), (foot - 1.35, 0), (foot + 1.35, 0), (top + 1.9, under)]
            board.edge([(middle + x, y) for x, y in leg])
        half = [(16.1, under), (17, height - 0.7), (16.7, height)]
        seat = [*half, *((-x, y) for x, y in reversed(half))]
        board.edge([(middle + x, y) for x, y in seat], closed=True)
    board.up((-39.5, 0), (-39.5, 45), -20)
    board.up((39.5, 0), (39.5, 65), 20)
    board.across((-39.5, 45), (-5.5, 45), -20, sign="Ø ")
    return board.svg()


def laag() -> str:
    """The trays pushed into a corner of each other, from above; over them the rim of the large one, from aside."""
    board = Board(4.2, (92, 177))
    for k, tray in enumerate((LARGE, MIDDLE, SMALL)):
        shift = 1.3 * k
        board.ring((shift, shift), tray.width, tray.depth, tray.corner)
        wall, low = tray.wall, shift + tray.wall
        board.ring((low, low), tray.width - 2 * wall, tray.depth - 2 * wall, tray.corner - wall, is_thin=True)
        board.across((shift, shift), (shift + tray.width, shift), 57 - 18 * k + shift * 4.2)
        board.up((shift, shift), (shift, shift + tray.depth), -(72 - 26 * k) - shift * 4.2)
    rim = 33.5
    board.edge([(0, rim), (LARGE.width, rim), (LARGE.width, rim + LARGE.height), (0, rim + LARGE.height)], closed=True)
    board.details([[(0.5, rim + y), (LARGE.width - 0.5, rim + y + 0.1)] for y in (1.0, 2.0)])
    board.up((LARGE.width, rim), (LARGE.width, rim + LARGE.height), 10)
    return board.svg()


def zeil() -> str:
    """The bag from the front and from aside; its strap is measured along itself, from seam to seam."""
    board = Board(2.7, (52, 212))
    wide, high, deep, length = 38.0, 42.0, 12.0, 70.0
    aside = wide + 14
    strap = _strap(wide, high, length)
    board.floor(-4, aside + deep + 4)
    board.edge([(0, 0), (wide, 0), (wide, high), (0, high)], closed=True)
    for off in (-1.5, 1.5):
        board.curve(_shifted(strap, off))
    for x in (5.0, wide - 5):
        patch = [(x - 1.5, high - 5), (x + 1.5, high - 5), (x + 1.5, high - 2), (x - 1.5, high - 2)]
        board.details([[patch[0], patch[2]], [patch[1], patch[3]], [patch[0], patch[1]]], colour=p.INK)
    board.details(
        [[(1, 1), (1, high - 1)], [(wide - 1, 1), (wide - 1, high - 1)], [(1, high - 1), (wide - 1, high - 1)]]
    )
    board.details([[(1, 24), (15, 24.2), (wide - 1, 24)], [(22, 24), (22, high - 1)], [(12, 1), (12, 24)]])
    board.edge([(aside, 0), (aside + deep, 0), (aside + deep, high), (aside, high)], closed=True)
    crown = max(y for _, y in strap)
    for x in (aside, aside + deep - 0.9):
        board.edge([(x, high), (x, crown), (x + 0.9, crown), (x + 0.9, high)])
    board.details([[(aside + deep / 2, high), (aside + deep / 2 - 1.2, high / 2), (aside + deep / 2, 0)]])
    board.along(strap, 21, length)
    board.across((0, 0), (wide, 0), 17)
    board.across((aside, 0), (aside + deep, 0), 17)
    board.up((aside + deep, 0), (aside + deep, high), 22)
    return board.svg()


def _strap(wide: float, high: float, length: float) -> list[Point]:
    """A standing loop of exactly that length between its two seams on the front."""

    def loop(rise: float) -> list[Point]:
        span = wide / 2 - 5
        turns = [math.pi * i / 24 for i in range(25)]
        over = [(wide / 2 - span * math.cos(turn), high + 4 + rise * math.sin(turn)) for turn in turns]
        return [(5, high - 5), *over, (wide - 5, high - 5)]

    low, far = 5.0, 40.0
    while far - low > 0.001:
        middle = (low + far) / 2
        is_long = sum(math.dist(a, b) for a, b in pairwise(loop(middle))) > length
        low, far = (low, middle) if is_long else (middle, far)
    return loop(low)


def _shifted(points: list[Point], off: float) -> list[Point]:
    """The same way, `off` centimetres outwards from the middle of a loop that is walked from left to right."""
    found = []
    for i, (x, y) in enumerate(points):
        (x0, y0), (x1, y1) = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        far = math.dist((x0, y0), (x1, y1))
        found.append((x - (y1 - y0) / far * off, y + (x1 - x0) / far * off))
    return found


def strik() -> str:
    """The closed box from the front, and under it from above."""
    board = Board(3.3, (66, 207))
    wide, deep, high, ribbon, lid = 46.0, 32.0, 14.0, 2.1, 4.2
    middle, foot = wide / 2, deep + 5
    board.edge([(0, 0), (wide, 0), (wide, deep), (0, deep)], closed=True)
    sides = [
        [(middle + x, y), (middle + x, y + far)] for x in (-ribbon, ribbon) for y, far in ((0, deep), (foot, high))
    ]
    level = [[(0, deep / 2 + y), (wide, deep / 2 + y)] for y in (-ribbon, ribbon)]
    board.details([*sides, *level], colour=p.INK)
    board.edge([(0, foot), (wide, foot), (wide, foot + high), (0, foot + high)], closed=True)
    board.details([[(0, foot + high - lid), (wide / 2, foot + high - lid + 0.1), (wide, foot + high - lid)]])
    for way in (-1, 1):
        board.curve(
            [(middle + way * x, foot + high + y) for x, y in ((0, 0.3), (3.5, 5.2), (7.6, 4.4), (6.8, 0.9), (0, 0.3))]
        )
        board.curve([(middle + way * x, deep / 2 + y) for x, y in ((0, 0.2), (4, 2.6), (7.4, 0), (4, -2.6), (0, -0.2))])
    board.across((0, 0), (wide, 0), 17)
    board.up((wide, 0), (wide, deep), 22)
    board.up((wide, foot), (wide, foot + high), 22)
    return board.svg()


MEASURES: dict[str, Callable[[], str]] = {
    "koord": koord,
    "inslag": inslag,
    "zit": zit,
    "laag": laag,
    "zeil": zeil,
    "strik": strik,
}
