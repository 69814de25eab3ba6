"""What stands in the rooms: walls, windows, tables, and the turned ware on them.

All rooms are 1600 by 1067 pixels, lit from the upper left, and seen by the same camera as the objects.
"""

import math
from collections.abc import Sequence

from demo.draw import palette as p
from demo.draw.geometry import Dice, Point, box, ellipse, line, smooth, wave
from demo.draw.sheet import Sheet

WIDTH, HEIGHT = 1600, 1067


def room(*, seed: int, wall: str, floor: str, skirting: float, dusk: bool = False) -> Sheet:
    """An empty room: a wall down to `skirting`, a floor of boards under it; by day the light comes from the left."""
    sheet = Sheet(WIDTH, HEIGHT, seed=seed, ground=wall)
    over = box(-20, -20, WIDTH + 40, skirting + 20)
    if not dusk:
        sheet.shade(over, p.mix(wall, p.CHALK, 0.5), (-200, -200), (1000, 700), strength=0.55)
        sheet.shade(over, p.mix(wall, p.INK, 0.4), (1750, 900), (800, 300), strength=0.38)
    sheet.path(box(-20, skirting, WIDTH + 40, HEIGHT - skirting + 20), floor)
    _boards(sheet, floor, skirting)
    sheet.path(box(-20, skirting - 30, WIDTH + 40, 30), p.mix(wall, p.CHALK, 0.45))
    sheet.line(f"M-20 {skirting:.0f}h1660", p.mix(floor, p.INK, 0.6), 4, opacity=0.6)
    return sheet


def _boards(sheet: Sheet, floor: str, skirting: float) -> None:
    dice = Dice(int(skirting))
    dark = p.mix(floor, p.INK, 0.4)
    y, deep = skirting, 26.0
    while y < HEIGHT + 20:
        sheet.line(f"M-20 {y:.1f}h1660", dark, 2.5, opacity=0.45)
        for _ in range(7):
            x, reach = dice.between(-50, 1600), dice.between(80, 420)
            at = y + dice.between(0.15, 0.85) * deep
            sheet.line(
                f"M{x:.0f} {at:.1f}q{reach / 2:.0f} {dice.between(-4, 4):.1f} {reach:.0f} 0",
                dark,
                dice.between(1, 2.2),
                opacity=0.28,
            )
        for _ in range(2):
            x = dice.between(0, 1600)
            sheet.line(f"M{x:.0f} {y:.1f}l{(x - 800) * 0.03:.1f} {deep:.1f}", dark, 2.2, opacity=0.4)
        y += deep
        deep *= 1.3
    sheet.shade(box(-20, skirting, WIDTH + 40, 300), dark, (800, skirting), (800, skirting + 240), strength=0.4)


def window(
    sheet: Sheet,
    area: tuple[float, float, float, float],
    *,
    sky: tuple[str, str],
    frame: str,
    roofs: str = p.BARK,
) -> None:
    """A window of two by three panes over the area (x, y, width, height), with the roofs of the town in it.

    `sky` is its colour above and below; the roofs take on something of the lower one.
    """
    x, y, width, height = area
    sheet.path(box(x - 22, y - 22, width + 44, height + 44), frame)
    sheet.path(box(x, y, width, height), sky[0])
    pane = box(x, y, width, height)
    sheet.shade(pane, sky[1], (x, y + height), (x, y), strength=1)
    with sheet.within(pane):
        for k, lift in enumerate((0.36, 0.24)):
            tone = p.mix(sky[1], roofs, 0.3 + 0.28 * k)
            sheet.path(gables(x, y + height, width, height * lift, seed=int(x) + k), tone)
    bars = [(x + width / 2 - 6, y, 12.0, height)]
    bars += [(x, y + height * k / 3 - 5, width, 10.0) for k in (1, 2)]
    for bar in bars:
        sheet.path(box(*bar), frame)
        sheet.path(
            box(
                bar[0] + bar[2] - 4 if bar[2] < bar[3] else bar[0],
                bar[1],
                4 if bar[2] < bar[3] else bar[2],
                bar[3] if bar[2] < bar[3] else 3,
            ),
            p.INK,
            opacity=0.18,
        )
    sill = box(x - 44, y + height + 20, width + 88, 20)
    sheet.path(sill, p.mix(frame, p.CHALK, 0.3))
    sheet.path(box(x - 36, y + height + 40, width + 72, 12), p.INK, opacity=0.16)


def gables(x: float, low: float, width: float, lift: float, *, seed: int) -> str:
    """A row of roofs as they stand in Ghent: stepped gables, plain ones, and a chimney here and there."""
    dice = Dice(seed)
    points, at = [(x - 30, low + 10)], x - 30.0
    while at < x + width + 20:
        wide, tall = dice.between(54, 92), lift * dice.between(0.75, 1.2)
        eaves = low - tall * 0.62
        points.append((at, eaves))
        if dice.between(0, 1) < 0.6:
            steps = 4
            for i in range(steps):
                rise = eaves - tall * 0.38 * (i + 1) / steps
                points += [(at + wide * 0.5 * i / steps, rise), (at + wide * 0.5 * (i + 0.8) / steps, rise)]
            for i in reversed(range(steps)):
                rise = eaves - tall * 0.38 * (i + 1) / steps
                points += [(at + wide * (1 - 0.5 * (i + 0.8) / steps), rise), (at + wide * (1 - 0.5 * i / steps), rise)]
        else:
            points += [(at + wide * 0.5, low - tall), (at + wide * 0.72, low - tall * 0.83)]
            points += [(at + wide * 0.72, low - tall * 1.02), (at + wide * 0.86, low - tall * 1.02)]
            points += [(at + wide * 0.86, low - tall * 0.72)]
        at += wide
        points.append((at, eaves))
    return line([*points, (at, low + 10)], closed=True)


def daylight(
    sheet: Sheet, x: float, y: float, width: float, height: float, lean: float, *, tone: str = p.LAMPLIGHT
) -> None:
    """The light of a window with two by three panes where it falls on a wall, slanting by `lean` pixels."""
    gap = 12
    for column in range(2):
        for row in range(3):
            left = x + column * (width / 2) + gap / 2
            top, deep = y + row * height / 3 + gap / 2, height / 3 - gap
            wide = width / 2 - gap
            slope = lean / width
            pane = [(left, top + (left - x) * slope), (left + wide, top + (left + wide - x) * slope)]
            pane += [(left + wide, top + deep + (left + wide - x) * slope), (left, top + deep + (left - x) * slope)]
            sheet.path(line(pane, closed=True), tone, opacity=0.4)


def turned(
    sheet: Sheet,
    foot: Point,
    profile: Sequence[Point],
    scale: float,
    colour: str,
    *,
    inside: str = "",
    tilt: float = 0.34,
) -> None:
    """Something thrown on a wheel: `profile` is (radius, height) from foot to lip in centimetres.

    With `inside`, the mouth is open and shows that colour.
    """
    x, y = foot
    rise = math.sqrt(1 - tilt * tilt)
    left = [(x - r * scale, y - z * scale * rise) for r, z in profile]
    right = [(x + r * scale, y - z * scale * rise) for r, z in profile]
    base, lip = profile[0][0] * scale, profile[-1][0] * scale
    low = [(x + base * math.cos(a), y + base * tilt * math.sin(a)) for a in [math.pi * i / 16 for i in range(17)]]
    top_y = left[-1][1]
    body = smooth(left) + f"A{lip:.1f} {lip * tilt:.1f} 0 0 1 {right[-1][0]:.1f} {right[-1][1]:.1f}"
    body += smooth(right[::-1]).replace("M", "L", 1) + line(low).replace("M", "L", 1) + "Z"
    sheet.path(body, colour)
    widest = max(r for r, _ in profile) * scale
    sheet.shade(body, p.mix(colour, p.INK, 0.55), (x + widest, y), (x - widest * 0.25, y - widest * 0.3), strength=0.9)
    sheet.shade(body, p.mix(colour, p.CHALK, 0.6), (x - widest * 0.8, y), (x - widest * 0.1, y), strength=0.6)
    if inside:
        mouth = ellipse(x, top_y, lip, lip * tilt)
        sheet.path(mouth, inside)
        sheet.shade(mouth, p.mix(inside, p.INK, 0.6), (x - lip, top_y), (x + lip * 0.6, top_y), strength=0.8)
        sheet.line(mouth, p.mix(colour, p.CHALK, 0.45), max(2, scale * 0.18))


def cup(sheet: Sheet, foot: Point, scale: float, colour: str) -> None:
    """A cup without a handle, full of tea."""
    turned(sheet, foot, [(2.6, 0), (3.6, 1.4), (4.1, 4), (4.2, 6.6)], scale, colour, inside=p.mix(p.UMBER, p.BARK, 0.3))


def vase(sheet: Sheet, foot: Point, scale: float, colour: str, *, seed: int, leaf: str) -> None:
    """A vase with one branch in it."""
    x, y = foot
    mouth = (x, y - 20.5 * scale)
    dice = Dice(seed)
    for aim, reach in [(-0.42, 31), (0.34, 36), (0.02, 24)]:
        stem = [
            (mouth[0] + aim * reach * scale * (t / 6) ** 1.3, mouth[1] + 2 * scale - reach * scale * t / 6)
            for t in range(7)
        ]
        sheet.line(smooth(stem), p.BARK, max(3, scale * 0.4))
        for t in range(2, 7):
            for side in (-1, 1):
                sx, sy = stem[t]
                angle = -math.pi / 2 + aim * 0.6 + side * dice.between(0.5, 1.0)
                _leaf(
                    sheet,
                    (sx, sy + dice.between(-1, 1) * scale),
                    angle,
                    scale * dice.between(5.0, 7.0) * (1.12 - t * 0.08),
                    p.mix(leaf, p.CHALK if side < 0 else p.INK, dice.between(0.05, 0.25)),
                )
    turned(
        sheet,
        foot,
        [(3.6, 0), (6.4, 4), (6.9, 8), (4.8, 13), (2.4, 16.5), (2.3, 19), (3.0, 21)],
        scale,
        colour,
        inside=p.INK_SOFT,
    )


def _leaf(sheet: Sheet, foot: Point, angle: float, length: float, tone: str) -> None:
    x, y = foot
    ex, ey = x + math.cos(angle) * length, y + math.sin(angle) * length
    nx, ny = -math.sin(angle) * length * 0.3, math.cos(angle) * length * 0.3
    mx, my = (x + ex) / 2, (y + ey) / 2
    sheet.path(
        f"M{x:.1f} {y:.1f}Q{mx + nx:.1f} {my + ny:.1f} {ex:.1f} {ey:.1f}Q{mx - nx:.1f} {my - ny:.1f} {x:.1f} {y:.1f}Z",
        tone,
    )
    sheet.line(f"M{x:.1f} {y:.1f}L{ex:.1f} {ey:.1f}", p.mix(tone, p.CHALK, 0.4), max(1.2, length * 0.03), opacity=0.7)


def worktop(sheet: Sheet, area: tuple[float, float, float, float], thick: float, tone: str, *, seed: int) -> None:
    """The top of a table seen from a little above: area (x, y, width, height), then its front edge."""
    x, y, width, height = area
    top = box(x, y, width, height)
    dark = p.mix(tone, p.UMBER, 0.6)
    sheet.path(top, tone)
    dice = Dice(seed)
    with sheet.within(top):
        for i in range(int(height / 7)):
            at = y + height * (i + dice.between(0, 1)) / (height / 7)
            points = [(x + width * k / 16, at + 3 * wave(seed + i // 4, k * 0.5)) for k in range(17)]
            sheet.line(smooth(points), p.mix(tone, dark, dice.between(0.2, 0.9)), dice.between(1, 3), opacity=0.5)
    sheet.shade(top, p.mix(tone, p.CHALK, 0.5), (x, y), (x + width * 0.6, y + height), strength=0.45)
    edge = box(x, y + height, width, thick)
    sheet.path(edge, p.mix(tone, dark, 0.6))
    for k in range(3):
        sheet.line(f"M{x:.0f} {y + height + thick * (k + 1) / 4:.1f}h{width:.0f}", dark, 1.8, opacity=0.5)
    sheet.line(f"M{x:.0f} {y + height:.1f}h{width:.0f}", p.mix(tone, p.CHALK, 0.55), 4)
