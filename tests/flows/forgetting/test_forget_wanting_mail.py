"""What somebody asked to be mailed about goes when its time is over, and a consent that ended is proven that long."""

from datetime import timedelta

import pytest
from django.conf import settings

from fulfilment.flows import subscribe, wish_restock
from fulfilment.flows.forget import forget
from fulfilment.forgetting.table import kept
from fulfilment.mail.models import Mail
from fulfilment.newsletter.models import Subscription
from fulfilment.restock.models import RestockWish
from tests.support import rows
from tests.support.wanting_mail import CLAY, EMAIL, MOSS, leaving, reader, wish

pytestmark = pytest.mark.django_db

NOW = rows.NOW
A_SECOND = timedelta(seconds=1)


def run(name: str, after: timedelta) -> int:
    return forget(kept(name), now=NOW + after)


def test_what_nobody_confirmed_is_gone_once_its_link_is_no_good_any_more() -> None:
    wish(now=NOW)
    reader("bo@example.com", now=NOW)
    wish_restock.ask(EMAIL, CLAY, language="nl", now=NOW)
    subscribe.ask(EMAIL, language="nl", text_version="2026-11", now=NOW)
    assert run("unconfirmed", settings.UNCONFIRMED_KEPT) == 0
    assert run("unconfirmed", settings.UNCONFIRMED_KEPT + A_SECOND) == 2
    assert RestockWish.objects.get().variant_id == MOSS.variant_id
    assert Subscription.objects.get().email == "bo@example.com"


def test_what_never_came_is_forgotten_and_the_newsletter_is_not() -> None:
    wish(now=NOW)
    reader(now=NOW)
    assert run("restock_wishes", settings.RESTOCK_WISHES_KEPT) == 0
    assert run("restock_wishes", settings.RESTOCK_WISHES_KEPT + A_SECOND) == 1
    assert Subscription.objects.get().email == EMAIL


def test_a_consent_that_ended_is_proven_for_three_years_by_its_hash() -> None:
    reader(now=NOW)
    assert run("consents", settings.CONSENTS_KEPT + A_SECOND) == 0
    subscribe.leave(leaving(Mail.objects.latest("pk")), now=NOW)
    assert run("consents", settings.CONSENTS_KEPT) == 0
    assert run("consents", settings.CONSENTS_KEPT + A_SECOND) == 1
    assert not Subscription.objects.exists()


def test_bodies_with_such_links_go_after_two_hours_and_the_link_to_leave_with_them() -> None:
    wish_restock.ask(EMAIL, MOSS, language="nl", now=NOW)
    Mail.objects.update(sent_at=NOW)
    assert run("mail_links", timedelta(hours=2) + A_SECOND) == 1
    mail = Mail.objects.get()
    assert (mail.text, mail.html, mail.unsubscribe, mail.to) == ("", "", "", EMAIL)
    assert run("mails", timedelta(days=366)) == 1
    assert not Mail.objects.exists()
