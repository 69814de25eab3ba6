"""The newsletter: asked, confirmed by mail or not at all, left by one press; and what was agreed to can be proven."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from fulfilment.flows import opt_in, subscribe
from fulfilment.flows.send_mail import send_mail
from fulfilment.forgetting import proof
from fulfilment.mail.models import Mail
from fulfilment.newsletter.models import Subscription
from tests.support import rows
from tests.support.postbox import Postbox
from tests.support.wanting_mail import EMAIL, leaving, link_in, reader

pytestmark = pytest.mark.django_db

NOW = rows.NOW


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.SHOP_URL = "https://winkel.example"


def ask(email: str = EMAIL, *, minutes: int = 0, language: str = "nl", text: str = "2026-11") -> None:
    subscribe.ask(email, language=language, text_version=text, now=NOW + timedelta(minutes=minutes))


def test_it_is_sent_to_nobody_who_did_not_confirm_and_the_mail_says_how() -> None:
    ask(language="en")
    mail = Mail.objects.get()
    assert mail.subject == "Confirm your subscription to our newsletter"
    assert f"https://winkel.example/en/newsletter/confirm/{link_in(mail)}/" in mail.text
    assert Subscription.objects.get().confirmed_at is None


def test_what_was_agreed_to_is_kept_with_its_moment_and_its_text_and_a_mail_says_so() -> None:
    ask()
    token = link_in(Mail.objects.get())
    for later in (5, 6):
        assert subscribe.confirm(token, now=NOW + timedelta(minutes=later))
    found = Subscription.objects.get()
    assert (found.asked_at, found.confirmed_at, found.text_version) == (NOW, NOW + timedelta(minutes=5), "2026-11")
    assert [mail.subject for mail in Mail.objects.order_by("pk")][1:] == ["Welkom bij onze nieuwsbrief"]


def test_twice_is_once_and_the_text_is_the_one_that_was_read_last() -> None:
    ask()
    ask("An@Example.com", minutes=1, text="2026-12")
    assert Subscription.objects.get().text_version == "2026-12"
    assert Mail.objects.count() == 1
    assert subscribe.confirm(link_in(Mail.objects.get()), now=NOW)
    ask(minutes=20, text="2027-01")
    assert Subscription.objects.get().text_version == "2026-12"  # what they confirmed
    assert Mail.objects.latest("pk").subject == "Je krijgt onze nieuwsbrief al"


def test_the_link_that_confirms_ends_after_seven_days_and_after_leaving() -> None:
    ask()
    token = link_in(Mail.objects.get())
    assert not subscribe.confirm(token, now=NOW + timedelta(days=7))
    assert subscribe.confirm(token, now=NOW)
    assert subscribe.leave(leaving(Mail.objects.first() or Mail()), now=NOW)
    assert not subscribe.confirm(token, now=NOW)
    assert subscribe.asked_by(token, now=NOW) is None


def test_who_leaves_leaves_no_address_and_can_be_proven_to_have_agreed() -> None:
    reader(now=NOW)
    token = leaving(Mail.objects.latest("pk"))
    assert subscribe.is_left(token) is False
    for later in range(2):
        assert subscribe.leave(token, now=NOW + timedelta(days=later))
    found = Subscription.objects.get()
    assert (found.email, found.ended_at, found.confirmed_at) == ("", NOW, NOW)
    assert found.address_hash == proof.address_hash(EMAIL)
    assert subscribe.is_left(token) is True
    reader(now=NOW + timedelta(days=2))
    assert Subscription.objects.filter(ended_at=None).get().email == EMAIL
    assert subscribe.is_left(token) is True


def test_who_never_asked_it_makes_all_of_it_go_by_the_same_link() -> None:
    ask()
    token = leaving(Mail.objects.get())
    assert subscribe.leave(token, now=NOW)
    assert not Subscription.objects.exists()
    assert (subscribe.leave(token, now=NOW), subscribe.is_left(token)) == (True, True)
    assert (subscribe.leave("nws_x.y", now=NOW), subscribe.is_left("nws_x.y")) == (False, None)


def test_the_database_itself_keeps_no_address_of_who_left() -> None:
    reader(now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.update(ended_at=NOW)


def test_a_mail_program_is_told_where_one_press_leaves(settings: Settings) -> None:
    reader(now=NOW)
    welcome = Mail.objects.latest("pk").unsubscribe
    Mail.objects.create(key="order:1:x", to=EMAIL, subject="Iets", text="x", html="x", created_at=NOW)
    with Postbox() as postbox:
        settings.MAIL_URL = postbox.url
        send_mail(now=NOW)
    letters = [message_from_bytes(one, policy=policy.default) for one in postbox.handed_in]
    told = {one["Subject"]: (one["List-Unsubscribe"], one["List-Unsubscribe-Post"]) for one in letters}
    assert told["Welkom bij onze nieuwsbrief"] == (f" <{welcome}>", "List-Unsubscribe=One-Click")
    assert told["Iets"] == (None, None)


@pytest.mark.parametrize("email", ["", "  ", "an", "an@", "an@x", f"{'a' * 60}@{'b.' * 100}be", "=1+1@example.com"])
def test_what_is_no_address_is_told_in_a_sentence(email: str) -> None:
    assert list(opt_in.faults(email)) == ["email"]


@pytest.mark.parametrize("email", [EMAIL, " an@example.com ", "an+brief@münchen.example"])
def test_an_address_is_taken_as_people_write_it(email: str) -> None:
    assert opt_in.faults(email) == {}
