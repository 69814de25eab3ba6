"""Strik in use: the box on a table, next to a vase with a branch."""

import math

from demo.draw import palette as p
from demo.draw.geometry import Camera, box, ellipse, line, smooth
from demo.draw.room import cup, daylight, room, vase, window, worktop
from demo.draw.sheet import Sheet
from demo.draw.strik import gift

_WALL = p.mix(p.BLUSH, p.CLAY_LIGHT, 0.28)


def draw_use() -> Sheet:
    """The gift on a laid table, before anyone has come in."""
    sheet = room(seed=63, wall=_WALL, floor=p.UMBER, skirting=1090)
    window(sheet, (90, 60, 330, 420), sky=(p.MIST, p.LAMPLIGHT), frame=p.mix(p.OAT, p.CHALK, 0.4))
    daylight(sheet, 820, 90, 420, 440, 90)
    _bunting(sheet)
    worktop(sheet, (-40, 690, 1680, 318), 40, p.mix(p.OAT, p.CHALK, 0.35), seed=64)
    sheet.path(box(-40, 1048, 1680, 60), p.mix(p.UMBER, p.INK, 0.5))
    _runner(sheet)
    sheet.path(ellipse(392, 868, 130, 24), p.STONE, opacity=0.6)
    vase(sheet, (336, 868), 13.5, p.mix(p.SLATE, p.MIST, 0.3), seed=65, leaf=p.MOSS)
    camera = Camera(origin=(830, 872), scale=13.2, yaw=-22, pitch=23)
    gift(sheet, camera, 36, 24, 14, shadow=p.mix(p.STONE, p.SAND, 0.35))
    _card(sheet)
    sheet.path(ellipse(1404, 930, 80, 15), p.STONE, opacity=0.6)
    cup(sheet, (1372, 930), 13, p.MOSS)
    return sheet


def _bunting(sheet: Sheet) -> None:
    """A string of paper triangles across the wall."""
    tones = [p.CLAY, p.OAT, p.MOSS, p.HONEY, p.SLATE, p.CHALK]
    string = [(500 + 1140 * t / 24, 30 + 150 * math.sin(math.pi * t / 24)) for t in range(25)]
    for k in range(12):
        (x0, y0), (x1, y1) = string[2 * k], string[2 * k + 1]
        tip = ((x0 + x1) / 2 + 6, (y0 + y1) / 2 + 84)
        ex, ey = x1 + (x1 - x0) * 0.5, y1 + (y1 - y0) * 0.5
        tip = ((x0 + ex) / 2 + 4, (y0 + ey) / 2 + 86)
        sheet.path(
            line([(x0 + 12, y0 + 14), (ex + 12, ey + 14), (tip[0] + 14, tip[1] + 12)], closed=True),
            p.mix(_WALL, p.INK, 0.3),
            opacity=0.5,
        )
        flag = line([(x0, y0), (ex, ey), tip], closed=True)
        sheet.path(flag, tones[k % 6])
        sheet.shade(flag, p.mix(tones[k % 6], p.INK, 0.5), (ex, y0), (x0, y0 + 10), strength=0.55)
    sheet.line(smooth(string), p.BARK, 3.5)


def _runner(sheet: Sheet) -> None:
    """A linen cloth over the table, with three clay-coloured lines."""
    cloth = [(470, 690), (1230, 690), (1420, 1008), (340, 1008)]
    sheet.path(line(cloth, closed=True), p.mix(p.SAGE, p.OAT, 0.45))
    sheet.path(box(340, 1008, 1080, 46), p.mix(p.SAGE, p.STONE, 0.35))
    for share, width in [(0.05, 9.0), (0.08, 4.0), (0.92, 4.0), (0.95, 9.0)]:
        top, low = 470 + 760 * share, 340 + 1080 * share
        sheet.line(f"M{top:.0f} 690L{low:.0f} 1008V1052", p.CLAY_LIGHT, width, cap="butt", opacity=0.9)
    sheet.shade(line(cloth, closed=True), p.STONE, (1420, 1020), (800, 780), strength=0.5)


def _card(sheet: Sheet) -> None:
    """A folded card, not yet written."""
    sheet.path(line([(1130, 968), (1300, 950), (1400, 968), (1226, 990)], closed=True), p.STONE, opacity=0.5)
    back = [(1130, 962), (1140, 850), (1260, 836), (1250, 946)]
    front = [(1130, 962), (1140, 850), (1216, 872), (1210, 988)]
    sheet.path(line(back, closed=True), p.mix(p.CHALK, p.STONE, 0.25))
    sheet.path(line(front, closed=True), p.CHALK)
    sheet.path(ellipse(1172, 918, 20, 26), p.CLAY)
    sheet.path(ellipse(1177, 914, 9, 12), p.CHALK)
