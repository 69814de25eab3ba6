"""Koord in use: the lamp burns above a table, in the evening."""

import math

from demo.draw import palette as p
from demo.draw.geometry import box, ellipse, line
from demo.draw.koord import lamp
from demo.draw.room import cup, room, turned, window, worktop
from demo.draw.sheet import Sheet

_WALL = p.mix(p.MOSS_DARK, p.INK, 0.12)


def draw_use() -> Sheet:
    """The lamp above the table; its light falls in a cone and draws lines on the wall."""
    sheet = room(seed=13, wall=_WALL, floor=p.INK_SOFT, skirting=1090, dusk=True)
    window(sheet, (120, 130, 300, 420), sky=(p.SLATE_DARK, p.SLATE), frame=p.mix(_WALL, p.INK, 0.35), roofs=p.INK)
    centre, size = (960.0, 190.0), 176.0
    heart = (centre[0], centre[1] + size * 1.15)
    sheet.halo(ellipse(*heart, 820, 760), p.mix(_WALL, p.HONEY, 0.55), heart, 780, strength=0.85)
    _rays(sheet, heart, size)
    cone = [
        (centre[0] - size * 0.6, centre[1] + size * 2),
        (centre[0] + size * 0.6, centre[1] + size * 2),
        (1560, 860),
        (360, 860),
    ]
    sheet.path(line(cone, closed=True), p.LAMPLIGHT, opacity=0.2)
    sheet.shade(line(cone, closed=True), p.LAMPLIGHT, (960, 500), (960, 880), strength=0.5)
    worktop(sheet, (-40, 806, 1680, 190), 44, p.mix(p.BEECH_DARK, p.UMBER, 0.45), seed=14)
    sheet.path(box(-40, 1040, 1680, 60), p.INK)
    pool = ellipse(960, 896, 640, 84)
    with sheet.within(box(-40, 806, 1680, 190)):
        sheet.halo(pool, p.mix(p.BEECH_LIGHT, p.LAMPLIGHT, 0.4), (960, 890), 620, strength=1)
        sheet.path(ellipse(960, 893, 420, 60), p.mix(p.BEECH_LIGHT, p.LAMPLIGHT, 0.5), opacity=0.45)
    _supper(sheet)
    sheet.line(line([(centre[0], -20), (centre[0], centre[1] - 20)]), p.CLAY_LIGHT, 7)
    lamp(sheet, centre, size, count=44, lit=1)
    return sheet


def _rays(sheet: Sheet, heart: tuple[float, float], size: float) -> None:
    """The light between the strands, as it falls on the wall."""
    for i in range(36):
        angle = math.tau * (i + 0.5) / 36
        wide = 0.032
        far = 760 if i % 2 else 640
        ray = [
            (heart[0] + size * 1.12 * math.cos(angle - wide), heart[1] + size * 1.12 * math.sin(angle - wide)),
            (heart[0] + far * math.cos(angle - wide), heart[1] + far * math.sin(angle - wide)),
            (heart[0] + far * math.cos(angle + wide), heart[1] + far * math.sin(angle + wide)),
            (heart[0] + size * 1.12 * math.cos(angle + wide), heart[1] + size * 1.12 * math.sin(angle + wide)),
        ]
        sheet.halo(line(ray, closed=True), p.mix(_WALL, p.LAMPLIGHT, 0.6), heart, far, strength=0.72)


def _supper(sheet: Sheet) -> None:
    """A bowl of pears, a plate and two cups."""
    for x, y, rx in [(905, 916, 150), (1250, 900, 62), (600, 936, 62)]:
        sheet.path(ellipse(x + (x - 960) * 0.1, y + 8, rx, rx * 0.2), p.UMBER, opacity=0.5)
    for x, y, tone in [(840, 850, p.MOSS_LIGHT), (980, 852, p.HONEY), (910, 838, p.mix(p.MOSS_LIGHT, p.HONEY, 0.5))]:
        turned(
            sheet, (x, y + 42), [(2, 0), (4.6, 1.6), (5.2, 4), (3.4, 7.6), (1.9, 10.2), (0.5, 11.6)], 11, tone, tilt=0.3
        )
        sheet.line(f"M{x} {y - 76}q4 -16 14 -22", p.BARK, 5)
    turned(sheet, (905, 930), [(6, 0), (11, 3.2), (14.2, 7.2)], 10.5, p.CLAY_LIGHT, tilt=0.2)
    cup(sheet, (1250, 905), 10.5, p.OAT)
    cup(sheet, (600, 940), 10.5, p.mix(p.SLATE, p.MIST, 0.4))
