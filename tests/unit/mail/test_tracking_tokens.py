"""The token in a mail's tracking link, and where that leads."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from fulfilment.orders.pages import PAGES, page, spoken
from fulfilment.orders.tokens import read_tracking_token, tracking_link, tracking_token

GOLDEN = Path(__file__).resolve().parents[2] / "contract" / "golden" / "shop_pages.v1.json"


def test_a_token_gives_back_the_order_that_it_was_made_for() -> None:
    assert read_tracking_token(tracking_token("ord_abc-_1")) == "ord_abc-_1"


def test_a_changed_foreign_or_empty_token_opens_nothing() -> None:
    token = tracking_token("ord_abc")
    for wrong in ("", "ord_abc", token + "x", token.replace("abc", "abd"), "é.é"):
        assert read_tracking_token(wrong) is None


def test_the_link_needs_no_escaping() -> None:
    link = tracking_link("ord_abc-_1", "nl")
    assert "/nl/volgen/ord_abc-_1." in link
    assert link.rsplit("/nl/", 1)[1].isascii()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_the_pages_of_the_shop_are_where_the_wire_says(name: str, language: str) -> None:
    told = json.loads(GOLDEN.read_text("utf-8"))[name][language]
    rest = ["a-token"] if "a-token" in told else []
    assert page(name, language, *rest) == settings.SHOP_URL + told


def test_who_bought_in_another_language_is_written_to_in_dutch() -> None:
    assert spoken("de") == "nl"
    assert "/nl/volgen/" in tracking_link("ord_abc", "de")
