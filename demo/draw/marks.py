"""The marks of makers and designers: small drawings in two or three colours, in place of a face.

Makers have a mark on a ground of colour, as a stamp leaves it; designers a line drawing on paper. Each is a document of
240 by 240 units, and means what that house does: knotting, weaving, joining, nesting, cutting, folding.
"""

import math
from collections.abc import Callable

from demo.draw import palette as p
from demo.draw.geometry import smooth


def _document(ground: str, inner: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="240" height="240">'
        f'<path fill="{ground}" d="M0 0h240v240H0z"/>{inner}</svg>\n'
    )


def _lines(data: str, colour: str, width: float, *, cap: str = "butt") -> str:
    return f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="{cap}"/>'


def _shape(data: str, colour: str) -> str:
    return f'<path fill="{colour}" d="{data}"/>'


def labeur() -> str:
    """Two strands twisted into a cord, over and under."""

    def strand(side: int, low: float, high: float) -> str:
        steps = max(4, int((high - low) / 12))
        heights = [low + (high - low) * i / steps for i in range(steps + 1)]
        return smooth([(120 - side * 46 * math.cos(math.pi * y / 60), y) for y in heights])

    inner = []
    for side, colour, low, high in [
        (1, p.SAND, -20, 260),
        (-1, p.OAT, -20, 260),
        (1, p.SAND, 80, 100),
        (1, p.SAND, 200, 220),
    ]:
        inner.append(_lines(strand(side, low - 4, high + 4), p.CLAY, 42))
        inner.append(_lines(strand(side, low - 14, high + 14), colour, 30))
    return _document(p.CLAY, "".join(inner))


def ateljee() -> str:
    """A weave of five by five, over one and under one."""
    step, wide, first = 34, 22, 52
    inner = []
    for i in range(5):
        at = first + i * step
        inner.append(_lines(f"M{at} 24V216", p.SAGE, wide))
    for i in range(5):
        at = first + i * step
        inner.append(_lines(f"M24 {at}H216", p.OAT, wide))
    for row in range(5):
        for column in range(5):
            if (row + column) % 2:
                x, y = first + column * step, first + row * step
                inner.append(_lines(f"M{x} {y - 15}V{y + 15}", p.MOSS, wide + 4))
                inner.append(_lines(f"M{x} {y - 17}V{y + 17}", p.SAGE, wide))
    return _document(p.MOSS, "".join(inner))


def compaan() -> str:
    """A dovetail: two boards that hold without a screw."""
    tails = "M24 44H106V196H24ZM106 66L154 54V92L106 80ZM106 113L154 101V139L106 127ZM106 160L154 148V186L106 174Z"
    rings = "M42 66H84M42 93H92M42 120H86M42 147H92M42 174H80"
    far = "M174 66H198M168 93H198M176 120H198M168 147H198M174 174H198"
    inner = _shape("M109 44H216V196H109Z", p.BEECH_DARK)
    inner += f'<path d="{tails}" fill="{p.BEECH_LIGHT}" stroke="{p.UMBER}" stroke-width="3.5" stroke-linejoin="round"/>'
    inner += _shape("M24 44H109V196H24Z", p.BEECH_LIGHT) + _lines(rings + far, p.UMBER, 2.5, cap="round")
    return _document(p.UMBER, inner)


def weerwerk() -> str:
    """Three trays in each other, seen from above."""
    inner = []
    for size, radius, colour in [(168, 40, p.OAT), (120, 29, p.CLAY_LIGHT), (72, 18, p.OAT)]:
        at = 120 - size / 2
        inner.append(
            f'<rect x="{at:g}" y="{at:g}" width="{size}" height="{size}" rx="{radius}" '
            f'fill="none" stroke="{colour}" stroke-width="13"/>'
        )
    return _document(p.SLATE, "".join(inner))


def nevelland() -> str:
    """A letter cut in two and sewn together again, out of line."""
    left = "M112 40A80 80 0 0 0 112 200V158A38 38 0 0 1 112 82Z"
    right = "M128 28A80 80 0 0 1 128 188V146A38 38 0 0 0 128 70Z"
    seam = "M120 22V218"
    inner = _shape(left, p.CHALK) + _shape(right, p.CLAY)
    inner += f'<path d="{seam}" stroke="{p.INK}" stroke-width="4" stroke-dasharray="14 9" fill="none"/>'
    return _document(p.HONEY, inner)


def dienstenbedrijf_gent() -> str:
    """A box laid open, with the ribbon across it."""
    net = "M84 84V32H156V84H208V156H156V208H84V156H32V84Z"
    folds = "M84 84H156V156H84Z"
    inner = _shape(net, p.KRAFT_LIGHT) + _lines("M120 32V208M32 120H208", p.CLAY, 17)
    inner += f'<path d="{folds}" fill="none" stroke="{p.BARK}" stroke-width="3.5" stroke-dasharray="9 7"/>'
    inner += _shape("M120 102a18 18 0 1 0 .1 0Z", p.CLAY) + _shape("M120 112a8 8 0 1 0 .1 0Z", p.KRAFT_LIGHT)
    return _document(p.INK_SOFT, inner)


def sep_verboom() -> str:
    """Lines that hang between two points, each a little deeper."""
    lines = "".join(f"M52 58Q120 {70 + i * 34} 188 58" for i in range(9))
    inner = _lines(lines, p.CLAY, 5) + _lines("M40 58H200", p.INK, 7)
    return _document(p.GROUND, inner)


def marie_mees() -> str:
    """One rhythm of bands, and the same rhythm turned about."""
    bands = [(0, 34, p.MOSS), (42, 6, p.CLAY), (56, 6, p.CLAY), (70, 6, p.CLAY), (84, 50, p.SAGE), (142, 22, p.CLAY)]
    inner = []
    for y, high, colour in bands:
        inner.append(_shape(f"M38 {38 + y}h80v{high}h-80z", colour))
        inner.append(_shape(f"M122 {202 - y - high}h80v{high}h-80z", colour))
    return _document(p.GROUND, "".join(inner))


def cas_moor() -> str:
    """A disc and three lines: all that a stool is."""
    inner = _shape("M48 78a72 22 0 1 1 144 0a72 22 0 1 1-144 0z", p.BEECH_DARK)
    inner += _lines("M74 100L52 206M120 104V212M166 100L188 206", p.INK, 7)
    return _document(p.GROUND, inner)


def jente_hendrickx() -> str:
    """Quarter turns that fit into each other."""
    inner = []
    for radius, colour in [(164, p.SLATE), (128, p.SAGE), (92, p.SLATE), (56, p.CLAY)]:
        inner.append(_shape(f"M38 202V{202 - radius}A{radius} {radius} 0 0 1 {38 + radius} 202Z", colour))
    return _document(p.GROUND, "".join(inner))


def aber() -> str:
    """Three pieces of a pattern, laid so that nothing is left over."""
    inner = _shape("M40 40H146L94 200H40Z", p.HONEY) + _shape("M154 40H200V132H124Z", p.INK)
    inner += _shape("M121 140H200V200H102Z", p.CLAY)
    return _document(p.GROUND, inner)


MARKS: dict[str, Callable[[], str]] = {
    "labeur": labeur,
    "ateljee": ateljee,
    "compaan": compaan,
    "weerwerk": weerwerk,
    "nevelland": nevelland,
    "dienstenbedrijf-gent": dienstenbedrijf_gent,
    "sep-verboom": sep_verboom,
    "marie-mees": marie_mees,
    "cas-moor": cas_moor,
    "jente-hendrickx": jente_hendrickx,
    "aber": aber,
}
