from typing import Any

import httpx2
import pytest
from django.test import Client

from tests.shop.fakes import FakeFulfilment, FakeSaleor, golden


def _with_state(fulfilment: FakeFulfilment, **changes: Any) -> None:
    order = golden("storefront_tracking.v1.json")
    order["parts"] = [{**order["parts"][0], **changes}]
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


def test_more_than_one_piece_is_told_as_more(visitor: Client, fulfilment: FakeFulfilment) -> None:
    line = {"product_code": "SG-001", "name": "Koord", "variant_name": "", "quantity": 2}
    _with_state(fulfilment, state="shipped", lines=[line])
    assert "2 × Koord zijn naar je onderweg." in visitor.get("/nl/volgen/one/").content.decode()


def test_a_refund_and_what_nobody_makes_yet_are_told(visitor: Client, fulfilment: FakeFulfilment) -> None:
    line = {"product_code": "SG-004", "name": "Laag", "variant_name": "", "quantity": 1}
    changes = {"refunded_minor": 9800, "unrouted_lines": [line]}
    fulfilment.trackings["one"] = {**golden("storefront_tracking.v1.json"), **changes}
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert "€\N{NO-BREAK SPACE}98,00" in html
    assert "Hiervoor zoeken we nog een atelier" in html


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
