"""Wishes and newsletters that several ask, confirm and tell at the same moment."""

import pytest

from fulfilment.flows import subscribe, wish_restock
from fulfilment.flows.tell_restock import tell_restock
from fulfilment.mail.models import Mail
from fulfilment.newsletter.models import Subscription
from fulfilment.restock.models import RestockWish
from tests.support import rows
from tests.support.at_once import five_times, together
from tests.support.bought import agree
from tests.support.wanting_mail import EMAIL, MOSS, StockInMemory, leaving, link_in, reader, wish

pytestmark = pytest.mark.django_db(transaction=True)

NOW = rows.NOW


def test_five_who_ask_the_same_at_once_are_one_wish_and_one_mail() -> None:
    five_times(lambda: wish_restock.ask(EMAIL, MOSS, language="nl", now=NOW))
    five_times(lambda: subscribe.ask(EMAIL, language="nl", text_version="2026-11", now=NOW))
    assert (RestockWish.objects.count(), Subscription.objects.count(), Mail.objects.count()) == (1, 1, 2)


def test_five_who_confirm_at_once_confirm_once_and_are_welcomed_once() -> None:
    subscribe.ask(EMAIL, language="nl", text_version="2026-11", now=NOW)
    token = link_in(Mail.objects.get())
    assert five_times(lambda: subscribe.confirm(token, now=NOW)) == [True] * 5
    assert Mail.objects.filter(key__endswith=":welcome").count() == 1
    assert Subscription.objects.get().confirmed_at == NOW


def test_who_confirms_while_they_leave_is_either_but_never_both() -> None:
    subscribe.ask(EMAIL, language="nl", text_version="2026-11", now=NOW)
    mail = Mail.objects.get()
    token, left = link_in(mail), leaving(mail)
    together([lambda: subscribe.confirm(token, now=NOW), lambda: subscribe.leave(left, now=NOW)] * 2)
    assert not Subscription.objects.filter(ended_at=None).exists()
    assert not Subscription.objects.exclude(email="").exists()


def test_five_who_leave_at_once_leave_once() -> None:
    reader(now=NOW)
    token = leaving(Mail.objects.latest("pk"))
    assert five_times(lambda: subscribe.leave(token, now=NOW)) == [True] * 5
    assert Subscription.objects.get().ended_at == NOW


def test_five_who_look_at_once_tell_each_who_waits_once() -> None:
    agree("SG-005")
    for name in ("an", "bo"):
        wish(email=f"{name}@example.com", now=NOW)
    saleor = StockInMemory()
    saleor.put({MOSS.variant_id: "M"})
    told = five_times(lambda: tell_restock(saleor.as_saleor(), now=NOW))
    assert sum(told) == Mail.objects.filter(key__endswith=":there").count() == 2
    assert not RestockWish.objects.exists()


def test_who_withdraws_while_they_are_told_is_told_once_or_not() -> None:
    agree("SG-005")
    token = leaving(Mail.objects.get(key__startswith="opt_in:")) if wish(now=NOW) else ""
    saleor = StockInMemory()
    saleor.put({MOSS.variant_id: "M"})
    told, _withdrawn = together(
        [lambda: tell_restock(saleor.as_saleor(), now=NOW), lambda: wish_restock.withdraw(token, everything=False)]
    )
    assert Mail.objects.filter(key__endswith=":there").count() == told
    assert not RestockWish.objects.exists()
