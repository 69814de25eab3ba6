"""The place of Labeur: rope in coils and hanks, and a lamp above the bench where it was knotted."""

from demo.draw import palette as p
from demo.draw.fibres import cord
from demo.draw.geometry import Dice, box, ellipse, line
from demo.draw.koord import lamp
from demo.draw.room import daylight, room
from demo.draw.sheet import Sheet
from demo.draw.workshop import bench, coil, hank, steel_window

_WALL = p.mix(p.MIST, p.OAT, 0.3)
_TOP = p.mix(p.BEECH, p.UMBER, 0.35)
_ROPE = (p.mix(p.SAND, p.HONEY, 0.35), p.mix(p.ROPE, p.BARK, 0.3))
_PALE = (p.mix(p.OAT, p.SAND, 0.5), p.mix(p.HONEY, p.ROPE, 0.5))


def draw_place() -> Sheet:
    """Hanks on a rail, the bench with a rope that is combed out, coils on the floor."""
    sheet = room(seed=76, wall=_WALL, floor=p.mix(p.STONE, p.SAND, 0.45), skirting=780)
    steel_window(sheet, (1060, 80, 440, 400), (4, 4), sky=(p.mix(p.MIST, p.SLATE, 0.12), p.CHALK), roofs=p.SLATE_DARK)
    daylight(sheet, 560, 90, 340, 400, 70)
    _rail(sheet)
    bench(sheet, (380, 610, 900, 44), floor=940, tone=_TOP, seed=77)
    sheet.path(ellipse(830, 640, 190, 14), p.BARK, opacity=0.35)
    sheet.line("M800 -20V150", p.CLAY, 7)
    lamp(sheet, (800, 190), 178, count=38, lit=0.3)
    _combed(sheet)
    for x, tone in ((560, _PALE), (760, _ROPE)):
        coil(sheet, (x, 838), 78, 3, 24, tone)
    _end(sheet)
    coil(sheet, (215, 940), 190, 5, 46, _ROPE)
    coil(sheet, (1420, 950), 150, 4, 42, _PALE)
    return sheet


def _rail(sheet: Sheet) -> None:
    """Four hanks of washed cord, sorted by their shade."""
    sheet.path(box(60, 116, 460, 26, 3), p.BEECH)
    sheet.path(box(66, 142, 456, 10), p.INK, opacity=0.16)
    tones = [_PALE, _ROPE, (p.mix(p.OAT, p.STONE, 0.25), p.STONE), (p.HONEY, p.mix(p.ROPE, p.BARK, 0.5))]
    for k, pair in enumerate(tones):
        hank(sheet, 116 + 116 * k, 129, (300, 340, 280, 320)[k], 82, pair, wall=_WALL, seed=78 + k)


def _end(sheet: Sheet) -> None:
    """The end of the big coil, which goes up to the bench and over its edge."""
    way = [(330, 900), (400, 840), (412, 730), (440, 632), (520, 618), (590, 630)]
    cord(sheet, way, 40, light=_ROPE[0], dark=_ROPE[1])


def _combed(sheet: Sheet) -> None:
    """Where the rope is opened: strands side by side, and the comb."""
    dice = Dice(79)
    for k in range(7):
        y = 618 + k * 6
        way = [(588, 630), (640, 622 + k * 4), (700, y), (752 + dice.between(-16, 16), y + dice.between(-2, 2))]
        cord(sheet, way, 9, light=_PALE[0], dark=_PALE[1])
    sheet.path(ellipse(1094, 642, 80, 9), p.BARK, opacity=0.45)
    sheet.path(box(1020, 612, 140, 24, 5), p.UMBER)
    for k in range(14):
        sheet.line(line([(1030 + k * 9.4, 614), (1030 + k * 9.4, 584)]), p.SLATE_DARK, 3)
