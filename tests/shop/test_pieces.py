"""The pages that show pieces, and that lead to them: the collection, a search, a material, a story."""

from time import time
from unittest import mock

import httpx2
import pytest
from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor


def shown(html: str) -> list[str]:
    """Which pieces a page shows, in their order."""
    names = {"koord": html.find('/product/koord/"'), "zit": html.find('/product/zit/"'), "strik": html.find("/strik/")}
    return sorted((name for name, at in names.items() if at >= 0), key=lambda name: names[name])


def page(visitor: Client, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("query", "pieces"),
    [
        ("", ["koord", "zit", "strik"]),
        ("?maker=labeur", ["koord"]),
        ("?material=oude-beuk&material=scheepstouw", ["koord", "zit"]),
        ("?designer=cas-moor&maker=labeur", []),
        ("?most=100", ["strik"]),
        ("?order=price", ["strik", "zit", "koord"]),
        ("?whatever=1&maker=", ["koord", "zit", "strik"]),
    ],
)
def test_the_collection_is_narrowed_down_by_its_address(visitor: Client, query: str, pieces: list[str]) -> None:
    assert shown(page(visitor, f"/nl/collectie/{query}")) == pieces


def test_what_is_chosen_stands_there_with_the_way_back(visitor: Client) -> None:
    html = page(visitor, "/nl/collectie/?maker=labeur&maker=compaan&order=price")
    assert 'href="/nl/collectie/?maker=labeur&amp;order=price"' in html
    assert 'value="labeur" checked' in html
    assert '<meta name="robots" content="noindex, follow">' in html


def test_where_nothing_fits_the_page_says_what_to_do(visitor: Client) -> None:
    html = page(visitor, "/nl/collectie/?designer=cas-moor&maker=labeur")
    assert "Niets past bij alles wat je koos" in html
    assert "Wis alles" in html


def test_a_bound_that_is_no_amount_comes_back_with_what_is_wrong(visitor: Client) -> None:
    html = page(visitor, "/nl/collectie/?least=veel")
    assert 'value="veel"' in html
    assert "Vul een bedrag in hele euro’s in, bijvoorbeeld 150." in html
    assert shown(html) == ["koord", "zit", "strik"]


def test_a_collection_says_what_it_is_and_shows_its_own(visitor: Client) -> None:
    html = page(visitor, "/nl/collectie/in-huis/")
    assert "Licht boven tafel." in html
    assert shown(html) == ["koord", "zit"]
    assert visitor.get("/nl/collectie/nergens/").status_code == 404


def test_the_soonest_ready_is_asked_of_fulfilment_once_for_all(visitor: Client, fulfilment: FakeFulfilment) -> None:
    for day, code in enumerate(("SG-003", "SG-001"), start=1):
        fulfilment.promises[code] = {**fulfilment.promises[code], "ready_on": f"2020-01-0{day}"}
    assert shown(page(visitor, "/nl/collectie/?order=ready"))[:2] == ["zit", "koord"]
    page(visitor, "/en/collection/?order=ready")
    assert len([request for request in fulfilment.requests if "ready-days" in str(request.url)]) == 1


def test_without_fulfilment_what_was_told_last_still_sorts(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.promises["SG-003"] = {**fulfilment.promises["SG-003"], "ready_on": "2020-01-01"}
    page(visitor, "/nl/collectie/?order=ready")
    fulfilment.answer = httpx2.ConnectError("away")
    with mock.patch("shop.fulfilment.days.time", return_value=time() + 3600):
        assert shown(page(visitor, "/nl/collectie/?order=ready&least=1"))[:1] == ["zit"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("touw", "Koord"),
        ("krukje", None),
        ("Verboom", "Sep Verboom"),
        ("beuk", "Oude beuk"),
        ("tros", "Negen uur touw"),
    ],
)
def test_a_search_finds_pieces_people_materials_and_stories(visitor: Client, asked: str, found: str | None) -> None:
    html = page(visitor, f"/nl/zoeken/?q={asked}")
    assert (found or "Niets gevonden voor") in html


def test_a_search_for_nothing_shows_the_field_alone_and_one_in_vain_shows_pieces(visitor: Client) -> None:
    assert "gevonden" not in page(visitor, "/nl/zoeken/?q=%20")
    assert shown(page(visitor, "/nl/zoeken/?q=qqqq")) == ["koord", "zit", "strik"]


def test_a_material_has_its_evidence_beside_it_and_leads_to_what_is_made_of_it(visitor: Client) -> None:
    html = page(visitor, "/nl/materiaal/scheepstouw/")
    assert "De bon van elke rol." in html
    assert shown(html) == ["koord"]
    assert visitor.get("/nl/materiaal/labeur/").status_code == 404


def test_a_story_leads_to_what_it_is_about(visitor: Client) -> None:
    assert "/nl/verhalen/negen-uur-touw/" in page(visitor, "/nl/verhalen/")
    assert shown(page(visitor, "/nl/verhalen/negen-uur-touw/")) == ["koord"]


def test_a_product_says_who_answers_for_it_and_what_is_to_be_minded(visitor: Client) -> None:
    html = page(visitor, "/nl/product/koord/")
    for text in ("Voorbeeldkaai 12, 9000 Gent", "hallo@labeur.example", "Alleen binnen.", "ongeveer 90", "Herstelling"):
        assert text in html
    assert "Veiligheid" not in page(visitor, "/nl/product/strik/")


def test_these_pages_ask_saleor_no_more_than_twice(visitor: Client, saleor: FakeSaleor) -> None:
    for path in ("collectie/in-huis/", "materiaal/scheepstouw/", "verhalen/negen-uur-touw/", "product/koord/"):
        saleor.calls.clear()
        page(visitor, f"/nl/{path}")
        assert len(saleor.calls) <= 2, path
