"""Draws a card, with the letters and the colours of the house."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from shop.found.card import HEIGHT, WIDTH, Card

_FONTS = Path(__file__).parents[1] / "design" / "static" / "design" / "fonts"
_DISPLAY, _TEXT = "fraunces", "instrument-sans"
_WEIGHTS = {_DISPLAY: 380, _TEXT: 400}
_PAPER, _INK, _SOFT, _CLAY = "#f7f4ee", "#1c1b19", "#5c574d", "#a8471f"
"""As in `tokens.css`, by day."""

_PANEL = 504
"""How wide the picture stands at the right: upright, four to five."""
_MARGIN, _GAP = 72, 24
_ROOM = WIDTH - _PANEL - 2 * _MARGIN
_BETWEEN = 132, 506
"""Where the name with what it is stands: from below the house to above who made it."""
_QUALITY = 86
_FINER = 4
"""How much larger the sign is drawn than it stands, so that its edge is smooth."""

Font = ImageFont.FreeTypeFont


def draw(card: Card, picture: Image.Image | None) -> bytes:
    """The card as JPEG; without a picture the sign of the house stands there."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    if picture is not None:
        sheet.paste(ImageOps.fit(picture.convert("RGB"), (_PANEL, HEIGHT)), (WIDTH - _PANEL, 0))
    else:
        sign = _sign(300, _CLAY)
        sheet.paste(sign, (WIDTH - _PANEL + (_PANEL - sign.width) // 2, (HEIGHT - sign.height) // 2), sign)
    _write(sheet, card)
    out = BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _write(sheet: Image.Image, card: Card) -> None:
    """The house above, who made it below, and between them the name with what it is."""
    pen = ImageDraw.Draw(sheet)
    sign = _sign(44, _CLAY)
    sheet.paste(sign, (_MARGIN, _MARGIN - 6), sign)
    pen.text((_MARGIN + 60, _MARGIN + 16), "Sociaal Gemaakt", _INK, _font(_DISPLAY, 34), anchor="lm")
    said = _fitted(card.said, _TEXT, (34, 30, 26), 3, 1.35)
    high = _BETWEEN[1] - _BETWEEN[0] - said.height - _GAP
    name = _fitted(card.name, _DISPLAY, (104, 88, 72, 60, 48), 3, 1.08, high)
    top = (sum(_BETWEEN) - name.height - _GAP - said.height) / 2
    _set(pen, top, name, _INK)
    _set(pen, top + name.height + _GAP, said, _SOFT)
    by = _fitted(card.by, _TEXT, (28, 24, 20), 1, 1)
    _set(pen, HEIGHT - _MARGIN - by.height, by, _CLAY)


@dataclass(frozen=True)
class _Lines:
    """A text as it is set: ``leading`` is from line to line, in the size of the letters."""

    lines: list[str]
    font: Font
    leading: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.font.size * self.leading


def _set(pen: ImageDraw.ImageDraw, top: float, text: _Lines, colour: str) -> None:
    for number, line in enumerate(text.lines):
        at = top + number * text.font.size * text.leading
        pen.text((_MARGIN, at), line, colour, text.font, anchor="la")


def _fitted(text: str, family: str, sizes: tuple[int, ...], most: int, leading: float, high: float = HEIGHT) -> _Lines:
    """In the first of the sizes in which it is no wider than there is room, no higher than ``high``, and no longer than
    ``most`` lines; in the last one it is cut off."""
    for size in sizes:
        font = _font(family, size)
        found = _Lines(list(_broken(text, font)), font, leading)
        is_narrow = all(font.getlength(line) <= _ROOM for line in found.lines)
        if is_narrow and len(found.lines) <= most and found.height <= high:
            return found
    return _Lines(_cut(found.lines, found.font, most), found.font, leading)


def _broken(text: str, font: Font) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > _ROOM:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _cut(lines: list[str], font: Font, most: int) -> list[str]:
    """What there is room for; where something is left out a line ends with dots."""
    kept = lines[:most]
    if len(lines) > most:
        kept[-1] += "…"
    return [_shortened(line, font) for line in kept]


def _shortened(line: str, font: Font) -> str:
    while font.getlength(line) > _ROOM:
        line = f"{line.removesuffix('…')[:-1].rstrip()}…"
    return line


def _font(family: str, size: int) -> Font:
    font = ImageFont.truetype(_FONTS / f"{family}.woff2", size)
    font.set_variation_by_axes([_WEIGHTS[family]])
    return font


def _sign(size: int, colour: str) -> Image.Image:
    """The two rings in their circle, as `logo.svg` has them, as wide as ``size`` pixels."""
    finer = size * _FINER
    of = finer / 96
    sign = Image.new("RGBA", (finer, finer), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sign)
    pen.ellipse([1.25 * of, 1.25 * of, 94.75 * of, 94.75 * of], outline=colour, width=round(3.5 * of))
    for centre, begins in ((37, 73.5), (59, 253.5)):
        box = [(centre - 21.75) * of, 26.25 * of, (centre + 21.75) * of, 69.75 * of]
        pen.arc(box, begins, begins + 320, fill=colour, width=round(6.5 * of))
    return sign.resize((size, size), Image.Resampling.LANCZOS)
