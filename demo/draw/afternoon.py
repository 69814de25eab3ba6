"""Inslag in use: the blanket over the arm of a chair, on a bright afternoon."""

from demo.draw import palette as p
from demo.draw.geometry import Camera, Point, box, ellipse, line, smooth, wave
from demo.draw.inslag import CLAY, bands
from demo.draw.room import cup, daylight, room, vase, window
from demo.draw.sheet import Sheet
from demo.draw.zit import stool

_CLOTH = p.mix(p.MOSS, p.MOSS_LIGHT, 0.25)


def draw_use() -> Sheet:
    """An armchair, the light of a window on the wall, a stool with a cup."""
    sheet = room(seed=23, wall=p.mix(p.BLUSH, p.OAT, 0.55), floor=p.mix(p.BEECH, p.BEECH_DARK, 0.45), skirting=800)
    window(sheet, (110, 90, 280, 440), sky=(p.MIST, p.CHALK), frame=p.mix(p.OAT, p.STONE, 0.25))
    daylight(sheet, 620, 110, 420, 430, 90)
    sheet.path(ellipse(900, 965, 720, 92), p.mix(p.OAT, p.CHALK, 0.3))
    for k in (0.94, 0.88):
        sheet.line(ellipse(900, 965, 720 * k, 92 * k), p.CLAY_LIGHT if k > 0.9 else p.SAGE, 7, opacity=0.8)
    sheet.path(ellipse(1010, 965, 430, 44), p.UMBER, opacity=0.35)
    _chair(sheet)
    _throw(sheet)
    camera = Camera(origin=(410, 960), scale=5.6, yaw=0, pitch=20)
    stool(sheet, camera, 45, shadow=p.mix(p.BEECH_DARK, p.OAT, 0.45))
    sheet.path(ellipse(430, 722, 44, 12), p.UMBER, opacity=0.4)
    cup(sheet, (408, 724), 6.4, p.CHALK)
    sheet.path(ellipse(1500, 896, 96, 17), p.UMBER, opacity=0.4)
    vase(sheet, (1450, 890), 9.5, p.mix(p.SLATE, p.MIST, 0.35), seed=25, leaf=p.MOSS_LIGHT)
    return sheet


def _cushion(sheet: Sheet, x: float, y: float, width: float, height: float, radius: float, tone: str) -> str:
    shape = box(x, y, width, height, radius)
    sheet.path(shape, tone)
    sheet.shade(
        shape, p.mix(tone, p.INK, 0.55), (x + width, y + height), (x + width * 0.35, y + height * 0.3), strength=0.75
    )
    sheet.shade(shape, p.mix(tone, p.CHALK, 0.45), (x, y), (x + width * 0.35, y + height * 0.5), strength=0.6)
    with sheet.within(shape):
        for i in range(int(height / 9)):
            sheet.line(
                f"M{x:.0f} {y + i * 9:.0f}h{width:.0f}",
                p.mix(tone, p.INK, 0.4),
                1.6,
                opacity=0.25,
                dash="5 7" if i % 2 else "7 5",
                cap="butt",
            )
    return shape


def _chair(sheet: Sheet) -> None:
    """The armchair from the front: legs, back, seat and two arms."""
    for x, lean in [(735, -14), (1225, 14)]:
        leg = [(x - 13, 880), (x + 13, 880), (x + 9 + lean, 968), (x - 9 + lean, 968)]
        sheet.path(line(leg, closed=True), p.UMBER)
    _cushion(sheet, 716, 390, 530, 420, 66, _CLOTH)
    sheet.line("M981 420V690", p.mix(_CLOTH, p.INK, 0.5), 4, opacity=0.5)
    _cushion(sheet, 690, 770, 582, 128, 26, p.mix(_CLOTH, p.INK, 0.22))
    _cushion(sheet, 770, 668, 424, 128, 34, p.mix(_CLOTH, p.CHALK, 0.07))
    sheet.path(box(776, 790, 412, 12), p.INK, opacity=0.32)
    for x in (664, 1178):
        _cushion(sheet, x, 590, 118, 306, 52, p.mix(_CLOTH, p.CHALK, 0.04))
        sheet.line(f"M{x + 14} 660V880", p.mix(_CLOTH, p.CHALK, 0.3), 3, opacity=0.5)


def _throw(sheet: Sheet) -> None:
    """The blanket over the left arm: up from the seat, over the arm, down to the fringe."""

    def edge(share: float) -> list[Point]:
        sway = 7 * wave(3, share * 5)
        return [
            (1010 - 190 * share + sway, 388 - 4 * share),
            (968 - 186 * share, 470 + 24 * share),
            (915 - 176 * share, 600 + 30 * share),
            (862 - 178 * share, 708 - 58 * share),
            (824 - 168 * share, 726 - 116 * share),
            (800 - 150 * share, 752 - 118 * share),
            (796 - 146 * share + sway, 850 - 100 * share),
            (800 - 156 * share - sway, 940 - 96 * share + 10 * wave(5, share * 7)),
        ]

    def strip(one: float, two: float) -> str:
        return smooth(edge(one)) + smooth(edge(two)[::-1]).replace("M", "L", 1) + "Z"

    whole = strip(0, 1)
    sheet.path(
        smooth([(x + 26, y + 14) for x, y in edge(0)]) + smooth(edge(1)[::-1]).replace("M", "L", 1) + "Z",
        p.INK,
        opacity=0.25,
    )
    for a, b, colour in bands(CLAY):
        sheet.path(strip(a, b), colour, stroke=colour, width=1)
    with sheet.within(whole):
        for i in range(34):
            sheet.line(
                smooth(edge((i + 0.5) / 34)),
                p.CHALK if i % 2 else p.INK,
                1.6,
                opacity=0.22,
                dash="6 5" if i % 2 else "5 7",
                cap="butt",
            )
    for share, strength in [(0.16, 0.6), (0.42, 0.5), (0.7, 0.55), (0.9, 0.4)]:
        fold = strip(share, min(1, share + 0.12))
        x, y = edge(share)[4]
        sheet.shade(fold, p.mix(p.CLAY_DARK, p.INK, 0.4), (x, y), (x - 22, y - 6), strength=strength)
    sheet.shade(whole, p.mix(p.CLAY_DARK, p.INK, 0.5), (850, 740), (905, 620), strength=0.5)
    sheet.shade(whole, p.INK, (800, 960), (770, 740), strength=0.42)
    for i in range(30):
        share = (i + 0.5) / 30
        x, y = edge(share)[-1]
        tone = p.mix(p.CLAY, p.BLUSH if i % 3 else p.CLAY_DARK, 0.45)
        sheet.line(
            f"M{x:.1f} {y - 3:.1f}q{4 * wave(i, 1):.1f} 16 {6 * wave(i, 2):.1f} {34 + 4 * wave(i, 3):.1f}", tone, 3.6
        )
