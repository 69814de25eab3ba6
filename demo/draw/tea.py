"""Laag in use: tea on the large tray, on a low table."""

import math

from demo.draw import palette as p
from demo.draw.geometry import Camera, box, ellipse, line, rounded, smooth, wave
from demo.draw.inslag import CHALK, bands
from demo.draw.laag import LARGE, SMALL, flat, tray
from demo.draw.room import cup, daylight, room, turned, vase
from demo.draw.sheet import Sheet

_WALL = p.mix(p.HONEY, p.OAT, 0.62)


def draw_use() -> Sheet:
    """The tray on a round table before a sofa, with a pot and two cups."""
    sheet = room(seed=43, wall=_WALL, floor=p.mix(p.UMBER, p.BEECH_DARK, 0.4), skirting=640)
    daylight(sheet, 980, 40, 400, 330, 84)
    _sofa(sheet)
    _table(sheet)
    camera = Camera(origin=(640, 832), scale=15.5, yaw=-16, pitch=27)
    shadow = [flat(camera, 3, 1, 0)(u, v, 0) for u, v in rounded(46, 30, 5)]
    sheet.path(line(shadow, closed=True), p.UMBER, opacity=0.55)
    tray(sheet, flat(camera, 0, 0, 0), LARGE, scale=15.5, seed=44)
    felt = p.mix(LARGE.felt, p.INK, 0.5)
    for x, y, rx in [(552, 838, 118), (770, 812, 58), (742, 896, 58)]:
        sheet.path(ellipse(x + 30, y + 2, rx, rx * 0.32), felt, opacity=0.6)
    _pot(sheet, 540, 842, 15)
    cup(sheet, (756, 812), 13.5, p.CHALK)
    cup(sheet, (722, 896), 13.5, p.mix(p.CLAY_LIGHT, p.BLUSH, 0.35))
    side = Camera(origin=(1275, 868), scale=15.5, yaw=14, pitch=27)
    shadow = [flat(side, 2.4, 0.8, 0)(u, v, 0) for u, v in rounded(26, 16, 3.4)]
    sheet.path(line(shadow, closed=True), p.UMBER, opacity=0.55)
    tray(sheet, flat(side, 0, 0, 0), SMALL, scale=15.5, seed=46)
    _keys(sheet, 1256, 864)
    sheet.path(ellipse(1545, 774, 96, 18), p.UMBER, opacity=0.45)
    vase(sheet, (1490, 770), 9.8, p.mix(p.MOSS, p.MOSS_LIGHT, 0.3), seed=45, leaf=p.MOSS_LIGHT)
    return sheet


def _sofa(sheet: Sheet) -> None:
    """A low sofa behind the table, with a folded blanket over its back."""
    tone = p.mix(p.SLATE, p.MIST, 0.22)
    sheet.path(box(110, 540, 900, 80), p.mix(tone, p.INK, 0.35))
    for x, y, width, height, radius in [
        (60, 250, 1000, 330, 46),
        (10, 340, 130, 330, 50),
        (990, 340, 130, 330, 50),
        (120, 470, 440, 130, 34),
        (566, 470, 440, 130, 34),
    ]:
        part = box(x, y, width, height, radius)
        sheet.path(part, p.mix(tone, p.CHALK, 0.06 if height < 200 else 0))
        sheet.shade(
            part, p.mix(tone, p.INK, 0.55), (x + width, y + height), (x + width * 0.4, y + height * 0.2), strength=0.62
        )
        sheet.shade(part, p.mix(tone, p.CHALK, 0.45), (x, y), (x + width * 0.3, y + height * 0.6), strength=0.6)
    sheet.path(box(40, 596, 1060, 90), p.mix(tone, p.INK, 0.45))
    for a, b, colour in bands(CHALK, 4):
        left, right = 740 + 210 * a, 740 + 210 * b
        fall = [(left + 6 * wave(2, 1), 244), (left - 4, 330), (left + 5, 400), (left - 2, 462)]
        back = [(right - 2, 462), (right + 5, 400), (right - 4, 330), (right + 6 * wave(2, 1), 244)]
        sheet.path(smooth(fall) + smooth(back).replace("M", "L", 1) + "Z", colour, stroke=colour, width=1)
    for i in range(28):
        place = 740 + 210 * (i + 0.5) / 28
        sheet.line(f"M{place:.0f} 460q{3 * wave(i, 1):.1f} 14 {4 * wave(i, 2):.1f} 28", p.mix(p.OAT, p.STONE, 0.2), 3.4)
    sheet.shade(box(738, 244, 218, 220), p.mix(p.STONE, p.INK, 0.3), (960, 420), (820, 330), strength=0.6)


def _table(sheet: Sheet) -> None:
    """A large round table top, cut off by the edge of the picture."""
    cx, cy, rx, ry = 820.0, 880.0, 900.0, 236.0
    sheet.path(ellipse(cx + 60, cy + 60, rx, ry), p.INK, opacity=0.3)
    sheet.path(ellipse(cx, cy + 34, rx, ry), p.mix(p.BEECH_DARK, p.UMBER, 0.45))
    top = ellipse(cx, cy, rx, ry)
    tone = p.mix(p.BEECH, p.BEECH_LIGHT, 0.25)
    sheet.path(top, tone)
    with sheet.within(top):
        for i in range(64):
            y = cy - ry + 2 * ry * (i + 0.5) / 64
            points = [(-100 + 1900 * k / 20, y + 5 * wave(i // 5, k * 0.4) - 16 * math.sin(k * 0.2)) for k in range(21)]
            sheet.line(smooth(points), p.mix(tone, p.UMBER, 0.2 + 0.35 * (i % 4) / 3), 1.4 + (i % 3), opacity=0.45)
    sheet.shade(top, p.BEECH_LIGHT, (0, 640), (1000, 950), strength=0.6)
    sheet.shade(top, p.BEECH_DARK, (1700, 1080), (900, 860), strength=0.5)
    sheet.line(f"M{cx - rx} {cy}A{rx} {ry} 0 0 0 {cx + rx} {cy}", p.BEECH_LIGHT, 5, opacity=0.9)


def _pot(sheet: Sheet, x: float, y: float, scale: float) -> None:
    """A stoneware teapot with a cane handle."""
    tone = p.mix(p.INK_SOFT, p.SLATE, 0.4)
    spout = (
        f"M{x - 70} {y - 60}C{x - 130} {y - 70} {x - 120} {y - 130} {x - 160} {y - 146}L{x - 136} {y - 156}"
        f"C{x - 96} {y - 140} {x - 110} {y - 100} {x - 50} {y - 106}Z"
    )
    sheet.path(spout, p.mix(tone, p.CHALK, 0.1))
    sheet.line(f"M{x - 66} {y - 150}C{x - 70} {y - 280} {x + 70} {y - 280} {x + 66} {y - 150}", p.BARK, 15)
    sheet.line(f"M{x - 68} {y - 150}C{x - 72} {y - 282} {x + 66} {y - 282} {x + 64} {y - 150}", p.HONEY, 8, dash="9 4")
    turned(sheet, (x, y), [(4.6, 0), (7.2, 2.6), (8, 5.6), (6.6, 9), (3.4, 10.8)], scale, tone, tilt=0.36)
    lid = [(3.5, 0), (3.3, 0.9), (1.4, 1.6), (0.9, 2.3), (1.1, 3)]
    turned(sheet, (x, y - 10.2 * scale * 0.93), lid, scale, p.mix(tone, p.CHALK, 0.08), tilt=0.36)


def _keys(sheet: Sheet, x: float, y: float) -> None:
    """Two keys on a ring."""
    sheet.line(ellipse(x, y, 24, 13), p.INK_SOFT, 4)
    for dx, dy in [(66, 10), (50, 30)]:
        sheet.line(f"M{x + 18} {y + 6}l{dx} {dy}", p.mix(p.HONEY, p.INK, 0.35), 8)
        sheet.line(f"M{x + 18 + dx * 0.8:.0f} {y + 6 + dy * 0.8:.0f}l-4 10m12 -6l-4 10", p.mix(p.HONEY, p.INK, 0.35), 5)
