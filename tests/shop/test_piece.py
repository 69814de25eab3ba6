"""What the QR of a piece opens: that it is real and who made it, and what its owners wrote; nothing of themselves."""

import re

import httpx2
from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor

PAGE = "/nl/echt/good-token/"
TYPED = {"on": "2026-11-24", "text": "Geolied", "form_key": "a-form-key-1"}


def test_the_page_tells_who_designed_and_made_it_where_when_of_what_and_in_how_many_hours(visitor: Client) -> None:
    answer = visitor.get(PAGE)
    html = answer.content.decode()
    for text in (
        "Koord",
        "Nummer 12",
        "Sep Verboom",
        "Labeur</a>, Gent",
        "2 december 2026",
        "Materiaal",
        "Uren werk",
        "14 maart 2027",
        "Nieuwe fitting, gedaan door het repaircafé.",
    ):
        assert text in html
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)


def test_it_is_there_without_saleor_too(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.ConnectError("away")
    html = visitor.get(PAGE).content.decode()
    assert "Nummer 12" in html
    assert "Uren werk" not in html


def test_an_unknown_code_is_no_piece_of_ours(visitor: Client) -> None:
    assert visitor.get("/nl/echt/a-copy/").status_code == 404


def test_a_note_is_kept_once_and_taken_away(visitor: Client, fulfilment: FakeFulfilment) -> None:
    assert re.findall(r'name="form_key" value="([\w-]{16,})"', visitor.get(PAGE).content.decode())
    answer = visitor.post(PAGE, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert fulfilment.given == [{"path": "good-token/notes", **TYPED}]
    assert visitor.post(PAGE, {"remove": "nte_4kT2"})["Location"] == PAGE
    assert fulfilment.given[-1] == {"path": "good-token/notes/nte_4kT2/remove"}


def test_what_is_wrong_with_a_note_is_told_beside_its_field_and_nothing_is_lost(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    for typed, sentence in (({"text": ""}, "Schrijf wat er gebeurde."), ({"on": "gisteren"}, "Dit is geen dag.")):
        answer = visitor.post(PAGE, {**TYPED, **typed})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    fulfilment.note = {"result": "wrong", "errors": {"on": "Kies een andere dag."}}
    html = visitor.post(PAGE, TYPED).content.decode()
    assert "Kies een andere dag." in html
    assert 'value="Geolied"' in html
