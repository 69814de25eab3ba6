"""A present: the words for its card, on the way from the checkout to the order."""

import pytest
from django.test import Client

from tests.shop.buying import CHECKOUT, NEXT, step
from tests.shop.fakes import FakeSaleor

STEP = step("extra")


def words(saleor: FakeSaleor) -> str | None:
    return saleor.notes.get(("Checkout:1", "gift_message"))


def test_words_are_kept_with_the_basket_and_shown_once_more_before_it_is_paid(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    typed = "  Proficiat met je huis! \r\n\r\n\r\n\r\nOma   en opa "
    answer = reviewer.post(STEP, {"message": typed})
    assert answer["Location"] == NEXT
    assert words(saleor) == "Proficiat met je huis!\n\nOma en opa"
    html = reviewer.get(CHECKOUT).content.decode()
    assert "Proficiat met je huis!<br><br>Oma en opa" in html
    assert "Nergens bij het pakket staat een prijs." in html
    assert "Oma en opa</textarea>" in reviewer.get(STEP).content.decode()


def test_without_words_nothing_is_written_and_what_was_written_can_go(reviewer: Client, saleor: FakeSaleor) -> None:
    assert "updateMetadata" not in saleor.operations()
    assert "Op het kaartje" not in reviewer.get(CHECKOUT).content.decode()
    reviewer.post(STEP, {"message": "Dag"})
    reviewer.post(STEP, {"message": ""})
    assert words(saleor) == ""
    assert "Op het kaartje" not in reviewer.get(CHECKOUT).content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("a" * 301, "Hoogstens 300 tekens; dit zijn er 301."),
        ("Dag 🌷", "“🌷” kunnen we niet drukken."),
        ("Dag \u202eoma", "kunnen we niet drukken."),
        ("\n".join("abcdefghijk"), "Op een kaartje passen hoogstens 10 regels."),
    ],
)
def test_words_that_no_card_can_carry_come_back_with_why(
    reviewer: Client, saleor: FakeSaleor, typed: str, told: str
) -> None:
    answer = reviewer.post(STEP, {"message": typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert told in html
    assert "<title>Fout:" in " ".join(html.split())
    assert words(saleor) is None


def test_three_hundred_signs_fit_whatever_a_browser_sends_at_the_end_of_a_line(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    answer = reviewer.post(STEP, {"message": f"{'a' * 149}\r\n{'b' * 150}"})
    assert answer.status_code == 302
    assert len(words(saleor) or "") == 300
