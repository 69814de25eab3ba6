"""Withdrawing from a purchase: two steps without JavaScript or login, nothing typed is lost, nothing is made twice."""

import re
from typing import Any

import httpx2
import pytest
from django.test import Client

from shop.withdrawal.throttle import MOST
from tests.shop.fake_fulfilment import FakeFulfilment, golden

PAGE, FIND = "/nl/herroepen/good-token/", "/nl/herroepen/"
TYPED = {"name": "An Peeters", "email": "an@example.com", "units-0-open": "1", "units-1-sent": "2"}
GIVEN = {"name": "An Peeters", "email": "an@example.com", "units": {"0-open": 1, "1-sent": 2}}
ANSWER = golden("storefront_withdrawal_answer.v1.json")


def posted(client: Client, step: str, **typed: str) -> tuple[int, str]:
    answer = client.post(PAGE, {**TYPED, **typed, "step": step})
    return answer.status_code, answer.content.decode()


def withdrawal(**changes: Any) -> dict[str, Any]:
    return {**golden("storefront_withdrawal.v1.json"), **changes}


def test_it_is_reachable_from_every_page_and_from_the_tracking_page_directly(visitor: Client) -> None:
    for page in ("/nl/", "/nl/product/koord/", "/nl/mandje/", "/nl/volgen/good-token/", "/nl/verkoopsvoorwaarden/"):
        html = visitor.get(page).content.decode()
        assert f'<a href="{FIND}">Herroep hier je aankoop</a>' in html
    assert f'href="{PAGE}">Herroep hier je aankoop</a>' in visitor.get("/nl/volgen/good-token/").content.decode()


def test_the_page_says_what_can_be_withdrawn_from_and_until_when(visitor: Client) -> None:
    answer = visitor.get(PAGE)
    html = answer.content.decode()
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
    for text in (
        "Bestelling 42",
        "15 december 2026",
        "Koord",
        "Zit, zithoogte 45 cm",
        "Nog niet verzonden.",
        "Al verzonden: dit stuur je terug.",
        "Herroepen op 27 november 2026",
    ):
        assert text in html
    assert re.findall(r'<option value="(\d)"', html) == ["0", "1", "0", "1", "2"]


def test_the_statement_is_seen_once_more_and_made_by_the_second_button(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    status, html = posted(visitor, "look")
    assert status == 200
    for text in (
        "Ik, <strong>An Peeters</strong>, herroep",
        "1 × Koord",
        "2 × Zit",
        "an@example.com",
        "Bevestig de herroeping",
    ):
        assert text in html
    assert fulfilment.given == [{**GIVEN, "form_key": "", "confirmed": False}]
    [key] = re.findall(r'name="form_key" value="([\w-]{16,})"', html)
    fulfilment.statement = {**ANSWER, "result": "kept"}
    answer = visitor.post(PAGE, {**TYPED, "step": "keep", "form_key": key})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?klaar=1")
    assert fulfilment.given[-1] == {**GIVEN, "form_key": key, "confirmed": True}
    assert "We kregen je herroeping." in visitor.get(answer["Location"]).content.decode()


def test_who_presses_twice_or_comes_back_sees_what_was_made(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.statement = {**ANSWER, "result": "kept"}
    fulfilment.withdrawals["good-token"] = withdrawal(state="nothing_left", lines=[])
    answer = visitor.post(PAGE, {**TYPED, "step": "keep", "form_key": "the-very-same-key"})
    assert answer["Location"] == f"{PAGE}?klaar=1"
    assert fulfilment.given[-1]["units"] == GIVEN["units"]  # whatever the page offers by now


def test_nothing_that_was_typed_is_lost(visitor: Client, fulfilment: FakeFulfilment) -> None:
    _status, html = posted(visitor, "change")
    for text in ('value="An Peeters"', 'value="an@example.com"', '<option value="2" selected>'):
        assert text in html
    assert fulfilment.given == []
    fulfilment.statement = {**ANSWER, "result": "wrong", "errors": {"": "Daarvan is er minder over."}}
    for step in ("look", "keep"):
        status, html = posted(visitor, step)
        assert (status, "Daarvan is er minder over." in html) == (422, True)
        assert '<option value="2" selected>' in html


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Vul je naam in."),
        ({"email": "geen adres"}, "Dit e-mailadres klopt niet."),
        ({"units-0-open": "0", "units-1-sent": ""}, "Kies waarvan je afziet."),
        ({"units-1-sent": "3"}, "Daarvan is er intussen minder over."),
    ],
)
def test_what_lacks_is_told_beside_its_field(
    visitor: Client, fulfilment: FakeFulfilment, typed: dict[str, str], sentence: str
) -> None:
    status, html = posted(visitor, "look", **typed)
    assert (status, sentence in html, fulfilment.given) == (422, True, [])


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("over", "De bedenktijd is voorbij."), ("nothing_left", "Hier valt niets (meer) te herroepen.")],
)
def test_after_the_time_the_page_is_polite_and_says_where_to_go(
    visitor: Client, fulfilment: FakeFulfilment, state: str, sentence: str
) -> None:
    fulfilment.withdrawals["good-token"] = withdrawal(state=state)
    html = visitor.get(PAGE).content.decode()
    assert sentence in html
    assert "mailto:" in html
    assert posted(visitor, "look")[1].count(sentence) == 1
    fulfilment.statement = {**ANSWER, "result": "closed", "message": "Te laat."}
    assert visitor.post(PAGE, {**TYPED, "step": "keep"})["Location"] == PAGE


def test_too_late_between_the_two_buttons_is_told_by_the_page_itself(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    fulfilment.statement = {**ANSWER, "result": "closed", "message": "Te laat."}
    answer = visitor.post(PAGE, {**TYPED, "step": "look"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)


def test_a_bad_link_says_what_to_do(visitor: Client) -> None:
    answer = visitor.get("/nl/herroepen/no-such/")
    assert answer.status_code == 404
    assert f'href="{FIND}"' in answer.content.decode()


def test_where_fulfilment_is_away_nobody_thinks_that_it_was_made(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.ConnectError("away")
    assert visitor.get(PAGE).status_code == 503
    assert posted(visitor, "keep")[0] == 503


def test_without_a_link_one_is_mailed_and_nobody_hears_whether_there_is_an_order(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    answer = visitor.post(FIND, {"number": "42", "email": "an@example.com"}, follow=True)
    html = answer.content.decode()
    assert "Kijk in je mailbox" in html
    assert "Kennen we een bestelling met dat nummer" in html
    assert fulfilment.given == [{"number": "42", "email": "an@example.com"}]
    answer = visitor.post(FIND, {"number": "", "email": "x"})
    assert answer.status_code == 422
    assert "Vul je bestelnummer in." in answer.content.decode()


def test_who_asks_for_links_too_often_is_told_another_way(visitor: Client, fulfilment: FakeFulfilment) -> None:
    asked = {"number": "42", "email": "an@example.com"}
    assert [visitor.post(FIND, asked).status_code for _ in range(MOST + 1)] == [302] * MOST + [429]
    assert len(fulfilment.given) == MOST
    assert "mail ons" in visitor.post(FIND, asked).content.decode()
