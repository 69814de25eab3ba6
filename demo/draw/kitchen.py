"""Zit in use: a low and a high stool at a worktop, in the morning."""

from demo.draw import palette as p
from demo.draw.geometry import Camera, box, ellipse, line
from demo.draw.room import cup, daylight, room, turned, vase, window, worktop
from demo.draw.sheet import Sheet
from demo.draw.zit import stool

_WALL = p.mix(p.SAGE, p.OAT, 0.55)
_FRONT = p.mix(p.SLATE, p.SAGE, 0.3)


def draw_use() -> Sheet:
    """The worktop under the window, the high stool at it, the low one in front."""
    sheet = room(seed=33, wall=_WALL, floor=p.mix(p.OAT, p.SAND, 0.6), skirting=850)
    window(sheet, (760, 60, 420, 290), sky=(p.mix(p.MIST, p.CHALK, 0.3), p.LAMPLIGHT), frame=p.mix(p.OAT, p.CHALK, 0.4))
    daylight(sheet, 1290, 110, 250, 260, 50)
    _tiles(sheet)
    _cupboards(sheet)
    worktop(sheet, (520, 436, 1120, 42), 26, p.mix(p.BEECH, p.BEECH_DARK, 0.25), seed=34)
    _ware(sheet)
    _shelf(sheet)
    tone = p.mix(p.SAND, p.HONEY, 0.35)
    stool(sheet, Camera(origin=(770, 960), scale=7.1, yaw=20, pitch=21), 65, shadow=p.mix(tone, p.UMBER, 0.1))
    stool(sheet, Camera(origin=(300, 990), scale=7.6, yaw=-8, pitch=21), 45, shadow=p.mix(tone, p.UMBER, 0.1))
    return sheet


def _tiles(sheet: Sheet) -> None:
    """A row of glazed tiles above the worktop."""
    for row in range(1):
        for column in range(22):
            x = 520 + column * 52
            tone = p.mix(p.CHALK, p.SAGE, 0.1 + 0.18 * ((column * 7 + row * 3) % 5) / 4)
            if not 712 < x < 1190 or row > 0:
                sheet.path(box(x + 2, 378 + row * 52, 48, 54), tone)
    sheet.path(box(712, 412, 520, 24), p.mix(_WALL, p.INK, 0.12))


def _cupboards(sheet: Sheet) -> None:
    """The fronts under the worktop, with round grips."""
    sheet.path(box(560, 500, 1080, 350), _FRONT)
    sheet.path(box(580, 840, 1060, 40), p.mix(_FRONT, p.INK, 0.65))
    for k in range(4):
        x = 574 + k * 266
        door = box(x, 514, 252, 318)
        sheet.path(door, p.mix(_FRONT, p.CHALK, 0.08))
        sheet.shade(door, p.mix(_FRONT, p.INK, 0.5), (x + 252, 832), (x + 60, 600), strength=0.5)
        sheet.line(door, p.mix(_FRONT, p.INK, 0.5), 3)
        inner = box(x + 26, 540, 200, 266)
        sheet.line(inner, p.mix(_FRONT, p.INK, 0.35), 2.5, opacity=0.7)
        grip = (x + 226 if k % 2 == 0 else x + 26, 560)
        sheet.path(ellipse(grip[0] + 3, grip[1] + 5, 11, 11), p.INK, opacity=0.4)
        sheet.path(ellipse(*grip, 11, 11), p.BEECH)
    sheet.path(box(540, 503, 1100, 26), p.INK, opacity=0.28)


def _ware(sheet: Sheet) -> None:
    """A jug with a branch, a bowl, a loaf on a board."""
    for x, rx in [(626, 52), (1330, 90), (1500, 60)]:
        sheet.path(ellipse(x + 22, 458, rx, 9), p.UMBER, opacity=0.4)
    vase(sheet, (622, 458), 6.4, p.CLAY_LIGHT, seed=35, leaf=p.MOSS)
    board = [(1238, 448), (1420, 448), (1434, 464), (1226, 464)]
    sheet.path(line(board, closed=True), p.BEECH_DARK)
    loaf = "M1256 450C1244 396 1290 376 1332 376C1378 376 1416 398 1404 450Z"
    sheet.path(loaf, p.mix(p.HONEY, p.UMBER, 0.45))
    sheet.shade(loaf, p.BARK, (1400, 452), (1320, 400), strength=0.8)
    for k in range(3):
        sheet.line(f"M{1288 + k * 34} 392q10 12 4 30", p.OAT, 6, opacity=0.85)
    turned(
        sheet, (1500, 462), [(3, 0), (6, 2.5), (7.4, 6.4)], 7.2, p.CHALK, inside=p.mix(p.SLATE, p.MIST, 0.5), tilt=0.24
    )
    cup(sheet, (880, 462), 6.6, p.mix(p.SLATE, p.MIST, 0.3))


def _shelf(sheet: Sheet) -> None:
    """A shelf on the left wall, with plates and jars, and a cloth on a peg."""
    sheet.path(box(96, 330, 380, 16), p.BEECH_DARK)
    sheet.path(box(104, 346, 364, 10), p.INK, opacity=0.2)
    for x, r, tone in [(170, 62, p.CHALK), (252, 48, p.CLAY_LIGHT)]:
        sheet.path(ellipse(x + 8, 330 - r + 4, r, r), p.mix(_WALL, p.INK, 0.22))
        plate = ellipse(x, 330 - r, r, r)
        sheet.path(plate, tone)
        sheet.shade(plate, p.mix(tone, p.INK, 0.4), (x + r, 330), (x - r * 0.4, 330 - 1.4 * r), strength=0.6)
        sheet.line(ellipse(x, 330 - r, r * 0.66, r * 0.66), p.mix(tone, p.INK, 0.25), 3, opacity=0.6)
    for x, tall, tone in [(340, 11.0, p.MOSS_LIGHT), (392, 8.0, p.HONEY), (440, 12.0, p.SLATE)]:
        turned(sheet, (x, 328), [(2.6, 0), (2.9, tall * 0.5), (2.6, tall * 0.85), (2.0, tall)], 7.4, tone, tilt=0.18)
        sheet.path(ellipse(x, 328 - tall * 7.3, 16, 5), p.BEECH_DARK)
    cloth = "M128 372C132 372 150 372 152 372C170 460 178 540 184 604L112 604C106 540 112 460 128 372Z"
    sheet.path(cloth, p.OAT)
    with sheet.within(cloth):
        for y in (540, 556, 580):
            sheet.line(f"M90 {y}h120", p.CLAY, 7 if y != 556 else 3)
    sheet.shade(cloth, p.STONE, (186, 500), (140, 480), strength=0.85)
    sheet.path(ellipse(140, 372, 9, 9), p.BEECH_DARK)
