"""Zeil in use: the bag on a hook in the hallway."""

from demo.draw import palette as p
from demo.draw.geometry import box, ellipse, line
from demo.draw.room import daylight, room, turned, worktop
from demo.draw.sheet import Sheet
from demo.draw.zeil import bag

_WALL = p.mix(p.MIST, p.OAT, 0.42)
_PANEL = p.mix(p.SLATE, p.MIST, 0.35)


def draw_use() -> Sheet:
    """A rail with pegs: a coat, the bag, a hat; under them a bench with boots."""
    sheet = room(seed=53, wall=_WALL, floor=p.mix(p.CLAY_LIGHT, p.UMBER, 0.3), skirting=880)
    sheet.path(box(-20, 560, 1640, 292), _PANEL)
    for k in range(9):
        x = 20 + k * 190
        sheet.line(box(x, 596, 160, 222), p.mix(_PANEL, p.INK, 0.3), 3, opacity=0.6)
        sheet.line(f"M{x + 4} 818h152v-218", p.mix(_PANEL, p.CHALK, 0.4), 3, opacity=0.6)
    sheet.path(box(-20, 546, 1640, 20), p.mix(_WALL, p.CHALK, 0.55))
    daylight(sheet, 1120, 60, 330, 420, 70)
    _door(sheet)
    sheet.path(box(392, 150, 1080, 46, 4), p.BEECH)
    sheet.shade(box(392, 150, 1080, 46, 4), p.BEECH_DARK, (900, 200), (900, 156), strength=0.8)
    sheet.path(box(400, 196, 1070, 12), p.INK, opacity=0.16)
    _coat(sheet)
    shift = 34
    sheet.path(box(786 + shift, 408 + shift, 380, 388), p.mix(_WALL, p.INK, 0.42), opacity=0.55)
    _pegs(sheet, 0)
    bag(sheet, 790, 410, 8.9, hang=(960, 186))
    _hat(sheet)
    _pegs(sheet, 1)
    _bench(sheet)
    return sheet


def _pegs(sheet: Sheet, layer: int) -> None:
    for x in (530, 745, 960, 1175, 1390):
        if (x == 960) != (layer == 0):
            continue
        sheet.path(ellipse(x + 5, 184, 15, 15), p.INK, opacity=0.35)
        sheet.path(ellipse(x, 176, 15, 15), p.BEECH_LIGHT, stroke=p.UMBER, width=2.5)


def _door(sheet: Sheet) -> None:
    """The edge of a door that stands ajar on the left, with light coming in."""
    sheet.path(box(-20, 40, 330, 840), p.mix(p.OAT, p.CHALK, 0.4))
    sheet.path(box(-20, 70, 296, 810), p.mix(p.LAMPLIGHT, p.CHALK, 0.35))
    leaf = [(-20, 60), (150, 96), (150, 912), (-20, 960)]
    sheet.path(line(leaf, closed=True), p.CLAY)
    sheet.shade(line(leaf, closed=True), p.CLAY_DARK, (-20, 500), (160, 500), strength=0.85)
    for top, low in [(170, 470), (540, 820)]:
        pane = [(0, top), (112, top + 18), (112, low - 12), (0, low + 6)]
        sheet.line(line(pane, closed=True), p.CLAY_DARK, 4)
    sheet.path(ellipse(128, 520, 9, 12), p.HONEY)
    glow = [(150, 880), (276, 880), (640, 1080), (170, 1080)]
    sheet.path(line(glow, closed=True), p.LAMPLIGHT, opacity=0.42)


def _coat(sheet: Sheet) -> None:
    """A raincoat on the first peg."""
    tone = p.mix(p.HONEY, p.CLAY_LIGHT, 0.1)
    outline = (
        "M530 182C500 196 470 214 452 236C430 330 424 470 418 640C416 664 420 676 430 676L470 680L474 720"
        "C520 732 560 732 596 720L598 680L634 676C642 676 646 664 642 640"
        "C634 470 630 330 610 236C592 214 562 196 530 182Z"
    )
    with sheet.group(transform="translate(30 22)", opacity=0.5):
        sheet.path(outline, p.mix(_WALL, p.INK, 0.42))
    sheet.path(outline, tone)
    sheet.shade(outline, p.mix(tone, p.BARK, 0.6), (650, 600), (500, 420), strength=0.8)
    sheet.shade(outline, p.LAMPLIGHT, (410, 400), (500, 430), strength=0.55)
    for data in [
        "M474 260C464 400 466 560 470 690",
        "M600 262C604 400 602 560 598 690",
        "M534 236C538 400 536 560 536 726",
    ]:
        sheet.line(data, p.mix(tone, p.BARK, 0.6), 3.2, opacity=0.75)
    for y in (300, 390, 480, 570):
        sheet.path(ellipse(550, y, 7, 7), p.CHALK)
    hood = "M484 214C490 250 570 250 578 214C566 232 500 232 484 214Z"
    sheet.path(hood, p.mix(tone, p.BARK, 0.5))


def _hat(sheet: Sheet) -> None:
    """A felt hat on the last peg."""
    with sheet.group(transform="translate(26 20)", opacity=0.5):
        sheet.path("M1290 246C1300 300 1480 300 1490 246C1470 214 1310 214 1290 246Z", p.mix(_WALL, p.INK, 0.42))
    tone = p.mix(p.MOSS, p.STONE, 0.25)
    crown = "M1328 240C1322 180 1340 160 1390 160C1440 160 1458 180 1452 240Z"
    brim = "M1284 244C1300 220 1480 220 1496 244C1480 282 1300 282 1284 244Z"
    sheet.path(brim, tone)
    sheet.path(crown, p.mix(tone, p.CHALK, 0.06))
    sheet.path("M1326 222C1350 240 1430 240 1454 222L1453 244C1430 262 1350 262 1327 244Z", p.CLAY_DARK)
    for shape in (brim, crown):
        sheet.shade(shape, p.mix(tone, p.INK, 0.6), (1490, 260), (1360, 210), strength=0.75)


def _bench(sheet: Sheet) -> None:
    """A bench under the rail with a pair of boots and a basket."""
    sheet.path(ellipse(980, 1000, 560, 30), p.mix(p.UMBER, p.INK, 0.3), opacity=0.4)
    for x in (486, 1400):
        sheet.path(line([(x, 880), (x + 34, 880), (x + 30, 1002), (x + 4, 1002)], closed=True), p.BEECH_DARK)
    worktop(sheet, (446, 836, 1030, 36), 26, p.mix(p.BEECH, p.BEECH_DARK, 0.2), seed=54)
    for x in (610, 690):
        boot = f"M{x} 900H{x + 52}V958C{x + 60} 972 {x + 92} 976 {x + 94} 996V1004H{x}Z"
        sheet.path(boot, p.MOSS_DARK)
        sheet.shade(boot, p.MOSS_LIGHT, (x, 900), (x + 40, 930), strength=0.7)
        sheet.path(box(x - 2, 998, 98, 10), p.INK)
    turned(
        sheet, (1180, 1000), [(10, 0), (12.4, 6), (13, 11.5)], 8, p.mix(p.HONEY, p.UMBER, 0.25), inside=p.BARK, tilt=0.2
    )
    for k in range(5):
        y = 990 - k * 18
        sheet.line(f"M{1090 - k * 4} {y - 12}A{95 + k * 3} 20 0 0 0 {1270 + k * 4} {y - 12}", p.BARK, 4, opacity=0.5)
