"""For companies, what everybody may read: what they can expect, what they agree to, and the form by which they ask."""

import json
from typing import Any
from unittest import mock

import httpx2
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override
from redis.exceptions import ConnectionError as ValkeyAway

from shop import throttle
from shop.business.terms import TEXT, VERSION
from tests.shop.fake_fulfilment import GOLDEN, FakeFulfilment

PAGE, FORM = "/nl/zakelijk/", "/nl/zakelijk/aanvragen/"
KEY = "a-form-key-1"
GIVEN = {
    "form_key": KEY,
    "name": "Hotel Voorbeeld",
    "legal_number": "0123.456.749",
    "vat_number": "be 0123 456 749",
    "contact_name": "An Peeters",
    "email": "an@voorbeeld.be",
    "phone": "0470 12 34 56",
    "purpose": "Twintig lampen,\ntegen mei.",
    "agreed": "on",
}


def html(answer: Any) -> str:
    return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


# What is told


def test_the_foot_of_every_page_leads_there_and_so_does_a_product(visitor: Client) -> None:
    for page in ("/nl/", "/nl/mandje/", PAGE):
        assert f'href="{PAGE}"' in html(visitor.get(page))
    assert "prijzen voor bedrijven" in html(visitor.get("/nl/product/koord/"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (PAGE, "Voor je hotel, je kantoor, je winkel."),
        ("/en/business/", "For your hotel, your office, your shop."),
        ("/fr/professionnels/", "Pour votre hôtel, votre bureau, votre magasin."),
    ],
)
def test_the_page_is_there_in_each_language_names_the_makers_and_is_found(
    visitor: Client, address: str, told: str
) -> None:
    page = html(visitor.get(address))
    assert told in page
    assert "Compaan" in page
    assert f'<link rel="canonical" href="http://shop.test{address}">' in page
    for other in (PAGE, "/en/business/", "/fr/professionnels/"):
        assert f'href="http://shop.test{other}"' in page
        assert other in html(visitor.get("/sitemap-pages.xml"))


def test_it_is_the_same_page_for_everybody(visitor: Client) -> None:
    assert visitor.get(PAGE)["Cache-Control"] == "private, no-cache"
    assert "csrf" not in html(visitor.get(PAGE))


def test_another_text_is_another_version_and_every_version_can_be_read(visitor: Client) -> None:
    texts = json.loads((GOLDEN / "business_terms.json").read_text())
    told = {}
    for language in ("nl", "en", "fr"):
        with override(language):
            told[language] = [[str(heading), str(said)] for heading, said in TEXT]
    assert texts[VERSION] == told
    page = html(visitor.get("/nl/zakelijk/voorwaarden/"))
    assert all(said in page for _heading, said in told["nl"])
    assert f"Versie {VERSION}." in page


# The application


def test_an_application_is_sent_as_it_is_meant_and_the_page_after_it_says_what_happens(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    answer = visitor.post(FORM, GIVEN)
    assert answer["Location"] == f"{FORM}?verstuurd=1"
    (sent,) = fulfilment.companies.given
    assert sent == {
        "path": "applications",
        **{name: value for name, value in GIVEN.items() if name != "agreed"},
        "legal_number": "0123456749",
        "vat_number": "BE0123456749",
        "terms_version": VERSION,
    }
    page = html(visitor.get(answer["Location"]))
    assert "We kregen je aanvraag" in page
    assert "We kijken je gegevens na." in page
    assert "an@voorbeeld.be" not in page


def test_each_form_has_a_key_of_its_own_that_stays_with_its_mistakes(visitor: Client) -> None:
    def key(page: str) -> str:
        return page.partition('name="form_key" value="')[2].partition('"')[0]

    first, second = (key(html(visitor.get(FORM))) for _time in range(2))
    assert first != second
    assert len(first) == 22
    assert key(html(visitor.post(FORM, {**GIVEN, "form_key": first, "name": ""}))) == first


def test_all_that_is_wrong_is_told_in_one_round_and_nothing_that_was_typed_is_lost(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    typed = {**GIVEN, "legal_number": "0123.456.748", "vat_number": "BE1", "phone": "bel", "email": "an@", "agreed": ""}
    answer = visitor.post(FORM, typed)
    page = html(answer)
    assert (answer.status_code, fulfilment.companies.given) == (422, [])
    for name in ("legal_number", "vat_number", "phone", "email", "agreed"):
        assert f'id="id_{name}_error"' in page
    for name in ("name", "legal_number", "vat_number", "contact_name", "email", "phone"):
        assert f'value="{typed[name]}"' in page
    assert "Twintig lampen," in page


@pytest.mark.parametrize(
    ("legal", "vat", "sent"),
    [
        ("BE 0123.456.749", "", ("0123456749", "")),
        ("", "BE 0123.456.749", ("0123456749", "BE0123456749")),
        ("", "0123456749", ("0123456749", "BE0123456749")),
        ("", "NL 4495445B01", ("", "NL004495445B01")),
    ],
)
def test_a_number_is_taken_as_people_write_it(
    visitor: Client, fulfilment: FakeFulfilment, legal: str, vat: str, sent: tuple[str, str]
) -> None:
    assert visitor.post(FORM, {**GIVEN, "legal_number": legal, "vat_number": vat}).status_code == 302
    (given,) = fulfilment.companies.given
    assert (given["legal_number"], given["vat_number"]) == sent


def test_one_of_the_two_numbers_is_needed(visitor: Client) -> None:
    page = html(visitor.post(FORM, {**GIVEN, "legal_number": "", "vat_number": ""}))
    assert "Vul je ondernemingsnummer in. Zit je onderneming niet in België" in page


def test_what_fulfilment_finds_wrong_stands_beside_its_field(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.companies.errors = {"vat_number": "Dit nummer bestaat niet.", "": "Kijk het na."}
    answer = visitor.post(FORM, GIVEN)
    page = html(answer)
    assert answer.status_code == 422
    assert '<p class="field-error" id="id_vat_number_error">Dit nummer bestaat niet.</p>' in page
    assert "<li>Kijk het na.</li>" in page


@pytest.mark.parametrize("away", ["fulfilment", "valkey"])
def test_where_it_cannot_be_asked_now_the_page_says_so_and_keeps_what_was_typed(
    visitor: Client, fulfilment: FakeFulfilment, away: str
) -> None:
    if away == "fulfilment":
        fulfilment.answer = httpx2.ReadTimeout("hangs")
        answer = visitor.post(FORM, GIVEN)
    else:
        with mock.patch.object(cache, "incr", side_effect=ValkeyAway):
            answer = visitor.post(FORM, GIVEN)
    page = html(answer)
    assert answer.status_code == 503
    assert "Dit lukt nu even niet. Wat je typte, staat er nog" in page
    assert f'value="{KEY}"' in page
    assert 'value="Hotel Voorbeeld"' in page


def test_who_asks_too_often_is_told_to_wait(visitor: Client, fulfilment: FakeFulfilment) -> None:
    most = throttle.MAILS.per_subject
    assert [visitor.post(FORM, GIVEN).status_code for _ in range(most + 1)] == [302] * most + [429]
    assert len(fulfilment.companies.given) == most


def test_no_robot_keeps_the_form_or_what_comes_after_it(visitor: Client) -> None:
    for address in (FORM, f"{FORM}?verstuurd=1"):
        answer = visitor.get(address)
        assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
