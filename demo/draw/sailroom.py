"""The place of Nevelland: a banner over the table, the machine that sews it, the rolls that wait."""

from demo.draw import palette as p
from demo.draw.fibres import stitches
from demo.draw.geometry import Dice, box, ellipse, line
from demo.draw.room import daylight, room
from demo.draw.sheet import Sheet
from demo.draw.workshop import bench, lamp_over, peg, shelf, steel_window
from demo.draw.zeil import arch, bag

_WALL = p.mix(p.OAT, p.HONEY, 0.3)
_TOP = p.mix(p.BEECH, p.UMBER, 0.2)
_IRON = p.mix(p.SLATE_DARK, p.INK, 0.35)
_ROLLS = [p.SLATE, p.CLAY, p.CHALK, p.HONEY, p.MOSS, p.CLAY_LIGHT]


def draw_place() -> Sheet:
    """The table with half a letter on it; shears and a finished bag on the wall, rolls of banner under the window."""
    sheet = room(seed=111, wall=_WALL, floor=p.mix(p.SLATE, p.STONE, 0.5), skirting=790)
    steel_window(sheet, (80, 80, 420, 400), (4, 4), sky=(p.MIST, p.CHALK))
    daylight(sheet, 600, 90, 340, 400, 74)
    _rail(sheet)
    _cones(sheet)
    lamp_over(sheet, 900, 180, 112, p.SLATE)
    bench(sheet, (420, 612, 960, 46), floor=950, tone=_TOP, seed=112)
    _rolls(sheet)
    _banner(sheet)
    _machine(sheet)
    return sheet


def _rail(sheet: Sheet) -> None:
    """A bag that is done, and the shears."""
    sheet.path(box(1120, 96, 420, 26, 3), p.BEECH)
    sheet.path(box(1126, 122, 416, 10), p.INK, opacity=0.16)
    sheet.path(box(1310 + 16, 250 + 16, 210, 232), p.mix(_WALL, p.INK, 0.42), opacity=0.5)
    bag(sheet, 1310, 248, 5.3, hang=(1411, 112))
    peg(sheet, 1411, 109)
    with sheet.group(transform="translate(1194 102) rotate(6) scale(.8)"):
        with sheet.group(transform="translate(14 12)", opacity=0.45):
            sheet.path("M-6 96L-26 300L4 110L34 296L12 92Z", p.mix(_WALL, p.INK, 0.42))
        sheet.path("M-4 90L-30 296L10 104Z", p.mix(p.SLATE, p.STONE, 0.3))
        sheet.path("M4 90L36 292L-6 104Z", p.mix(p.SLATE, p.MIST, 0.4))
        for x in (-24, 24):
            sheet.line(ellipse(x, 40, 19, 34), _IRON, 11)
        sheet.line("M-12 68L6 104M12 68L-4 104", _IRON, 12)
        sheet.path(ellipse(1, 104, 6, 6), p.HONEY)
    peg(sheet, 1176, 109)


def _cones(sheet: Sheet) -> None:
    """Cones of strong thread on a small shelf."""
    shelf(sheet, 620, 470, 210, _WALL)
    for k, tone in enumerate((p.CHALK, p.INK_SOFT, p.CLAY)):
        x = 660.0 + k * 64
        cone = f"M{x - 24} 470L{x - 12} 392H{x + 12}L{x + 24} 470Z"
        sheet.path(cone, tone)
        with sheet.within(cone):
            for i in range(10):
                sheet.line(f"M{x - 26} {468 - i * 8}l52 -8", p.mix(tone, p.STONE, 0.5), 1.8, opacity=0.6)
        sheet.shade(cone, p.mix(tone, p.INK, 0.6), (x + 24, 470), (x - 6, 470), strength=0.8)


def _banner(sheet: Sheet) -> None:
    """The banner, rolled out over the table and down its front: a disc, half a letter, a field of another colour."""
    cloth = "M470 618H980L1000 658L1012 874C940 884 860 868 780 880C680 892 560 872 446 884L452 658Z"
    with sheet.group(transform="translate(16 10)", opacity=0.4):
        sheet.path(cloth, p.INK)
    sheet.path(cloth, p.CHALK)
    with sheet.within(cloth):
        sheet.path(box(430, 600, 210, 300), p.CLAY)
        sheet.path(ellipse(640, 742, 96, 96), p.HONEY)
        sheet.path(box(850, 600, 200, 300), p.SLATE)
        sheet.path(arch((850, 800), 118, 58, 180, 360), p.INK_SOFT)
        for k in range(60):
            sheet.line(f"M430 {610 + k * 5}h600", p.INK, 1.4, opacity=0.1, dash="3 4", cap="butt")
        dice = Dice(113)
        for _ in range(9):
            x, y = dice.between(460, 980), dice.between(690, 860)
            sheet.line(
                f"M{x:.0f} {y:.0f}l{dice.between(-40, 40):.0f} {dice.between(20, 60):.0f}", p.CHALK, 2, opacity=0.5
            )
    sheet.shade(cloth, p.mix(p.SLATE_DARK, p.INK, 0.4), (730, 900), (730, 740), strength=0.55)
    for x in (560, 742, 930):
        sheet.shade(
            f"M{x} 664C{x - 14} 740 {x + 16} 800 {x - 6} 880H{x + 36}C{x + 40} 800 {x + 22} 740 {x + 30} 664Z",
            p.INK,
            (x, 0),
            (x + 36, 0),
            strength=0.4,
        )
    sheet.line("M452 659H1000", p.CHALK, 4, opacity=0.7)
    stitches(sheet, [(462, 866), (620, 862), (780, 866), (1000, 860)], colour=p.OAT, width=3, length=12, gap=8)


def _machine(sheet: Sheet) -> None:
    """The sewing machine, with the banner's edge under its foot."""
    x, y = 1060.0, 626.0
    sheet.path(ellipse(x + 130, y + 10, 190, 12), p.UMBER, opacity=0.55)
    base = box(x, y - 18, 262, 24, 5)
    body = (
        f"M{x + 196} {y - 16}V{y - 108}C{x + 196} {y - 120} {x + 186} {y - 126} {x + 174} {y - 126}H{x + 66}V{y - 62}"
        f"H{x + 30}V{y - 170}C{x + 30} {y - 184} {x + 40} {y - 190} {x + 54} {y - 190}"
        f"H{x + 226}C{x + 248} {y - 190} {x + 256} {y - 178} {x + 256} {y - 160}V{y - 16}Z"
    )
    for shape in (base, body):
        sheet.path(shape, _IRON)
    sheet.shade(body, p.INK, (x + 256, y), (x + 120, y - 120), strength=0.7)
    sheet.shade(body, p.mix(p.SLATE, p.MIST, 0.4), (x + 30, y - 190), (x + 130, y - 120), strength=0.65)
    sheet.line(f"M{x + 40} {y - 186}H{x + 236}", p.mix(p.SLATE, p.MIST, 0.5), 4, opacity=0.8)
    sheet.path(box(x + 84, y - 172, 104, 22, 4), p.CLAY)
    sheet.path(ellipse(x + 270, y - 142, 15, 42), p.SLATE_DARK)
    sheet.line(ellipse(x + 270, y - 142, 15, 42), p.STONE, 4)
    sheet.line(f"M{x + 48} {y - 62}V{y - 22}", p.STONE, 6)
    sheet.path(line([(x + 32, y - 20), (x + 70, y - 20), (x + 64, y - 28), (x + 40, y - 28)], closed=True), p.STONE)
    sheet.line(f"M{x + 160} {y - 190}V{y - 226}", p.STONE, 5)
    sheet.path(box(x + 144, y - 244, 32, 50, 4), p.CLAY_LIGHT)
    sheet.line(f"M{x + 150} {y - 226}C{x + 110} {y - 240} {x + 60} {y - 230} {x + 50} {y - 188}", p.CLAY_LIGHT, 2.5)
    sheet.path(line([(x - 70, y - 10), (x + 84, y - 20), (x + 92, y - 12), (x - 60, y + 12)], closed=True), p.SLATE)


def _rolls(sheet: Sheet) -> None:
    """Rolled banners in a stack on the floor, under the window, seen on their ends."""
    sheet.path(ellipse(240, 990, 270, 24), p.INK, opacity=0.25)
    places = [(96, 930), (214, 934), (332, 930), (154, 832), (274, 834), (214, 736)]
    for k, (x, y) in enumerate(places):
        tone = _ROLLS[k]
        sheet.path(ellipse(x + 8, y + 6, 60, 58), p.INK, opacity=0.25)
        sheet.path(ellipse(x, y, 59, 57), tone)
        sheet.shade(ellipse(x, y, 59, 57), p.mix(tone, p.INK, 0.6), (x + 56, y + 50), (x - 10, y - 10), strength=0.75)
        for r in (49, 39, 29):
            sheet.line(ellipse(x + (49 - r) * 0.1, y, r, r * 0.96), p.mix(tone, p.INK, 0.45), 2.6, opacity=0.6)
        sheet.path(ellipse(x, y, 18, 17), p.KRAFT)
        sheet.path(ellipse(x + 2, y + 1, 12, 11), p.mix(p.BARK, p.INK, 0.5))
