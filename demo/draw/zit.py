"""Zit: the stool of reclaimed beech, its grain, and two of them at a worktop."""

import math

from demo.draw import palette as p
from demo.draw.geometry import Camera, Dice, Point, ellipse, line, smooth, wave
from demo.draw.sheet import Sheet
from demo.draw.timber import flecks, grain

_THICK = 3.6
_RADIUS = 17.0
_TURNS = [math.radians(a) for a in (75, 195, 315)]


def _leg(sheet: Sheet, camera: Camera, height: float, turn: float) -> None:
    """One tapered leg from under the seat to the floor, splayed outwards."""
    top = (math.cos(turn) * 9.5, math.sin(turn) * 9.5, height - _THICK + 0.6)
    foot = (math.cos(turn) * 16.5, math.sin(turn) * 16.5, 0.0)
    (x0, y0), (x1, y1) = camera.see(top), camera.see(foot)
    length = math.hypot(x1 - x0, y1 - y0)
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    if nx < 0:
        nx, ny = -nx, -ny
    upper, lower = 1.95 * camera.scale, 1.35 * camera.scale

    def at(u: float, v: float) -> Point:
        half = upper + (lower - upper) * u
        return (x0 + (x1 - x0) * u + nx * half * v, y0 + (y1 - y0) * u + ny * half * v)

    sole = lower * 0.34
    under = [(x1 + math.cos(a) * lower, y1 + math.sin(a) * sole) for a in [math.pi * i / 12 for i in range(13)]]
    outline = line([at(0, -1), at(0, 1), *under], closed=True)
    sheet.path(outline, p.BEECH)
    grain(
        sheet,
        outline,
        lambda u, v: at(u, v * 2 - 1),
        length=1,
        breadth=1,
        seed=int(turn * 10),
        lines=14,
        weight=camera.scale * 0.07,
    )
    mid, edge = at(0.5, 0.1), at(0.5, 1)
    sheet.shade(outline, p.UMBER, edge, mid, strength=0.95)
    sheet.shade(outline, p.BEECH_LIGHT, at(0.5, -1), at(0.5, -0.2), strength=0.75)
    reach = 0.3
    sheet.shade(outline, p.mix(p.UMBER, p.INK, 0.35), at(0.02, 0), at(reach, 0), strength=0.9)


def _tenons(sheet: Sheet, camera: Camera, height: float) -> None:
    """The heads of the legs in the seat, each split by its wedge."""
    for turn in _TURNS:
        centre = (math.cos(turn) * 8.6, math.sin(turn) * 8.6, height)
        head = line(camera.disc(centre, 1.9), closed=True)
        sheet.path(head, p.mix(p.BEECH, p.BEECH_DARK, 0.65), stroke=p.UMBER, width=camera.scale * 0.09)
        for k in (1, 2):
            sheet.line(line(camera.disc(centre, 1.9 * k / 3), closed=True), p.UMBER, camera.scale * 0.045, opacity=0.5)
        across = turn + math.pi / 2
        dx, dy, side = math.cos(across) * 1.75, math.sin(across) * 1.75, 0.28
        ox, oy = math.cos(turn) * side, math.sin(turn) * side
        cx, cy, z = centre
        wedge = [(cx - dx, cy - dy, z), (cx + ox, cy + oy, z), (cx + dx, cy + dy, z), (cx - ox, cy - oy, z)]
        sheet.path(line(camera.shape(wedge), closed=True), p.mix(p.UMBER, p.BARK, 0.6))


def stool(sheet: Sheet, camera: Camera, height: float, *, shadow: str) -> None:
    """A stool standing at (0, 0, 0) of the camera; `height` in centimetres, `shadow` the colour it casts."""
    reach = height * 0.62
    cast = [
        (reach * 0.72 + math.cos(a) * 17, -reach * 0.12 + math.sin(a) * 17, 0.0)
        for a in [math.tau * i / 60 for i in range(60)]
    ]
    sheet.path(line(camera.shape(cast), closed=True), shadow)
    for turn in _TURNS:
        foot = camera.see((math.cos(turn) * 16.5, math.sin(turn) * 16.5, 0))
        tip = camera.see((reach * 0.72 + math.cos(turn) * 9, -reach * 0.12 + math.sin(turn) * 9, 0))
        sheet.line(line([foot, tip]), shadow, camera.scale * 2.4)
    for turn in sorted(_TURNS, key=math.sin):
        _leg(sheet, camera, height, turn)
    _seat(sheet, camera, height)


def _seat(sheet: Sheet, camera: Camera, height: float) -> None:
    top, low = camera.disc((0, 0, height), _RADIUS, 120), camera.disc((0, 0, height - _THICK), _RADIUS - 0.9, 120)
    left, right = min(top), max(top)
    front_top = [pt for pt in top if pt[1] >= left[1] - 0.01]
    front_low = [pt for pt in low if pt[1] >= min(low)[1] - 0.01]
    rim = [left, *sorted(front_low), right, *sorted(front_top, reverse=True)]
    side = line(rim, closed=True)
    sheet.path(side, p.BEECH_DARK)
    with sheet.within(side):
        for i in range(9):
            z = height - _THICK * (i + 0.5) / 9
            ringed = camera.disc((0, 0, z), _RADIUS - 0.9 * (i + 0.5) / 9, 90)
            sheet.line(line(ringed, closed=True), p.UMBER, camera.scale * (0.05 + 0.05 * (i % 3)), opacity=0.5)
    span = right[0] - left[0]
    sheet.shade(side, p.mix(p.UMBER, p.INK, 0.3), (right[0], 0), (right[0] - span * 0.55, 0), strength=0.95)
    sheet.shade(side, p.BEECH_LIGHT, (left[0] + span * 0.1, 0), (left[0] + span * 0.42, 0), strength=0.6)
    face = line(top, closed=True)
    sheet.path(face, p.BEECH)

    def at(u: float, v: float) -> Point:
        x, y = u - _RADIUS, v - _RADIUS
        turn = math.radians(-18)
        return camera.see((x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn), height))

    grain(sheet, face, at, length=34, breadth=34, seed=31, lines=64, heart=0.56, weight=camera.scale * 0.1)
    sheet.shade(face, p.BEECH_LIGHT, left, ((left[0] + right[0]) / 2, left[1] + 40), strength=0.85)
    sheet.shade(face, p.BEECH_DARK, right, (right[0] - span * 0.4, right[1] - 20), strength=0.5)
    _tenons(sheet, camera, height)
    lip = [(x, y) for x, y in top if y >= left[1] - 0.01]
    sheet.line(line(sorted(lip)), p.BEECH_LIGHT, camera.scale * 0.2, opacity=0.9)


def draw_object() -> Sheet:
    """The low stool on paper."""
    sheet = Sheet(1600, 2000, seed=31)
    stool(sheet, Camera(origin=(690, 1560), scale=24.5, yaw=0, pitch=24), 45, shadow=p.GROUND)
    return sheet


def draw_height(height: float) -> Sheet:
    """A stool of a height in centimetres, always from as far away, so that low and high are told apart."""
    sheet = Sheet(1600, 2000, seed=35)
    stool(sheet, Camera(origin=(530, 1670), scale=21.5, yaw=0, pitch=24), height, shadow=p.GROUND)
    return sheet


def draw_material() -> Sheet:
    """The grain of the seat, with the wedged head of a leg and an old nail hole."""
    sheet = Sheet(1600, 2000, seed=32, ground=p.BEECH)
    whole = "M-20 -20h1640v2040h-1640Z"
    centre = (900.0, 1060.0)
    dice = Dice(32)
    with sheet.group(transform="rotate(-76 800 1000)"):
        for i in range(150):
            v = -700 + 3400 * (i + dice.between(0.1, 0.9)) / 150
            off = (v - 640) / 520
            points = []
            for j in range(41):
                u = -700 + 3000 * j / 40
                flame = 150 * math.exp(-(off**2)) * math.exp(-(((u - 500) / 760) ** 2)) * (1 if off >= 0 else -1)
                drift = 20 * wave(i // 9, u / 420 + i * 0.02)
                points.append((u, v + flame + drift))
            tone = p.mix(p.BEECH, p.mix(p.BEECH_DARK, p.UMBER, 0.5), dice.between(0.1, 0.95))
            sheet.line(smooth(points), tone, dice.between(1.5, 9) if i % 5 else 13, opacity=0.62)
        flecks(
            sheet,
            lambda u, v: (u - 700, v - 700),
            length=3000,
            breadth=3400,
            seed=4,
            count=2600,
            tone=p.UMBER,
            weight=4.4,
        )
    sheet.shade(whole, p.BEECH_LIGHT, (0, 0), (1250, 1500), strength=0.62)
    sheet.shade(whole, p.BEECH_DARK, (1600, 2000), (700, 900), strength=0.55)
    _big_tenon(sheet, centre, 430)
    hole = (330.0, 1610.0)
    sheet.halo(ellipse(*hole, 120, 120), p.UMBER, hole, 95, strength=0.9)
    sheet.path(ellipse(*hole, 21, 19), p.INK)
    sheet.line(f"M{hole[0] - 17} {hole[1] + 14}a21 19 0 0 0 36 -8", p.BEECH_LIGHT, 5, opacity=0.8)
    return sheet


def _big_tenon(sheet: Sheet, centre: Point, radius: float) -> None:
    cx, cy = centre
    head = ellipse(cx, cy, radius, radius)
    sheet.halo(
        ellipse(cx + 12, cy + 14, radius * 1.12, radius * 1.12),
        p.UMBER,
        (cx + 12, cy + 14),
        radius * 1.12,
        strength=0.95,
    )
    sheet.path(head, p.mix(p.BEECH, p.BEECH_LIGHT, 0.35), stroke=p.mix(p.UMBER, p.INK, 0.3), width=5)
    pith = (cx - radius * 1.1, cy + radius * 0.75)
    dice = Dice(33)
    with sheet.within(head):
        for i in range(58):
            r = radius * (0.2 + 2.3 * i / 58)
            ring = [
                (
                    pith[0] + (r + 9 * wave(i // 4, a * 3)) * math.cos(a),
                    pith[1] + (r + 9 * wave(i // 4, a * 3)) * math.sin(a),
                )
                for a in [-1.75 + 2.2 * k / 30 for k in range(31)]
            ]
            tone = p.mix(p.BEECH, p.UMBER, dice.between(0.2, 0.75))
            sheet.line(smooth(ring), tone, dice.between(1.5, 4.5) if i % 4 else 8, opacity=0.75)
        pores = []
        for _ in range(900):
            x, y = cx + dice.between(-radius, radius), cy + dice.between(-radius, radius)
            pores.append(f"M{x:.0f} {y:.0f}h.1")
        sheet.line("".join(pores), p.UMBER, 3.6, opacity=0.5)
    sheet.shade(head, p.BEECH_LIGHT, (cx - radius, cy - radius), (cx + radius * 0.2, cy + radius * 0.2), strength=0.7)
    sheet.shade(head, p.UMBER, (cx + radius, cy + radius), (cx, cy), strength=0.5)
    with sheet.group(transform=f"rotate(14 {cx} {cy})"):
        long = radius * 0.985
        wedge = (
            f"M{cx - 20} {cy - long}C{cx - 34} {cy - 100} {cx - 34} {cy + 100} {cx - 17} {cy + long}"
            f"H{cx + 17}C{cx + 34} {cy + 100} {cx + 34} {cy - 100} {cx + 20} {cy - long}Z"
        )
        sheet.path(wedge, p.mix(p.UMBER, p.BARK, 0.35), stroke=p.mix(p.BARK, p.INK, 0.5), width=4)
        with sheet.within(wedge):
            for i in range(14):
                x = cx - 30 + 60 * (i + dice.between(0.2, 0.8)) / 14
                sheet.line(
                    f"M{x:.0f} {cy - long:.0f}q{6 * wave(i, 1):.0f} {long:.0f} 0 {2 * long:.0f}",
                    p.BARK,
                    dice.between(1.5, 3.5),
                    opacity=0.7,
                )
        sheet.shade(wedge, p.BEECH_DARK, (cx - 34, cy), (cx + 4, cy), strength=0.6)
