"""The newsletter: asked on its own page, which the foot of every page leads to; confirmed and left from mails."""

import json
from unittest import mock

import httpx2
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override
from redis.exceptions import ConnectionError as ValkeyAway

from shop import throttle
from shop.newsletter.consent import TEXT, VERSION
from tests.shop.fake_fulfilment import GOLDEN, FakeFulfilment

PAGE = "/nl/nieuwsbrief/"
CONFIRM, LEAVE = f"{PAGE}bevestigen/good-token/", f"{PAGE}uitschrijven/good-token/"
EMAIL = "an@example.com"


def test_every_page_leads_to_it_and_it_says_what_one_agrees_to(visitor: Client) -> None:
    for page in ("/nl/", "/nl/product/koord/", "/nl/mandje/", PAGE):
        assert f'href="{PAGE}"' in visitor.get(page).content.decode()
    for address, language in ((PAGE, "nl"), ("/en/newsletter/", "en"), ("/fr/infolettre/", "fr")):
        with override(language):
            assert str(TEXT) in visitor.get(address).content.decode()


def test_another_text_is_another_version_and_every_version_can_be_read() -> None:
    texts = json.loads((GOLDEN / "newsletter_consent.json").read_text())
    told = {}
    for language in ("nl", "en", "fr"):
        with override(language):
            told[language] = str(TEXT)
    assert texts[VERSION] == told


def test_it_is_asked_with_the_version_of_the_text_and_the_answer_is_the_same_for_all(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    answer = visitor.post(PAGE, {"email": EMAIL})
    assert answer["Location"] == f"{PAGE}?verstuurd=1"
    assert fulfilment.given == [{"path": "newsletter", "email": EMAIL, "text_version": VERSION}]
    html = visitor.get(answer["Location"]).content.decode()
    assert "Kijk in je mailbox" in html
    assert EMAIL not in html


@pytest.mark.parametrize("email", ["", "geen adres", f"{'a' * 70}@example.com"])
def test_what_is_no_address_is_told_beside_its_field_and_stays(
    visitor: Client, fulfilment: FakeFulfilment, email: str
) -> None:
    answer = visitor.post(PAGE, {"email": email})
    html = answer.content.decode()
    assert (answer.status_code, fulfilment.given) == (422, [])
    assert 'id="id_email_error"' in html
    assert email in html


@pytest.mark.parametrize("away", ["fulfilment", "valkey"])
def test_where_it_cannot_be_asked_now_the_page_says_so_and_keeps_what_was_typed(
    visitor: Client, fulfilment: FakeFulfilment, away: str
) -> None:
    if away == "fulfilment":
        fulfilment.answer = httpx2.ReadTimeout("hangs")
        answer = visitor.post(PAGE, {"email": EMAIL})
    else:
        with mock.patch.object(cache, "incr", side_effect=ValkeyAway):
            answer = visitor.post(PAGE, {"email": EMAIL})
    html = answer.content.decode()
    assert answer.status_code == 503
    assert "Dit lukt nu even niet. Wat je typte, staat er nog" in html
    assert f'value="{EMAIL}"' in html


def test_who_asks_too_often_is_told_to_wait(visitor: Client, fulfilment: FakeFulfilment) -> None:
    most = throttle.MAILS.per_subject
    assert [visitor.post(PAGE, {"email": EMAIL}).status_code for _ in range(most + 1)] == [302] * most + [429]
    assert len(fulfilment.given) == most


def test_opening_the_link_does_nothing_and_the_button_confirms(visitor: Client, fulfilment: FakeFulfilment) -> None:
    html = visitor.get(CONFIRM).content.decode()
    assert "Ja, schrijf me in" in html
    assert fulfilment.given == []
    assert "Je bent ingeschreven op onze nieuwsbrief." in visitor.post(CONFIRM).content.decode()
    assert fulfilment.given == [{"path": "newsletter/confirmation/good-token"}]
    fulfilment.opt_ins["newsletter/confirmation/good-token"] = {"state": "confirmed"}
    assert "Je bent ingeschreven op onze nieuwsbrief." in visitor.get(CONFIRM).content.decode()
    for method in (visitor.get, visitor.post):
        answer = method(CONFIRM.replace("good", "old"))
        assert (answer.status_code, "Deze link werkt niet (meer)" in answer.content.decode()) == (404, True)


def test_one_press_of_a_mail_program_leaves_it_without_a_cookie_or_a_redirect(fulfilment: FakeFulfilment) -> None:
    answer = Client(enforce_csrf_checks=True).post(LEAVE, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "Je bent uitgeschreven" in answer.content.decode()) == (200, True)
    assert fulfilment.given == [{"path": "newsletter/leaving/good-token"}]


def test_who_opens_the_link_presses_a_button_and_reads_it_when_they_left_before(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    assert "Schrijf me uit" in visitor.get(LEAVE).content.decode()
    assert fulfilment.given == []
    fulfilment.opt_ins["newsletter/leaving/good-token"] = {"state": "over"}
    assert "Je bent uitgeschreven" in visitor.get(LEAVE).content.decode()
    assert visitor.get(LEAVE.replace("good", "bad")).status_code == 404


def test_where_fulfilment_is_away_nobody_thinks_that_they_left(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.ConnectError("away")
    for address in (LEAVE, CONFIRM):
        assert visitor.post(address).status_code == 503
