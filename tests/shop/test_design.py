"""What the brand promises and a machine can check."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from PIL import ImageFont

from shop.design.bundle import BUNDLE, OF_EVERY_PAGE, PARTS
from shop.design.templatetags.house import address
from tests.shop.fakes import ROOT

STATIC = ROOT / "shop" / "design" / "static"
TOKENS = (STATIC / "design" / "tokens.css").read_text(encoding="utf-8")
SHEETS = [STATIC / "design" / "base.css", STATIC / "shop" / "shop.css", STATIC / "shop" / "visit.css"]
FACES = (STATIC / "design" / "fonts.css").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "shop").rglob("templates/**/*.html"))


def test_the_fonts_of_a_page_weigh_at_most_60_kilobytes_and_what_nearly_all_need_40() -> None:
    fonts = [STATIC / "design" / name for name in re.findall(r'url\("(fonts/[^"]+)"\)', FACES)]
    assert sum(font.stat().st_size for font in fonts) <= 60_000
    assert sum(font.stat().st_size for font in fonts if font.stem.endswith("-first")) <= 40_000


def test_the_fonts_have_their_licences() -> None:
    fonts = list((STATIC / "design" / "fonts").glob("*.woff2"))
    stems = {font.stem.removesuffix("-first").removesuffix("-rest") for font in fonts}
    assert stems == {licence.name.removesuffix("-OFL.txt") for licence in (STATIC / "design" / "fonts").glob("*.txt")}


@pytest.mark.parametrize("family", ["fraunces", "instrument-sans"])
def test_what_we_write_ourselves_waits_for_no_letters_of_other_names(family: str) -> None:
    catalogues = (ROOT / "shop" / "locale").rglob("*.po")
    ours = {
        letter
        for file in catalogues
        for letter in file.read_text(encoding="utf-8")
        if letter.isprintable() and letter != " "
    }
    [rest] = set(re.findall(r"unicode-range: ([^;]+);", FACES))
    apart = {chr(code) for one in rest.split(",") for code in _codes(one.strip())}
    assert ours & apart == set()
    font = ImageFont.truetype(STATIC / "design" / "fonts" / f"{family}-first.woff2", 40)
    unknown = bytes(font.getmask("\uffff"))
    assert [letter for letter in sorted(ours) if bytes(font.getmask(letter)) == unknown] == []


def _codes(one: str) -> range:
    first, _dash, last = one.removeprefix("U+").partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


def test_a_page_that_is_kept_carries_its_style_sheet_and_waits_for_no_other(visitor: Client) -> None:
    answer = visitor.get("/nl/")
    head, body = answer.content.decode().split("<body>")
    [carried] = re.findall("<style>(.*?)</style>", head, re.DOTALL)
    source = b64encode(sha256(carried.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{source}'" in answer["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in head
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', body) == ["/static/design/fonts.css"]
    assert [part for part in OF_EVERY_PAGE if not _has_all_of(carried, part)] == []
    assert len(gzip.compress(carried.encode())) <= 8_000


def test_any_other_page_asks_for_one_style_sheet_which_has_all_of_them(visitor: Client) -> None:
    page = visitor.get("/nl/mandje/").content.decode()
    assert "<style" not in page
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == [f"/static/{BUNDLE}"]
    css = Path(finders.find(BUNDLE) or "").read_text(encoding="utf-8")
    assert [part for part in PARTS if not _has_all_of(css, part)] == []
    assert len(gzip.compress(css.encode())) <= 12_000


def _has_all_of(css: str, part: str) -> bool:
    """Every declaration of it, whatever was left out between them."""
    source = re.sub(r"/\*.*?\*/", "", (STATIC / part).read_text(encoding="utf-8"), flags=re.DOTALL)
    return "".join(source.split()) in "".join(css.split())


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/nl/",
            "/nl/collectie/",
            "/nl/collectie/?least=5&most=1",
            "/nl/product/koord/",
            "/nl/product/koord/beeld/1/",
        ),
        *("/nl/makers/", "/nl/makers/labeur/", "/nl/verhalen/", "/nl/zoeken/?q=lamp", "/nl/levering-en-retour/"),
        *("/nl/vragen/", "/nl/toegankelijkheid/", "/nl/zo-wordt-het-gemaakt/"),
    ],
)
def test_a_page_that_is_kept_uses_nothing_of_a_visits_style_sheet(visitor: Client, address: str) -> None:
    html = visitor.get(address).content.decode().partition("<body>")[2]
    used = {name for names in re.findall(r'\bclass="([^"]*)"', html) for name in names.split()}
    assert used
    assert used & (_classes("shop/visit.css") - _classes("shop/shop.css") - _classes("design/base.css")) == set()


def _classes(sheet: str) -> set[str]:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", css))


@pytest.mark.parametrize("slug", ["koord", "thé-kan", "a b?c#d%e", "100%-wol", "stoel'op&maat", "-"])
@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_an_address_that_is_looked_up_once_is_the_one_that_django_gives(slug: str, language: str) -> None:
    for name in ("catalogue:product", "catalogue:collection"):
        for spoken in ("nl", language):
            with override(spoken):
                assert address(name, slug) == reverse(name, args=[slug])


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_components_use_tokens_only(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", css)
    used = set(re.findall(r"var\((--[\w-]+)", css))
    assert used <= set(re.findall(r"^\s*(--[\w-]+):", TOKENS, re.MULTILINE))


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_keep_the_contrast_of_wcag_aa(scheme: str) -> None:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light if scheme == "light" else dark))
    grounds = ("paper", "paper-raised", "paper-sunken")
    for text in ("ink", "ink-soft", "clay", "clay-deep", "moss", "alert"):
        assert all(_contrast(colour[text], colour[ground]) >= 4.5 for ground in grounds), text
    assert all(_contrast(colour["line"], colour[ground]) >= 3 for ground in grounds)
    assert all(_contrast(colour["on-clay"], colour[ground]) >= 4.5 for ground in ("clay", "clay-deep"))
    for text, wash in (
        ("moss", "moss-wash"),
        ("clay", "clay-wash"),
        ("alert", "alert-wash"),
        ("ink-soft", "clay-wash"),
    ):
        assert _contrast(colour[text], colour[wash]) >= 4.5, wash


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_template_has_no_script_and_no_style_of_its_own(template: Path) -> None:
    html = template.read_text(encoding="utf-8")
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("address", ["/favicon.ico", "/static/shop/favicon.svg"])
def test_the_mark_of_the_house_is_there_for_every_browser(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.getvalue()
    answer.close()
    assert answer.headers["Content-Type"] in ("image/x-icon", "image/vnd.microsoft.icon", "image/svg+xml")
