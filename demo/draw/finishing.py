"""The place of Weerwerk: rims bent on their form, felt cut to size, trays that are looked at twice."""

from demo.draw import palette as p
from demo.draw.fibres import hairs
from demo.draw.geometry import Camera, Dice, box, ellipse, line, rounded
from demo.draw.laag import LARGE, MIDDLE, SMALL, flat, tray
from demo.draw.room import daylight, room
from demo.draw.sheet import Sheet
from demo.draw.workshop import bench, cast, cylinder, lamp_over, peg, steel_window

_WALL = p.mix(p.SLATE, p.MIST, 0.5)
_TOP = p.mix(p.BEECH_LIGHT, p.BEECH, 0.4)
_FELTS = [LARGE.felt, MIDDLE.felt, SMALL.felt]


def draw_place() -> Sheet:
    """Trays on the bench, the rims of others on the wall, rolls of felt in a crate."""
    sheet = room(seed=101, wall=_WALL, floor=p.mix(p.BEECH, p.UMBER, 0.25), skirting=785)
    steel_window(sheet, (600, 70, 460, 370), (4, 3), sky=(p.mix(p.MIST, p.CHALK, 0.4), p.LAMPLIGHT))
    daylight(sheet, 1160, 330, 300, 300, 56)
    _rims(sheet)
    _clamps(sheet)
    lamp_over(sheet, 492, 200, 84, p.mix(p.HONEY, p.LAMPLIGHT, 0.15))
    bench(sheet, (330, 610, 960, 58), floor=950, tone=_TOP, seed=102)
    _felt_over(sheet)
    _trays(sheet)
    _block(sheet)
    _below(sheet)
    _rolls(sheet)
    return sheet


def _rims(sheet: Sheet) -> None:
    """Bent rims of three sizes on pegs, drying one within the other."""
    for k, (x, y, wide, high) in enumerate(((60, 150, 330, 220), (104, 186, 256, 168), (146, 218, 182, 116))):
        ring = box(x, y, wide, high, 54 - k * 8)
        cast(sheet, box(x, y, wide, high, 54 - k * 8) + box(x + 13, y + 13, wide - 26, high - 26, 44 - k * 8), _WALL)
        sheet.line(ring, p.UMBER, 17)
        sheet.line(ring, p.mix(p.BEECH_LIGHT, p.BEECH, 0.3 * k), 13)
        sheet.line(box(x - 2, y - 2, wide, high, 54 - k * 8), p.mix(p.BEECH_LIGHT, p.CHALK, 0.4), 3, opacity=0.8)
    peg(sheet, 225, 143)


def _clamps(sheet: Sheet) -> None:
    """A rail with clamps, one like the other."""
    sheet.path(box(1120, 120, 420, 26, 3), p.BEECH)
    sheet.path(box(1126, 146, 416, 10), p.INK, opacity=0.2)
    for k in range(4):
        x = 1160 + k * 104
        clamp = f"M{x} 130V320H{x + 52}V300H{x + 18}V166H{x + 52}V130Z"
        cast(sheet, clamp, _WALL)
        sheet.path(clamp, p.CLAY if k % 2 else p.mix(p.CLAY, p.CLAY_DARK, 0.6))
        sheet.shade(clamp, p.INK, (x + 52, 320), (x, 180), strength=0.45)
        sheet.line(f"M{x + 42} 320V214", p.SLATE_DARK, 7)
        sheet.path(box(x + 30, 206, 24, 12, 3), p.SLATE_DARK)
        sheet.line(f"M{x + 42} 320V352", p.BEECH_LIGHT, 16)
        peg(sheet, x + 9, 133)


def _felt_over(sheet: Sheet) -> None:
    """A length of felt that hangs over the edge of the bench; the places of three bottoms are cut out of it."""
    tone = _FELTS[1]
    fall = "M372 616H632L640 668L644 842C600 852 560 838 520 846C470 852 420 840 364 848L366 668Z"
    with sheet.group(transform="translate(12 8)", opacity=0.4):
        sheet.path(fall, p.UMBER)
    sheet.path(fall, tone)
    with sheet.within(fall):
        hairs(
            sheet,
            (360, 610, 290, 240),
            900,
            length=13,
            dice=Dice(103),
            colours=[p.mix(tone, p.CHALK, 0.5), p.mix(tone, p.INK, 0.4)],
        )
    sheet.shade(fall, p.mix(tone, p.INK, 0.55), (510, 860), (510, 700), strength=0.7)
    sheet.shade(fall, p.mix(tone, p.CHALK, 0.5), (400, 610), (460, 690), strength=0.5)
    sheet.line("M366 668H640", p.mix(tone, p.CHALK, 0.4), 4, opacity=0.7)
    for x in (392, 516):
        hole = box(x, 716, 100, 78, 16)
        sheet.path(hole, p.mix(p.UMBER, p.INK, 0.45))
        sheet.line(f"M{x + 4} 790V732q0 -14 16 -14H{x + 96}", p.INK, 5, opacity=0.6)


def _trays(sheet: Sheet) -> None:
    """The large one whole, and a stack of small ones that wait for their felt."""
    camera = Camera(origin=(896, 634), scale=6.6, yaw=-9, pitch=22)
    shadow = [flat(camera, 3, 1, 0)(u, v, 0) for u, v in rounded(46, 30, 5)]
    sheet.path(line(shadow, closed=True), p.UMBER, opacity=0.5)
    tray(sheet, flat(camera, 0, 0, 0), LARGE, scale=6.6, seed=104)
    side = Camera(origin=(1172, 640), scale=6.6, yaw=10, pitch=22)
    shadow = [flat(side, 2.6, 0.8, 0)(u, v, 0) for u, v in rounded(26, 17, 3.4)]
    sheet.path(line(shadow, closed=True), p.UMBER, opacity=0.5)
    for k in range(4):
        tray(sheet, flat(side, 0, 0, 3.1 * k), SMALL, scale=6.6, seed=105 + k)


def _block(sheet: Sheet) -> None:
    """A cork block with its sandpaper, on the bench."""
    sheet.path(ellipse(706, 640, 44, 7), p.UMBER, opacity=0.5)
    sheet.path(box(656, 612, 80, 26, 3), p.HONEY)
    sheet.shade(box(656, 612, 80, 26, 3), p.UMBER, (736, 638), (676, 616), strength=0.7)
    sheet.path(box(654, 634, 84, 7), p.SLATE_DARK)


def _below(sheet: Sheet) -> None:
    """Trays that passed, in each other, on the lower board."""
    for x, count, wide in ((700, 6, 240), (980, 4, 190)):
        for k in range(count):
            y = 848 - k * 17
            rim = box(x + (k % 2) * 3, y, wide, 16, 7)
            sheet.path(rim, p.mix(p.BEECH_LIGHT, p.BEECH, 0.2 + 0.2 * (k % 3)))
            sheet.line(f"M{x + 6} {y + 15}h{wide - 12}", p.UMBER, 2.5, opacity=0.6)
            sheet.line(f"M{x + 8} {y + 8}h{wide - 16}", p.UMBER, 1.4, opacity=0.35)
        top = 848 - (count - 1) * 17
        sheet.shade(box(x, top, wide, 848 - top + 16), p.UMBER, (x + wide, 860), (x + wide * 0.4, top), strength=0.7)


def _rolls(sheet: Sheet) -> None:
    """Felt by the roll, standing in a crate."""
    sheet.path(ellipse(1450, 984, 160, 20), p.INK, opacity=0.25)
    for k, (x, high) in enumerate(((1380, 330), (1440, 390), (1500, 300))):
        cylinder(sheet, x, 940, 66, high, _FELTS[k])
        for r in (20, 11):
            sheet.line(ellipse(x, 940 - high, r, r * 0.24), p.mix(_FELTS[k], p.INK, 0.5), 3, opacity=0.7)
    crate = box(1330, 850, 226, 130, 3)
    sheet.path(crate, p.mix(p.HONEY, p.UMBER, 0.3))
    for k in (1, 2):
        sheet.line(f"M1330 {850 + k * 43}h226", p.BARK, 5, opacity=0.6)
    sheet.shade(crate, p.BARK, (1556, 980), (1400, 860), strength=0.7)
    sheet.line("M1330 853h226", p.BEECH_LIGHT, 4, opacity=0.8)
