"""What the brand promises and a machine can check."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from shop.design.bundle import BUNDLE, PARTS
from tests.shop.fakes import ROOT

STATIC = ROOT / "shop" / "design" / "static"
TOKENS = (STATIC / "design" / "tokens.css").read_text(encoding="utf-8")
SHEETS = [STATIC / "design" / "base.css", STATIC / "shop" / "shop.css"]
TEMPLATES = sorted((ROOT / "shop").rglob("templates/**/*.html"))


def test_the_fonts_together_weigh_at_most_60_kilobytes_and_have_their_licences() -> None:
    fonts = list((STATIC / "design" / "fonts").glob("*.woff2"))
    assert sum(font.stat().st_size for font in fonts) <= 60_000
    assert all(font.with_name(f"{font.stem}-OFL.txt").is_file() for font in fonts)


def test_a_page_asks_for_one_style_sheet_which_has_all_of_them_and_weighs_little(visitor: Client) -> None:
    linked = re.findall(r'<link rel="stylesheet" href="([^"]+)"', visitor.get("/nl/").content.decode())
    assert linked == [f"/static/{BUNDLE}"]
    css = Path(finders.find(BUNDLE) or "").read_text(encoding="utf-8")
    for part in PARTS:
        assert (STATIC / part).read_text(encoding="utf-8") in css
    assert len(gzip.compress(css.encode())) <= 12_000


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
