"""Strik: the cardboard box with its ribbon, both from near, and the box on a table."""

import math

from demo.draw import palette as p
from demo.draw.fibres import hairs
from demo.draw.geometry import Camera, Dice, Point, Point3, box, line, smooth, square, wave
from demo.draw.sheet import Sheet

_LID = 4.2


def _quad(camera: Camera, corners: list[Point3]) -> str:
    return line(camera.shape(corners), closed=True)


def _kraft(
    sheet: Sheet, outline: str, area: tuple[float, float, float, float], tone: str, *, seed: int, size: float
) -> None:
    """A face of cardboard with the fibres that show in it."""
    sheet.path(outline, tone)
    with sheet.within(outline):
        tones = [p.mix(tone, p.BARK, 0.4), p.mix(tone, p.CHALK, 0.35), p.mix(tone, p.BARK, 0.2)]
        hairs(sheet, area, int(area[2] * area[3] / 420), length=size, dice=Dice(seed), colours=tones)


def _weave(sheet: Sheet, outline: str, start: Point, end: Point, count: int) -> None:
    """Fine ribs across a ribbon that runs from `start` to `end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    nx, ny = -dy / length * 200, dx / length * 200
    ribs = []
    for i in range(count):
        x, y = start[0] + dx * i / count, start[1] + dy * i / count
        ribs.append(f"M{x - nx:.1f} {y - ny:.1f}L{x + nx:.1f} {y + ny:.1f}")
    with sheet.within(outline):
        sheet.line("".join(ribs), p.CLAY_DARK, 1.6, opacity=0.4)


def gift(sheet: Sheet, camera: Camera, width: float, depth: float, height: float, *, shadow: str) -> None:
    """The closed box around (0, 0, 0) of the camera, with lid, ribbon and bow; lengths in centimetres."""
    w, d, h, s = width / 2, depth / 2, height, camera.scale
    cast = [(w, d, 0.0), (w + h * 0.85, d - 4, 0.0), (w + h * 0.85, -d, 0.0), (w, -d, 0.0), (-w, d, 0.0)]
    sheet.path(_quad(camera, [cast[4], *cast[:4]]), shadow)
    for o, low, high, seed in [(0.0, 0.0, h - _LID + 0.4, 61), (0.45, h - _LID, h, 64)]:
        front = [(-w - o, d + o, low), (w + o, d + o, low), (w + o, d + o, high), (-w - o, d + o, high)]
        side = [(w + o, d + o, low), (w + o, -d - o, low), (w + o, -d - o, high), (w + o, d + o, high)]
        for corners, tone, extra in [(front, p.KRAFT, 0), (side, p.mix(p.KRAFT_DARK, p.BARK, 0.18), 1)]:
            points = camera.shape(corners)
            xs, ys = [x for x, _ in points], [y for _, y in points]
            area = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
            _kraft(sheet, line(points, closed=True), area, tone, seed=seed + extra, size=s * 0.8)
            foot, upper = points[0], points[3]
            reach = (foot[0], foot[1] + (upper[1] - foot[1]) * 0.75)
            fade = square(foot, reach, (points[1][0] - foot[0], points[1][1] - foot[1]))
            sheet.shade(line(points, closed=True), p.BARK, foot, fade, strength=0.42)
        if not o:
            under = [(-w, d, high), (w, d, high), (w, d, high - 1.5), (-w, d, high - 1.5)]
            sheet.path(_quad(camera, under), p.BARK, opacity=0.5)
            under = [(w, d, high), (w, -d, high), (w, -d, high - 1.5), (w, d, high - 1.5)]
            sheet.path(_quad(camera, under), p.BARK, opacity=0.45)
    top = camera.shape(
        [(-w - 0.45, d + 0.45, h), (w + 0.45, d + 0.45, h), (w + 0.45, -d - 0.45, h), (-w - 0.45, -d - 0.45, h)]
    )
    xs, ys = [x for x, _ in top], [y for _, y in top]
    area = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    _kraft(sheet, line(top, closed=True), area, p.KRAFT_LIGHT, seed=69, size=s * 0.8)
    sheet.shade(line(top, closed=True), p.KRAFT_DARK, top[2], top[0], strength=0.42)
    sheet.line(line([top[0], top[1], top[2]]), p.mix(p.KRAFT_LIGHT, p.CHALK, 0.6), s * 0.12)
    _ribbon(sheet, camera, w, d, h)
    _bow(sheet, camera.see((0, 0, h)), s)


def _ribbon(sheet: Sheet, camera: Camera, w: float, d: float, h: float) -> None:
    """The ribbon around the box both ways: down the front, over the lid, down the side."""
    b, e, o = 2.1, 0.5, 0.5
    pieces: list[tuple[list[Point3], str]] = [
        ([(-b, d + o, h), (b, d + o, h), (b, d + o, 0), (-b, d + o, 0)], p.CLAY),
        ([(w + o, b, h), (w + o, -b, h), (w + o, -b, 0), (w + o, b, 0)], p.CLAY_DARK),
        ([(-w - e, b, h), (w + e, b, h), (w + e, -b, h), (-w - e, -b, h)], p.mix(p.CLAY, p.CLAY_LIGHT, 0.35)),
        ([(-b, d + e, h), (b, d + e, h), (b, -d - e, h), (-b, -d - e, h)], p.mix(p.CLAY, p.CLAY_LIGHT, 0.5)),
    ]
    for corners, tone in pieces:
        points = camera.shape(corners)
        data = line(points, closed=True)
        sheet.path(data, tone)
        if points[0][0] != points[3][0] or corners[0][2] != corners[3][2]:
            start = ((points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2)
            end = ((points[2][0] + points[3][0]) / 2, (points[2][1] + points[3][1]) / 2)
            long_way = corners[0][0] == -w - e
            if long_way:
                start = ((points[0][0] + points[3][0]) / 2, (points[0][1] + points[3][1]) / 2)
                end = ((points[1][0] + points[2][0]) / 2, (points[1][1] + points[2][1]) / 2)
            _weave(sheet, data, start, end, int(math.hypot(end[0] - start[0], end[1] - start[1]) / 5))
        for a, c in ((0, 3), (1, 2)) if corners[0][0] != -w - e else ((0, 1), (2, 3)):
            sheet.line(line([points[a], points[c]]), p.CLAY_DARK, camera.scale * 0.1, opacity=0.8)


def _bow(sheet: Sheet, knot: Point, s: float) -> None:
    """Two loops, two tails and the knot, with `knot` on the lid; `s` is pixels per centimetre."""
    x, y = knot
    turns = [math.tau * i / 40 for i in range(40)]
    shade = [(x + s * (9.5 * math.cos(a) + 2.5), y + s * (2.3 * math.sin(a) + 1.2)) for a in turns]
    sheet.path(line(shade, closed=True), p.BARK, opacity=0.28)
    left, right = [(0, 0), (3.0, 1.4), (5.0, 3.2), (6.0, 6.2)], [(0, 0), (3.4, 1.0), (6.4, 2.0), (8.2, 4.6)]
    for side, tail in ((-1, left), (1, right)):
        _band(sheet, [(x + side * s * a, y + s * b) for a, b in tail], s * 2.6, p.CLAY, notch=True)
    for side in (-1, 1):
        _loop(sheet, knot, s, side)
    _knot(sheet, knot, s)


def _loop(sheet: Sheet, knot: Point, s: float, side: int) -> None:
    """One loop of the bow, to the left (-1) or to the right (1) of the knot."""
    x, y = knot

    def place(points: list[tuple[float, float]]) -> list[Point]:
        return [(x + side * s * a, y + s * b) for a, b in points]

    back = [(0.3, -0.3), (2.6, -3.4), (6.2, -6.2), (9.4, -5.6), (9.9, -3.0), (7.2, -1.2), (3.2, -0.2), (0.3, 0.4)]
    hollow = smooth(place(back), closed=True)
    sheet.path(hollow, p.CLAY_DARK)
    sheet.shade(hollow, p.INK, (x, y), (x + side * s * 7, y - s * 3), strength=0.75)
    front = [(0.2, -0.6), (2.8, -2.0), (6.2, -3.7), (8.9, -3.9), (9.95, -3.2), (9.6, -2.0), (7.2, -0.6), (3.4, 0.7)]
    cover = smooth(place([*front, (0.2, 0.9)]), closed=True)
    sheet.path(cover, p.CLAY)
    with sheet.within(cover):
        for i in range(13):
            t = i / 12
            fold = [(0.2, -0.5 + 1.3 * t), (3.2, -1.7 + 2.2 * t), (6.6, -3.4 + 2.9 * t), (10, -4.2 + 2.4 * t)]
            tone = p.CLAY_DARK if i % 3 else p.CLAY_LIGHT
            sheet.line(smooth(place(fold)), tone, s * (0.08 + 0.05 * (i % 2)), opacity=0.5)
    sheet.shade(cover, p.CLAY_LIGHT, (x + side * s * 8, y - s * 4), (x + side * s * 4, y), strength=0.6)
    sheet.shade(cover, p.CLAY_DARK, (x, y), (x + side * s * 3.6, y - s), strength=0.95)
    inner = place([(0.4, 0.2), (3.0, -2.6), (6.4, -4.9), (8.6, -4.4), (8.8, -3.0)])
    sheet.line(smooth(inner), p.CLAY_LIGHT, s * 0.12, opacity=0.6)


def _knot(sheet: Sheet, knot: Point, s: float) -> None:
    x, y = knot
    corners = [(-1.25, -0.9), (0.0, -1.25), (1.25, -0.8), (1.15, 1.0), (0.0, 1.35), (-1.2, 0.95)]
    outline = smooth([(x + s * a, y + s * b) for a, b in corners], closed=True)
    sheet.path(outline, p.mix(p.CLAY, p.CLAY_LIGHT, 0.25))
    with sheet.within(outline):
        for i in range(7):
            start = x - s * 1.1 + i * s * 0.36
            crease = f"M{start:.1f} {y - s * 1.3:.1f}q{s * 0.2 * wave(i, 1):.1f} {s * 1.3:.1f} 0 {s * 2.7:.1f}"
            sheet.line(crease, p.CLAY_DARK, s * 0.09, opacity=0.6)
    sheet.shade(outline, p.CLAY_DARK, (x + s, y + s * 1.4), (x - s * 0.3, y - s * 0.3), strength=0.85)


def _band(sheet: Sheet, spine: list[Point], width: float, tone: str, *, notch: bool) -> None:
    """A tail of ribbon along its spine, cut to a swallowtail when `notch`."""
    steps = len(spine) - 1
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(spine):
        ax, ay = spine[max(i - 1, 0)]
        bx, by = spine[min(i + 1, steps)]
        length = math.hypot(bx - ax, by - ay)
        nx, ny = -(by - ay) / length, (bx - ax) / length
        half = width * (0.28 + 0.24 * i / steps)
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    (ex, ey), (px, py) = spine[-1], spine[-2]
    cut = (ex - (ex - px) * 0.28, ey - (ey - py) * 0.28)
    middle = f"L{cut[0]:.1f} {cut[1]:.1f}" if notch else ""
    back = smooth(right[::-1]).replace("M", "L", 1)
    data = smooth(left) + middle + back + "Z"
    sheet.path(data, tone)
    sheet.shade(data, p.CLAY_DARK, spine[0], spine[2], strength=0.95)
    with sheet.within(data):
        for share in (0.2, 0.4, 0.6, 0.8):
            thread = [
                (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in zip(left, right, strict=True)
            ]
            sheet.line(smooth(thread), p.CLAY_DARK, width * 0.03, opacity=0.5)
        sheet.line(smooth(left), p.CLAY_LIGHT, width * 0.06, opacity=0.6)


def draw_object() -> Sheet:
    """The box on paper, ribbon tied."""
    sheet = Sheet(1600, 2000, seed=61)
    camera = Camera(origin=(740, 1390), scale=25.0, yaw=-25, pitch=29)
    gift(sheet, camera, 38, 28, 15, shadow=p.GROUND)
    return sheet


def draw_material() -> Sheet:
    """The wave in the edge of the cardboard, its surface, and the woven ribbon across it."""
    sheet = Sheet(1600, 2000, seed=62, ground=p.KRAFT)
    tones = [p.mix(p.KRAFT, p.BARK, 0.45), p.KRAFT_LIGHT, p.mix(p.KRAFT, p.BARK, 0.25), p.mix(p.KRAFT, p.CHALK, 0.45)]
    hairs(sheet, (0, 0, 1600, 1320), 5200, length=62, dice=Dice(62), colours=tones)
    for i in range(26):
        y = 30 + i * 52
        sheet.shade(box(-20, y, 1640, 26), p.KRAFT_DARK, (0, y + 26), (0, y), strength=0.3)
    sheet.shade(box(-20, -20, 1640, 1340), p.KRAFT_LIGHT, (0, 0), (900, 900), strength=0.6)
    _flutes(sheet, 1300)
    _wide_ribbon(sheet)
    return sheet


def _flutes(sheet: Sheet, top: float) -> None:
    """Three layers of corrugated board, cut through."""
    sheet.path(box(-20, top, 1640, 740), p.mix(p.BARK, p.INK, 0.45))
    rows = [(top, 196, 150, 0.0), (top + 236, 196, 150, 0.4), (top + 472, 196, 150, 0.15)]
    for y, deep, pitch, shift in rows:
        for k, tone in [(0, p.KRAFT_LIGHT), (deep + 18, p.KRAFT)]:
            sheet.path(box(-20, y + k, 1640, 24), tone)
            sheet.line(f"M-20 {y + k + 24:.0f}h1640", p.BARK, 4, opacity=0.7)
            sheet.line(f"M-20 {y + k + 3:.0f}h1640", p.CHALK, 3, opacity=0.45)
        points = []
        for i in range(241):
            x = -40 + 1700 * i / 240
            points.append(
                (x, y + 24 + deep / 2 + (deep / 2 - 9) * math.sin(math.tau * (x / pitch + shift)) + 2 * wave(y, x / 90))
            )
        sheet.line(smooth([(px + 4, py + 9) for px, py in points]), p.INK, 25, opacity=0.4)
        sheet.line(smooth(points), p.KRAFT_DARK, 25)
        sheet.line(smooth([(px - 1, py - 4) for px, py in points]), p.KRAFT_LIGHT, 11)
    sheet.shade(box(-20, top, 1640, 740), p.INK, (800, 2060), (800, top + 120), strength=0.5)


def _wide_ribbon(sheet: Sheet) -> None:
    """A ribbon of leftover cloth falling over the board, its selvedge woven tighter."""
    left, right = 880.0, 1330.0

    def edge(x: float) -> list[Point]:
        return [(x + 26 * wave(7, i * 0.42) + i * 5, -40 + 2100 * i / 20) for i in range(21)]

    data = line([*edge(left), *reversed(edge(right))], closed=True)
    shadow = line([(x + 52, y + 20) for x, y in [*edge(left), *reversed(edge(right))]], closed=True)
    sheet.path(shadow, p.INK, opacity=0.34)
    sheet.path(data, p.CLAY)
    dice = Dice(66)
    with sheet.within(data):
        for i in range(42):
            x = left + (right - left) * (i + 0.5) / 42
            tone = p.mix(p.CLAY, p.CLAY_LIGHT if i % 2 else p.CLAY_DARK, 0.6)
            sheet.line(smooth(edge(x)), tone, 5.2, opacity=0.8, dash="15 11" if i % 2 else "11 15", cap="butt")
        for i in range(162):
            y = -40 + i * 13
            shift = 26 * wave(7, (y + 40) / 105 * 0.42) + (y + 40) / 105 * 5
            sheet.line(
                f"M{left + shift:.0f} {y}q{(right - left) / 2:.0f} {dice.between(4, 9):.1f} {right - left:.0f} 0",
                p.CLAY_DARK,
                2.6,
                opacity=0.5,
            )
        for x in (left + 16, left + 34, right - 34, right - 16):
            sheet.line(smooth(edge(x)), p.OAT, 9, opacity=0.92, dash="17 9", cap="butt")
    sheet.shade(data, p.INK, (right + 110, 1000), (right - 130, 1000), strength=0.6)
    sheet.shade(data, p.CLAY_LIGHT, (left, 1000), (left + 200, 1000), strength=0.5)
    fold = box(800, 1296, 700, 70)
    with sheet.within(data):
        sheet.shade(fold, p.INK, (1000, 1296), (1000, 1366), strength=0.6)
