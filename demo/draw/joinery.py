"""The place of Compaan: the joiners' bench, a stool on it, planks against the wall and saws on it."""

from demo.draw import palette as p
from demo.draw.geometry import Camera, Dice, box, ellipse, line
from demo.draw.room import daylight, room
from demo.draw.sheet import Sheet
from demo.draw.workshop import bench, cast, lamp_over, peg, sawn, steel_window
from demo.draw.zit import stool

_WALL = p.mix(p.SAGE, p.MOSS_LIGHT, 0.32)
_TOP = p.mix(p.BEECH, p.BEECH_DARK, 0.3)


def draw_place() -> Sheet:
    """A bench under saws and planes; the legs of a stool lie ready beside its seat."""
    sheet = room(seed=71, wall=_WALL, floor=p.mix(p.SAND, p.UMBER, 0.3), skirting=790)
    steel_window(sheet, (70, 70, 430, 420), (4, 4), sky=(p.MIST, p.CHALK))
    daylight(sheet, 640, 70, 330, 400, 76)
    _planks(sheet)
    _wall(sheet)
    lamp_over(sheet, 830, 190, 118, p.CLAY)
    bench(sheet, (330, 600, 960, 44), floor=950, tone=_TOP, seed=72)
    _under(sheet)
    _vice(sheet)
    camera = Camera(origin=(880, 628), scale=4.9, yaw=12, pitch=20)
    stool(sheet, camera, 45, shadow=p.mix(_TOP, p.UMBER, 0.35))
    _plane(sheet, 560, 618)
    _legs(sheet)
    _shavings(sheet)
    return sheet


def _planks(sheet: Sheet) -> None:
    """Old boards that lean in the corner, nail holes and all."""
    for k, (x, top, wide, tone) in enumerate(
        [(1330, 130, 92, p.BEECH_DARK), (1410, 60, 104, p.BEECH), (1500, 190, 110, p.mix(p.BEECH, p.UMBER, 0.4))]
    ):
        corners = [(x + 40, top), (x + 40 + wide, top + 8), (x + wide, 900), (x, 896)]
        sheet.path(line([(cx - 26, cy + 16) for cx, cy in corners], closed=True), p.INK, opacity=0.18)
        sawn(sheet, corners, tone, seed=80 + k)
        for hole in range(3):
            at = (x + 34 + wide * (0.3 + 0.2 * hole), top + 120 + 210 * hole)
            sheet.path(ellipse(*at, 5, 5), p.INK, opacity=0.75)


def _wall(sheet: Sheet) -> None:
    """A rail with two saws and a mallet."""
    sheet.path(box(600, 236, 660, 26, 3), p.BEECH)
    sheet.path(box(606, 262, 656, 10), p.INK, opacity=0.16)
    blade = "M650 300L700 290L760 528L738 536Z"
    cast(sheet, blade, _WALL)
    sheet.path(blade, p.mix(p.MIST, p.STONE, 0.35))
    sheet.shade(blade, p.SLATE, (760, 528), (690, 330), strength=0.6)
    grip = "M640 306C630 262 652 244 684 250C712 256 716 280 706 302Z"
    sheet.path(grip, p.UMBER)
    sheet.path(ellipse(676, 278, 13, 15), p.mix(_WALL, p.INK, 0.2))
    frame = "M1010 286V500M1010 300H1130M1130 286V500"
    sheet.line(frame, p.mix(_WALL, p.INK, 0.35), 15, opacity=0.45)
    with sheet.group(transform="translate(-10 -9)"):
        sheet.line(frame, p.BEECH_DARK, 16)
        sheet.line("M1010 496H1130", p.SLATE_DARK, 5)
        sheet.line("M1010 288L1066 380L1130 288", p.OAT, 4)
    handle = box(1200, 270, 18, 190, 6)
    head = box(1160, 430, 98, 62, 6)
    for shape in (handle, head):
        cast(sheet, shape, _WALL)
    sheet.path(handle, p.BEECH)
    sheet.path(head, p.BEECH_DARK)
    sheet.shade(head, p.UMBER, (1258, 492), (1190, 450), strength=0.8)
    for x in (684, 1070, 1209):
        peg(sheet, x, 249)


def _vice(sheet: Sheet) -> None:
    """The wooden vice at the end of the bench."""
    jaw = box(392, 640, 96, 150, 6)
    sheet.path(box(404, 652, 96, 150, 6), p.INK, opacity=0.3)
    sheet.path(jaw, p.BEECH)
    sheet.shade(jaw, p.UMBER, (488, 790), (420, 680), strength=0.75)
    sheet.path(ellipse(440, 724, 21, 21), p.BEECH_DARK, stroke=p.UMBER, width=3)
    sheet.line("M440 672V778", p.mix(p.BEECH_LIGHT, p.BEECH, 0.4), 12)


def _plane(sheet: Sheet, x: float, y: float) -> None:
    """A block plane on the bench, with a curl coming out of it."""
    sheet.path(ellipse(x + 40, y + 10, 104, 11), p.UMBER, opacity=0.5)
    body = f"M{x - 80} {y}L{x - 80} {y - 44}H{x + 66}C{x + 92} {y - 40} {x + 96} {y - 10} {x + 96} {y}Z"
    sheet.path(body, p.mix(p.UMBER, p.BEECH_DARK, 0.5))
    sheet.shade(body, p.BARK, (x + 90, y), (x - 10, y - 30), strength=0.8)
    sheet.path(f"M{x + 2} {y - 44}L{x + 30} {y - 98}L{x + 46} {y - 92}L{x + 26} {y - 44}Z", p.SLATE)
    sheet.path(f"M{x - 62} {y - 42}C{x - 70} {y - 84} {x - 44} {y - 92} {x - 30} {y - 84}L{x - 34} {y - 42}Z", p.BARK)
    curl = f"M{x - 8} {y - 44}C{x - 24} {y - 90} {x + 16} {y - 110} {x + 12} {y - 78}"
    curl += f"C{x + 8} {y - 62} {x - 12} {y - 74} {x - 2} {y - 86}"
    sheet.line(curl, p.BEECH_LIGHT, 9)


def _legs(sheet: Sheet) -> None:
    """Three legs that still want their taper, side by side."""
    for k in range(3):
        y = 614 + k * 9
        sheet.line(f"M{1040 + k * 16} {y + 6}h196", p.UMBER, 12, opacity=0.4)
        sheet.line(f"M{1034 + k * 16} {y}h196", p.mix(p.BEECH_LIGHT, p.BEECH, 0.3 * k), 14)


def _under(sheet: Sheet) -> None:
    """On the lower board: a crate of offcuts and a toolbox."""
    crate = box(500, 756, 250, 104)
    dice = Dice(74)
    for k in range(9):
        x = 512 + k * 25
        sheet.path(box(x, 756 - dice.between(10, 58), 20, 90), p.mix(p.BEECH, p.UMBER, dice.between(0, 0.6)))
    sheet.path(crate, p.mix(p.HONEY, p.UMBER, 0.35))
    for k in (0, 1, 2):
        sheet.line(f"M500 {790 + k * 34}h250", p.BARK, 4, opacity=0.6)
    sheet.shade(crate, p.BARK, (750, 860), (580, 780), strength=0.7)
    chest = box(820, 770, 300, 90, 4)
    sheet.path(chest, p.mix(p.CLAY, p.CLAY_DARK, 0.4))
    sheet.shade(chest, p.INK, (1120, 860), (900, 780), strength=0.5)
    sheet.line("M890 770V744H1050V770", p.BEECH_DARK, 12)


def _shavings(sheet: Sheet) -> None:
    """Curls of beech on the floor."""
    dice = Dice(75)
    for _ in range(15):
        x, y, r = dice.between(250, 780), dice.between(940, 1030), dice.between(11, 21)
        turn = dice.between(-40, 60)
        with sheet.group(transform=f"rotate({turn:.0f} {x:.0f} {y:.0f})"):
            curl = f"M{x:.0f} {y:.0f}c{r} {-r * 1.5:.0f} {r * 2.2:.0f} {-r * 0.7:.0f} {r * 1.7:.0f} {r * 0.2:.0f}"
            curl += f"c{-r * 0.3:.0f} {r * 0.6:.0f} {-r:.0f} {r * 0.2:.0f} {-r * 0.7:.0f} {-r * 0.4:.0f}"
            sheet.line(curl, p.mix(p.BEECH_LIGHT, p.CHALK, dice.between(0, 0.5)), dice.between(4, 7))
