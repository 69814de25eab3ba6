"""What answers a form is read at an address of its own, once, by who sent it."""

from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as ValkeyAway

from shop import answers
from tests.shop.buying import step


def sender() -> Client:
    """A browser that is looked at step by step: it follows nothing."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture(autouse=True)
def _played(saleor: object, fulfilment: object) -> None:
    """Saleor and fulfilment answer."""


def sent(client: Client, email: str = "an@") -> str:
    """Where the answer to a mistake in the newsletter's form is read."""
    response = client.post("/nl/nieuwsbrief/", {"email": email})
    assert (response.status_code, response["Cache-Control"]) == (303, "no-store")
    return str(response["Location"])


def test_an_answer_is_read_once_and_then_the_page_is_as_it_is_by_now() -> None:
    client = sender()
    address = sent(client, "an@nergens")
    first, again = client.get(address), client.get(address)
    assert (first.status_code, again.status_code) == (422, 200)
    assert "an@nergens" in first.content.decode()
    assert "an@nergens" not in again.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert first["Content-Language"] == "nl"
    assert "Content-Security-Policy" in first


def test_who_only_asks_whether_it_is_there_reads_nothing() -> None:
    client = sender()
    address = sent(client)
    assert client.head(address).status_code == 422
    assert client.get(address).status_code == 422


def test_an_answer_is_shown_to_the_visit_that_sent_its_form_alone() -> None:
    client, somebody = sender(), sender()
    for one in (client, somebody):
        one.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    address = client.post(step("contact"), {"email": "an@nergens"})["Location"]
    for other in (somebody, sender()):
        assert "an@nergens" not in other.get(address, follow=True).content.decode()
    assert "an@nergens" in client.get(address).content.decode()


def test_an_answer_keeps_the_query_of_its_page_and_no_answer_before_it() -> None:
    client = sender()
    client.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    first = client.post(step("contact"), {"email": "an@"})["Location"]
    second = client.post(first, {"email": "an@"})["Location"]
    assert second.startswith("/nl/afrekenen/?stap=contact&antwoord=")
    assert second.count("antwoord=") == 1
    assert second != first


def test_what_is_kept_for_all_gives_way_to_an_answer_and_to_nothing_that_looks_like_one() -> None:
    client, stranger = sender(), Client()
    whole = stranger.get("/nl/product/koord/").content
    address = client.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "0"})["Location"]
    assert client.get(address).status_code == 422
    assert stranger.get("/nl/product/koord/?antwoord=verzonnen").content == whole
    with mock.patch("shop.catalogue.views.catalogue.product") as asked:
        stranger.get("/nl/product/koord/?antwoord=verzonnen")
    asked.assert_not_called()


def test_where_a_visit_ends_with_the_form_its_answer_is_read_all_the_same() -> None:
    client = sender()
    client.post("/nl/account/wensen/", {"keep": "SG-001"})
    address = client.post("/nl/account/verwijderen/good-key/")["Location"]
    assert client.get(address).status_code == 200
    assert "sg_shop" not in client.cookies or not client.cookies["sg_shop"].value


def test_a_program_that_sends_a_form_by_itself_is_answered_at_once() -> None:
    body = {"List-Unsubscribe": "One-Click"}
    assert Client().post("/nl/nieuwsbrief/uitschrijven/good-token/", body).status_code == 200


def test_of_what_another_site_sent_nothing_is_kept() -> None:
    foreign = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.post("/nl/product/koord/", {"quantity": "0"}).status_code == 403


def test_while_nothing_can_be_kept_the_answer_is_given_at_once() -> None:
    with mock.patch.object(cache, "set", side_effect=ValkeyAway):
        response = sender().post("/nl/nieuwsbrief/", {"email": "an@nergens"})
    assert response.status_code == 422
    assert "an@nergens" in response.content.decode()


def test_an_answer_that_nobody_comes_for_is_gone_within_minutes() -> None:
    with mock.patch.object(cache, "set", wraps=cache.set) as kept:
        sent(sender())
    (seconds,) = [call.args[2] for call in kept.call_args_list if call.args[0].startswith("answer:")]
    assert seconds == answers.SECONDS <= 300
