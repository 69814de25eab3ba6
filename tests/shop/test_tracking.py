import re
from typing import Any

import httpx2
import pytest
from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor


def _with_state(fulfilment: FakeFulfilment, **changes: Any) -> None:
    order = golden("storefront_tracking.v1.json")
    order |= {"parts": [{**order["parts"][0], **changes}], "returns": []}
    fulfilment.trackings["one"] = order


def test_every_part_tells_where_it_is_made_and_how_far_it_is(visitor: Client) -> None:
    html = visitor.get("/nl/volgen/good-token/").content.decode()
    for text in (
        "Je bestelling wordt op 3 plekken gemaakt",
        "Koord ligt nu bij Labeur op de werkbank.",
        "Zit is naar je onderweg.",
        "Geschenkverpakking wacht op een plek op de werkbank van Dienstenbedrijf Gent.",
        "Volg pakket BE1 bij bpost",
        "€\N{NO-BREAK SPACE}575,50",
    ):
        assert text in html
    assert html.count('aria-current="step"') == 2  # nothing is under way yet at the third


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("accepted", "Labeur heeft Koord aangenomen"),
        ("ready", "Koord is klaar"),
        ("delivered", "Koord is bij je geleverd."),
        ("cancelled", "Koord is geannuleerd."),
    ],
)
def test_every_state_has_its_sentence(visitor: Client, fulfilment: FakeFulfilment, state: str, sentence: str) -> None:
    _with_state(fulfilment, state=state)
    assert sentence in visitor.get("/nl/volgen/one/").content.decode()


@pytest.mark.parametrize(
    ("notice", "told"),
    [
        ("material", "We wachten nog op materiaal. Klaar tegen vrijdag 4 december."),
        ("", 'soft">Klaar tegen vrijdag 4 december.'),
        ("a_reason_of_tomorrow", 'soft">Klaar tegen vrijdag 4 december.'),
    ],
)
def test_why_it_takes_longer_stands_beside_the_day(
    visitor: Client, fulfilment: FakeFulfilment, notice: str, told: str
) -> None:
    _with_state(fulfilment, notice=notice)
    assert told in visitor.get("/nl/volgen/one/").content.decode()


def test_what_the_buyer_came_for_is_called_so_and_no_parcel(visitor: Client, fulfilment: FakeFulfilment) -> None:
    order = golden("storefront_tracking.v1.json")
    made = order["parts"][1]
    [parcel] = made["parcels"]
    at = parcel["shipped_at"]
    parcel |= {"carrier": "Afgehaald in het atelier", "collected": True, "delivered_at": at}
    parcel |= {"tracking_code": "", "tracking_url": ""}
    steps = [*made["steps"], {"state": "delivered", "at": at}]
    order |= {"parts": [{**made, "state": "delivered", "steps": steps}], "returns": []}
    fulfilment.trackings["one"] = order
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert "Alles is afgehaald." in html
    assert "Zit is afgehaald bij Compaan." in html
    assert "<b>Afgehaald bij Compaan</b>, op 25 november" in html
    for word in ("Pakket met", "geleverd", "Geleverd", "Verzonden"):
        assert word not in html


def test_more_than_one_piece_is_told_as_more(visitor: Client, fulfilment: FakeFulfilment) -> None:
    line = {"product_code": "SG-001", "name": "Koord", "variant_name": "", "quantity": 2}
    _with_state(fulfilment, state="shipped", lines=[line])
    assert "2 × Koord zijn naar je onderweg." in visitor.get("/nl/volgen/one/").content.decode()


def _after(fulfilment: FakeFulfilment, *states: str, **changes: Any) -> None:
    """The order of three workshops, with their parts in these states."""
    order = golden("storefront_tracking.v1.json")
    order["parts"] = [{**part, "state": state} for part, state in zip(order["parts"], states, strict=True)]
    order["returns"] = []
    fulfilment.trackings["one"] = {**order, **changes}


def _headline(visitor: Client) -> str:
    html = visitor.get("/nl/volgen/one/").content.decode()
    return html.partition("<h1>")[2].partition("</header>")[0].replace("\N{NO-BREAK SPACE}", " ")


def test_an_order_of_which_all_money_went_back_does_not_wish_much_pleasure(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    _after(fulfilment, "delivered", "delivered", "delivered", refunded_minor=57550)
    told = _headline(visitor)
    assert "Alles is terugbetaald." in told
    assert "We stortten € 575,50 terug, naar de rekening of kaart waarmee je betaalde." in told
    assert "geleverd" not in told


def test_money_that_is_on_its_way_back_is_told_as_on_its_way(visitor: Client, fulfilment: FakeFulfilment) -> None:
    _after(fulfilment, "delivered", "delivered", "delivered", returning_minor=47550, refunded_minor=10000)
    told = _headline(visitor)
    assert "Je krijgt alles terug." in told
    assert "€ 475,50 is onderweg naar de rekening of kaart waarmee je betaalde." in told
    assert "€ 100,00 stortten we al terug." in told


def test_a_cancelled_order_says_what_becomes_of_the_money(visitor: Client, fulfilment: FakeFulfilment) -> None:
    _after(fulfilment, "cancelled", "cancelled", "cancelled", cancelled_at="2026-11-24T10:00:00+00:00")
    assert "Deze bestelling is geannuleerd." in _headline(visitor)
    assert "Wat je ervoor betaalde, storten we terug." in _headline(visitor)
    _after(fulfilment, "cancelled", "cancelled", "cancelled", refunded_minor=57550)
    assert "Deze bestelling is geannuleerd." in _headline(visitor)
    assert "We stortten € 575,50 terug" in _headline(visitor)


def test_a_cancelled_order_that_no_workshop_had_yet_is_cancelled_too(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    _after(fulfilment, "cancelled", "cancelled", "cancelled")
    changes = {"parts": [], "cancelled_at": "2026-11-24T10:00:00+00:00"}
    fulfilment.trackings["one"] |= changes
    assert "Deze bestelling is geannuleerd." in _headline(visitor)


def test_of_an_order_that_went_back_in_part_the_rest_goes_on(visitor: Client, fulfilment: FakeFulfilment) -> None:
    _after(fulfilment, "cancelled", "making", "waiting", refunded_minor=28900)
    assert "Je bestelling wordt op 2 plekken gemaakt" in _headline(visitor)
    assert "We stortten € 289,00 terug" in _headline(visitor)
    _after(fulfilment, "cancelled", "delivered", "delivered", refunded_minor=28900)
    assert "De rest is geleverd." in _headline(visitor)


def test_an_order_that_was_delivered_whole_says_no_word_of_money(visitor: Client, fulfilment: FakeFulfilment) -> None:
    _after(fulfilment, "delivered", "delivered", "delivered")
    assert "Alles is geleverd. Veel plezier ermee." in _headline(visitor)
    assert "€" not in _headline(visitor)


def test_an_order_for_which_no_workshop_was_found_yet_is_not_called_cancelled(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    line = {"product_code": "SG-004", "name": "Laag", "variant_name": "", "quantity": 1}
    changes = {"parts": [], "unrouted_lines": [line]}
    fulfilment.trackings["one"] = {**golden("storefront_tracking.v1.json"), **changes}
    assert "We zoeken een atelier voor je bestelling." in _headline(visitor)
    assert "Hiervoor zoeken we nog een atelier" in visitor.get("/nl/volgen/one/").content.decode()


def test_a_bad_link_is_not_found(visitor: Client) -> None:
    assert visitor.get("/nl/volgen/invented/").status_code == 404


def test_the_page_does_without_saleor(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.ConnectError("away")
    answer = visitor.get("/nl/volgen/good-token/")
    assert answer.status_code == 200
    assert "Koord ligt nu bij Labeur op de werkbank." in answer.content.decode()


def test_the_link_is_a_key_that_stays_here(visitor: Client) -> None:
    answer = visitor.get("/nl/volgen/good-token/")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert 'rel="noreferrer external"' in answer.content.decode()


def test_the_shop_shows_its_bearer_to_fulfilment(
    visitor: Client, fulfilment: FakeFulfilment, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop import settings

    monkeypatch.setattr(settings, "STOREFRONT_API_TOKEN", "secret")
    visitor.get("/nl/volgen/good-token/")
    assert fulfilment.requests[-1].headers["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("announced", "Dit komt terug naar Compaan."),
        ("expected", "Dit is op weg terug naar Compaan."),
        ("arrived", "Dit is weer aangekomen bij Compaan."),
        ("refunded", "Dit kwam terug bij Compaan, en is terugbetaald."),
        ("lost", "Dit kwam niet aan bij Compaan."),
    ],
)
def test_what_comes_back_is_told_as_far_as_it_is(
    visitor: Client, fulfilment: FakeFulfilment, state: str, sentence: str
) -> None:
    [back] = golden("storefront_tracking.v1.json")["returns"]
    _after(fulfilment, "delivered", "delivered", "delivered", returns=[{**back, "state": state}])
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert sentence in html
    assert ("terugbetaald" in html) is (state == "refunded")
    assert ("Veel plezier ermee" in html) is (state == "lost")


@pytest.mark.parametrize(
    ("by_bank", "refunded", "told"),
    [
        ({"waiting_minor": 28_900, "wants_account": True, "paid_minor": 0}, 0, "zodra we je rekeningnummer hebben"),
        ({"waiting_minor": 28_900, "wants_account": False, "paid_minor": 0}, 0, "op de rekening die je opgaf"),
        ({"waiting_minor": 0, "wants_account": False, "paid_minor": 28_900}, 28_900, "op de rekening die je opgaf."),
        ({"waiting_minor": 0, "wants_account": False, "paid_minor": 8_900}, 28_900, "We stortten € 289,00 terug. Je"),
    ],
)
def test_what_goes_back_by_bank_is_told_as_that(
    visitor: Client, fulfilment: FakeFulfilment, by_bank: dict[str, Any], refunded: int, told: str
) -> None:
    _after(fulfilment, "making", "making", "making", by_bank=by_bank, refunded_minor=refunded)
    assert told in _headline(visitor)


@pytest.mark.parametrize(
    ("state", "delivered", "sentence"),
    [
        ("ready", [True], "2 × Koord zijn klaar en worden bij Labeur ingepakt."),
        ("shipped", [True, False], "2 × Koord zijn naar je onderweg."),
        ("shipped", [True, True], "3 × Koord zijn naar je onderweg."),
        ("delivered", [True, True], "3 × Koord zijn bij je geleverd."),
    ],
)
def test_of_what_leaves_in_two_parcels_the_sentence_is_about_what_is_still_awaited(
    visitor: Client, fulfilment: FakeFulfilment, state: str, delivered: list[bool], sentence: str
) -> None:
    line = {"product_code": "SG-001", "name": "Koord", "variant_name": "", "quantity": 3}
    empty = golden("storefront_tracking.v1.json")["parts"][1]["parcels"][0]
    parcels = [
        {**empty, "lines": [{**line, "quantity": count}], "delivered_at": empty["shipped_at"] if is_there else None}
        for count, is_there in zip((1, 2), delivered, strict=False)
    ]
    _with_state(fulfilment, state=state, lines=[line], parcels=parcels)
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert sentence in html


def test_the_proof_of_purchase_is_handed_on_as_it_was_printed(visitor: Client, fulfilment: FakeFulfilment) -> None:
    page = visitor.get("/nl/volgen/good-token/").content.decode()
    address = "/nl/volgen/good-token/aankoopbewijs-42.pdf"
    assert f'href="{address}"' in page
    assert 'href="/nl/volgen/good-token/creditnota-42-1.pdf"' in page
    fulfilment.answer = httpx2.Response(200, content=b"%PDF-1.7 ...")
    answer = visitor.get(address)
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 ...", "application/pdf")
    assert answer["Content-Disposition"] == 'inline; filename="aankoopbewijs-42.pdf"'
    french = visitor.get("/fr/suivi/good-token/aankoopbewijs-42.pdf")
    assert french["Content-Disposition"] == 'inline; filename="preuve-d-achat-42.pdf"'
    assert ("no-store" in answer["Cache-Control"], answer["X-Robots-Tag"]) == (True, "noindex")
    assert fulfilment.requests[-1].url.path == "/api/storefront/documents/good-token/aankoopbewijs-42.pdf"
    fulfilment.answer = httpx2.Response(404)
    assert visitor.get(address).status_code == 404
    fulfilment.answer = httpx2.ConnectError("away")
    assert visitor.get(address).status_code == 503


POINT = {"name": "Sociaal Gemaakt, afhaalpunt", "street": "Voorbeeldkaai 1", "postal_code": "9000", "city": "GENT"}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("making", "Koord ligt nu bij Labeur op de werkbank."),
        ("shipped", "Koord is op weg naar je afhaalpunt."),
        ("delivered", "Koord is afgehaald."),
    ],
)
def test_what_is_collected_goes_to_the_collection_point_and_says_when_to_come(
    visitor: Client, fulfilment: FakeFulfilment, state: str, sentence: str
) -> None:
    _with_state(fulfilment, state=state)
    fulfilment.trackings["one"]["pickup"] = {**POINT, "hours": "woensdag, van 11 tot 18 uur"}
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert sentence in html
    for told in ("Je haalt het af in Gent", "Voorbeeldkaai 1, 9000 GENT", "Woensdag, van 11 tot 18 uur"):
        assert (told in html) == (state != "delivered")
    assert "Naar het afhaalpunt" in html
    assert "Verzonden" not in html
    assert "naar je toe" not in html


def test_what_lies_at_the_collection_point_says_so_once_all_of_it_does(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    order = golden("storefront_tracking.v1.json")
    made = order["parts"][1]
    [parcel] = made["parcels"]
    there = {**parcel, "at_point_since": "2026-11-26T09:00:00+00:00"}
    for parcels, sentence, title in (
        ([there, parcel], "Zit is op weg naar je afhaalpunt.", "Alles is gemaakt, en op weg naar het afhaalpunt."),
        ([there, there], "Zit ligt klaar op je afhaalpunt.", "Het ligt voor je klaar op het afhaalpunt."),
    ):
        order |= {"parts": [{**made, "state": "shipped", "parcels": parcels}], "returns": []}
        order |= {"pickup": {**POINT, "hours": ""}}
        fulfilment.trackings["one"] = order
        html = visitor.get("/nl/volgen/one/").content.decode()
        assert sentence in html
        assert title in _headline(visitor)
        assert "ligt klaar sinds 26 november" in html


def test_an_order_that_left_is_not_called_being_made(visitor: Client, fulfilment: FakeFulfilment) -> None:
    _after(fulfilment, "shipped", "delivered", "shipped")
    assert "Alles is gemaakt, en naar je onderweg." in _headline(visitor)


def test_what_was_collected_says_no_more_where_and_when_to_come(visitor: Client, fulfilment: FakeFulfilment) -> None:
    made = golden("storefront_tracking.v1.json")["parts"][1]
    [parcel] = made["parcels"]
    there = {**parcel, "at_point_since": "2026-11-26T09:00:00+00:00"}
    collected = {**made, "state": "delivered", "parcels": [there | {"delivered_at": "2026-11-27T09:00:00+00:00"}]}
    waiting = {**made, "state": "shipped", "parcels": [there]}
    told = golden("storefront_tracking.v1.json") | {"returns": [], "pickup": {**POINT, "hours": "woensdag"}}
    fulfilment.trackings["one"] = told | {"parts": [collected, waiting]}
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert "Je haalt het af in Gent" in html
    assert "afgehaald op 27 november" in html
    assert "geleverd op" not in html
    fulfilment.trackings["one"] = told | {"parts": [collected]}
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert "Je haalt het af" not in html
    assert "Woensdag" not in html
    assert "Alles is afgehaald." in _headline(visitor)


@pytest.mark.parametrize(
    ("cancelled", "returns", "title"),
    [(0, 1, "Alles was afgehaald. Wat er terugkomt, lees je hieronder."), (1, 0, "De rest is afgehaald.")],
)
def test_what_somebody_came_for_is_nowhere_called_delivered(
    visitor: Client, fulfilment: FakeFulfilment, cancelled: int, returns: int, title: str
) -> None:
    told = golden("storefront_tracking.v1.json") | {"pickup": {**POINT, "hours": ""}}
    made = {**told["parts"][1], "state": "delivered"}
    gone = [{**told["parts"][0], "state": "cancelled"}] * cancelled
    fulfilment.trackings["one"] = told | {"parts": [made, *gone], "returns": told["returns"][:returns]}
    assert title in _headline(visitor)
    assert "geleverd" not in _headline(visitor)


def test_that_it_lies_at_the_collection_point_is_a_step_of_its_own(visitor: Client, fulfilment: FakeFulfilment) -> None:
    told = golden("storefront_tracking.v1.json") | {"pickup": {**POINT, "hours": ""}, "returns": []}
    made = told["parts"][1]
    [parcel] = made["parcels"]
    there = {**parcel, "at_point_since": "2026-11-26T09:00:00+00:00"}
    for parcels, state, progress in (
        ([parcel], "shipped", ["done", "done", "done", "current", "ahead", "ahead"]),
        ([there], "shipped", ["done", "done", "done", "done", "current", "ahead"]),
        ([there], "delivered", ["done"] * 6),
    ):
        fulfilment.trackings["one"] = told | {"parts": [{**made, "state": state, "parcels": parcels}]}
        html = visitor.get("/nl/volgen/one/").content.decode()
        assert re.findall(r"track-step is-(\w+)", html) == progress
        assert "Ligt klaar om af te halen" in html
    assert html.count('datetime="2026-11-26T10:00:00+01:00"') == 1


@pytest.mark.parametrize("state", ["over", "nothing_left"])
def test_a_withdrawal_is_offered_where_there_is_something_to_withdraw_from(
    visitor: Client, fulfilment: FakeFulfilment, state: str
) -> None:
    fulfilment.trackings["one"] = golden("storefront_tracking.v1.json")
    assert "Toch liever niet?" in visitor.get("/nl/volgen/one/").content.decode()
    fulfilment.trackings["one"] = golden("storefront_tracking.v1.json") | {"withdrawal": state}
    assert "Toch liever niet?" not in visitor.get("/nl/volgen/one/").content.decode()
