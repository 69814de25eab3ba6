"""The place of Ateljee: the loom with a blanket on it, and the yarn sorted by colour."""

from demo.draw import palette as p
from demo.draw.geometry import Camera, Dice, box, ellipse
from demo.draw.inslag import CLAY, bands
from demo.draw.room import daylight, room, turned
from demo.draw.sheet import Sheet
from demo.draw.workshop import cylinder, sawn, shelf, steel_window
from demo.draw.zit import stool

_WALL = p.mix(p.BLUSH, p.OAT, 0.42)
_FRAME = p.mix(p.BEECH, p.BEECH_DARK, 0.35)
_LEFT, _RIGHT = 610.0, 1090.0
_YARNS = [p.CLAY, p.CLAY_LIGHT, p.BLUSH, p.OAT, p.SAGE, p.MOSS_LIGHT, p.MOSS, p.SLATE, p.MIST, p.HONEY, p.STONE]


def draw_place() -> Sheet:
    """The loom from the front: warp, heddles, reed and cloth; shelves with cones of yarn to its right."""
    sheet = room(seed=81, wall=_WALL, floor=p.mix(p.UMBER, p.BEECH_DARK, 0.35), skirting=800)
    steel_window(sheet, (70, 90, 380, 420), (4, 4), sky=(p.MIST, p.LAMPLIGHT))
    daylight(sheet, 1130, 470, 330, 270, 56)
    for k, y in enumerate((200, 360)):
        _cones(sheet, y, k)
    sheet.path(ellipse(890, 956, 420, 34), p.INK, opacity=0.26)
    _back(sheet)
    _warp(sheet)
    _cloth(sheet)
    _front(sheet)
    tone = p.mix(p.UMBER, p.INK, 0.12)
    stool(sheet, Camera(origin=(1370, 985), scale=6.4, yaw=10, pitch=20), 45, shadow=tone)
    _basket(sheet)
    return sheet


def _cones(sheet: Sheet, y: float, row: int) -> None:
    """A shelf of cones, each what a mill had left."""
    shelf(sheet, 1200, y, 350, _WALL)
    dice = Dice(82 + row)
    for k in range(6):
        x, tone = 1234 + k * 56, _YARNS[(k + row * 6) % len(_YARNS)]
        foot, top, high = 23.0, 12.0, dice.between(70, 96)
        cone = f"M{x - foot} {y}L{x - top} {y - high:.0f}H{x + top}L{x + foot} {y}Z"
        sheet.path(cone, tone)
        with sheet.within(cone):
            for i in range(12):
                sheet.line(f"M{x - foot} {y - i * 8}l{2 * foot} -9", p.mix(tone, p.INK, 0.35), 1.8, opacity=0.5)
        sheet.shade(cone, p.mix(tone, p.INK, 0.6), (x + foot, y), (x - 6, y), strength=0.8)
        sheet.path(ellipse(x, y - high, top * 0.7, 4), p.OAT)


def _back(sheet: Sheet) -> None:
    """Posts and upper beam, behind the warp."""
    for k, x in enumerate((548.0, 1112.0)):
        sawn(sheet, [(x, 150), (x + 44, 150), (x + 44, 950), (x, 950)], _FRAME, seed=83 + k, lines=6)
    sawn(sheet, [(520, 168), (1184, 168), (1184, 216), (520, 216)], _FRAME, seed=85, lines=6)
    sheet.path(box(592, 216, 520, 14), p.INK, opacity=0.18)


def _warp(sheet: Sheet) -> None:
    """Threads from the beam down to the reed, in the colours of the bands, through two shafts of heddles."""
    for a, b, colour in bands(CLAY, 0):
        count = max(1, round((b - a) * 96))
        for i in range(count):
            x = _LEFT + (_RIGHT - _LEFT) * (a + (b - a) * (i + 0.5) / count)
            sheet.line(f"M{x:.1f} 216V590", p.mix(colour, p.CHALK, 0.15), 2.6, opacity=0.95)
    for y in (296.0, 412.0):
        wires = "".join(f"M{_LEFT + k * 10:.0f} {y}v92" for k in range(49))
        sheet.line(wires, p.mix(p.OAT, p.STONE, 0.5), 2, opacity=0.8)
        for edge in (y - 12, y + 92):
            sawn(
                sheet, [(580, edge), (1120, edge), (1120, edge + 16), (580, edge + 16)], p.BEECH_LIGHT, seed=86, lines=3
            )
        for x in (660, 1040):
            sheet.line(f"M{x} 216V{y - 12}", p.INK_SOFT, 4)


def _cloth(sheet: Sheet) -> None:
    """What is woven already, between the reed and the roll."""
    whole = box(_LEFT, 590, _RIGHT - _LEFT, 290)
    for a, b, colour in bands(CLAY, 0):
        x, wide = _LEFT + (_RIGHT - _LEFT) * a, (_RIGHT - _LEFT) * (b - a)
        sheet.path(box(x, 590, wide + 0.5, 290), colour)
    with sheet.within(whole):
        for k in range(58):
            sheet.line(
                f"M{_LEFT} {592 + k * 5}H{_RIGHT}", p.CHALK if k % 2 else p.INK, 2, opacity=0.16, dash="5 4", cap="butt"
            )
    sheet.shade(whole, p.mix(p.CLAY_DARK, p.INK, 0.5), (850, 880), (850, 700), strength=0.8)
    sawn(sheet, [(560, 556), (1140, 556), (1140, 576), (560, 576)], _FRAME, seed=87, lines=4)
    sheet.path(box(_LEFT - 10, 576, _RIGHT - _LEFT + 20, 34), p.mix(p.STONE, p.SLATE, 0.3))
    sheet.line("".join(f"M{_LEFT - 6 + k * 5:.0f} 578v30" for k in range(99)), p.CHALK, 1.4, opacity=0.7)
    sawn(sheet, [(540, 610), (1160, 610), (1160, 644), (540, 644)], _FRAME, seed=88, lines=5)
    sheet.path(box(_LEFT, 644, _RIGHT - _LEFT, 16), p.INK, opacity=0.3)
    shuttle = "M800 716C840 690 960 690 1000 716C960 736 840 736 800 716Z"
    with sheet.group(transform="translate(10 12)", opacity=0.5):
        sheet.path(shuttle, p.INK)
    sheet.path(shuttle, p.BEECH)
    sheet.shade(shuttle, p.UMBER, (900, 736), (900, 706), strength=0.7)
    sheet.path(box(860, 702, 80, 22, 10), p.UMBER)
    sheet.path(box(868, 704, 64, 17, 8), p.OAT)


def _front(sheet: Sheet) -> None:
    """The breast beam, the roll under it, the treadles."""
    sheet.path(box(600, 826, 500, 70, 34), p.mix(p.CLAY, p.INK, 0.2))
    for a, b, colour in bands(CLAY, 0):
        x, wide = 600 + 500 * a, 500 * (b - a)
        sheet.path(box(x, 826, wide + 0.5, 70), p.mix(colour, p.INK, 0.16))
    sheet.shade(box(600, 826, 500, 70), p.INK, (850, 898), (850, 836), strength=0.8)
    for k, x in enumerate((500.0, 1156.0)):
        sawn(sheet, [(x, 740), (x + 48, 740), (x + 48, 970), (x, 970)], _FRAME, seed=89 + k, lines=6)
    sawn(sheet, [(484, 752), (1220, 752), (1220, 806), (484, 806)], p.mix(_FRAME, p.BEECH_LIGHT, 0.3), seed=91, lines=8)
    sheet.path(box(_LEFT, 806, _RIGHT - _LEFT, 18), p.INK, opacity=0.35)
    for k in range(4):
        x = 700.0 + k * 90
        sawn(sheet, [(x, 918), (x + 44, 918), (x + 30, 978), (x - 14, 978)], p.BEECH_DARK, seed=92 + k, lines=3)


def _basket(sheet: Sheet) -> None:
    """Bobbins for the shuttle in a basket on the floor, and three beside it."""
    tone = p.mix(p.HONEY, p.UMBER, 0.25)
    sheet.path(ellipse(320, 992, 190, 22), p.INK, opacity=0.25)
    for k, colour in enumerate((p.CLAY, p.OAT, p.MOSS, p.CLAY_LIGHT, p.SLATE)):
        cylinder(sheet, 200 + k * 36, 892 - (k % 2) * 10, 34, 60, colour)
    turned(sheet, (270, 985), [(11, 0), (13.4, 6), (14, 12)], 8.6, tone, tilt=0.2)
    for k in range(5):
        y = 974 - k * 19
        sheet.line(f"M{172 - k * 4} {y - 12}A{100 + k * 3} 20 0 0 0 {368 + k * 4} {y - 12}", p.BARK, 4, opacity=0.5)
    for x, colour in ((430, p.HONEY), (470, p.SAGE)):
        cylinder(sheet, x, 1000, 32, 54, colour)
