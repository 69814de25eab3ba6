"""The place of Dienstenbedrijf Gent: cardboard, flat and folded, and ribbon by the spool."""

from demo.draw import palette as p
from demo.draw.geometry import Camera, box, ellipse, line
from demo.draw.room import daylight, room
from demo.draw.sheet import Sheet
from demo.draw.strik import gift
from demo.draw.workshop import bench, cast, lamp_over, peg, shelf, steel_window

_WALL = p.mix(p.SAGE, p.MIST, 0.5)
_TOP = p.mix(p.OAT, p.BEECH, 0.45)
_RIBBONS = [p.CLAY, p.MOSS, p.HONEY, p.SLATE, p.CLAY_LIGHT]


def draw_place() -> Sheet:
    """A box on the table, the sheet for the next beside it, ribbons over them and stacks of flat boxes."""
    sheet = room(seed=96, wall=_WALL, floor=p.mix(p.CLAY_LIGHT, p.UMBER, 0.4), skirting=790)
    steel_window(sheet, (1110, 80, 400, 400), (4, 4), sky=(p.MIST, p.CHALK))
    daylight(sheet, 560, 80, 350, 400, 74)
    _spools(sheet)
    _shelf(sheet)
    _flat(sheet)
    lamp_over(sheet, 850, 170, 112, p.mix(p.MOSS, p.MOSS_LIGHT, 0.15))
    bench(sheet, (400, 604, 900, 46), floor=945, tone=_TOP, seed=97)
    _sheet_of_card(sheet)
    shade = p.mix(_TOP, p.UMBER, 0.35)
    gift(sheet, Camera(origin=(1040, 606), scale=5.6, yaw=-14, pitch=24), 46, 32, 14, shadow=shade)
    _tools(sheet)
    _below(sheet)
    return sheet


def _spools(sheet: Sheet) -> None:
    """A rod with five spools, an end of ribbon hanging from each."""
    sheet.path(box(52, 176, 500, 14, 6), p.INK, opacity=0.2)
    sheet.path(box(46, 164, 500, 14, 6), p.BEECH)
    for k, tone in enumerate(_RIBBONS):
        x, low = 74.0 + k * 94, (330, 290, 362, 306, 340)[k]
        tail = f"M{x} 190V{low}L{x + 62} {low - 26}V190Z"
        cast(sheet, tail, _WALL, far=12)
        cast(sheet, box(x - 8, 124, 78, 96, 4), _WALL, far=12)
        sheet.path(tail, tone)
        sheet.shade(tail, p.mix(tone, p.INK, 0.6), (x + 31, 210), (x + 31, 280), strength=0.7)
        body = box(x, 134, 62, 76)
        sheet.path(body, tone)
        sheet.shade(body, p.mix(tone, p.INK, 0.6), (x + 31, 212), (x + 31, 160), strength=0.85)
        sheet.shade(body, p.mix(tone, p.CHALK, 0.5), (x + 31, 134), (x + 31, 160), strength=0.6)
        for side in (-8, 62):
            flange = box(x + side, 124, 9, 96, 3)
            sheet.path(flange, p.KRAFT_LIGHT)
            sheet.shade(flange, p.BARK, (x + side, 220), (x + side, 150), strength=0.7)
    for x in (50, 542):
        peg(sheet, x, 171)


def _shelf(sheet: Sheet) -> None:
    """Two finished boxes and a pile of lids on a board."""
    shelf(sheet, 90, 560, 270, _WALL)
    for x, y, wide, high, tone in (
        (110, 500, 150, 60, p.KRAFT),
        (126, 446, 118, 54, p.KRAFT_LIGHT),
        (276, 512, 70, 48, p.KRAFT_DARK),
    ):
        carton = box(x, y, wide, high)
        sheet.path(carton, tone)
        sheet.path(box(x - 3, y, wide + 6, 16), p.mix(tone, p.CHALK, 0.18))
        sheet.shade(carton, p.BARK, (x + wide, y + high), (x + wide * 0.3, y), strength=0.6)
        sheet.path(box(x + wide / 2 - 7, y, 14, high), p.CLAY if wide > 100 else p.MOSS)


def _flat(sheet: Sheet) -> None:
    """Sheets of cardboard that lean against the wall, under the shelf."""
    for k, (x, top) in enumerate(((70, 662), (104, 690), (150, 716))):
        corners = [(x + 18, top), (x + 300, top + 6), (x + 286, 950 + k * 14), (x, 944 + k * 14)]
        sheet.path(line([(a + 22, b + 10) for a, b in corners], closed=True), p.INK, opacity=0.18)
        tone = (p.KRAFT_DARK, p.KRAFT, p.KRAFT_LIGHT)[k]
        sheet.path(line(corners, closed=True), tone)
        sheet.shade(line(corners, closed=True), p.BARK, corners[2], corners[0], strength=0.45)
        sheet.line(line(corners[:2]), p.mix(tone, p.CHALK, 0.4), 5)


def _sheet_of_card(sheet: Sheet) -> None:
    """The net of a box on the table, with its folds."""
    net = [(470, 616), (560, 616), (566, 608), (690, 608), (698, 616), (800, 616), (820, 640), (712, 640), (704, 648)]
    net += [(556, 648), (548, 640), (446, 640)]
    sheet.path(line([(a + 10, b + 6) for a, b in net], closed=True), p.UMBER, opacity=0.4)
    sheet.path(line(net, closed=True), p.KRAFT_LIGHT)
    sheet.shade(line(net, closed=True), p.KRAFT_DARK, (820, 650), (560, 610), strength=0.6)
    sheet.line("M560 616L548 640M698 616L712 640M564 616H698M550 640H712", p.BARK, 2.5, dash="7 6")


def _tools(sheet: Sheet) -> None:
    """Scissors, and the end of a ribbon that is cut to length."""
    sheet.path("M724 604C770 590 800 612 846 600L850 612C804 626 772 604 728 618Z", p.CLAY)
    with sheet.group(transform="translate(470 585) rotate(14)"):
        sheet.line("M0 0L74 18", p.SLATE_DARK, 7)
        sheet.line("M0 18L74 2", p.SLATE_DARK, 7)
        for y in (-8, 26):
            sheet.line(ellipse(-18, y, 17, 11), p.CLAY_DARK, 6)


def _below(sheet: Sheet) -> None:
    """Bundles of flat boxes on the lower board, each with a string."""
    for x, count in ((500, 7), (730, 5), (950, 8)):
        for k in range(count):
            y = 842 - k * 14
            tone = p.mix(p.KRAFT, p.KRAFT_DARK if k % 2 else p.KRAFT_LIGHT, 0.5)
            sheet.path(box(x + (k % 3) * 4, y, 190, 15), tone)
            sheet.line(f"M{x + (k % 3) * 4} {y + 14}h190", p.BARK, 2, opacity=0.6)
        sheet.path(box(x + 88, 842 - (count - 1) * 14 - 2, 10, count * 14 + 4), p.OAT)
        sheet.shade(
            box(x, 842 - (count - 1) * 14, 198, count * 14), p.BARK, (x + 198, 850), (x + 60, 780), strength=0.6
        )
