"""Who waits for something that is sold out: asked once, confirmed by mail or not at all, told once, and forgotten."""

from datetime import timedelta
from unittest import mock

import pytest
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import wish_restock
from fulfilment.flows.tell_restock import tell_restock
from fulfilment.inbox.models import Mark
from fulfilment.mail.models import Mail
from fulfilment.restock.models import RestockWish
from tests.support import rows
from tests.support.bought import agree, issues
from tests.support.wanting_mail import CLAY, EMAIL, MOSS, StockInMemory, leaving, link_in, wish

pytestmark = pytest.mark.django_db

NOW = rows.NOW


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.SHOP_URL = "https://winkel.example"
    agree("SG-005")


@pytest.fixture
def saleor() -> StockInMemory:
    return StockInMemory()


def look(saleor: StockInMemory, *, days: float = 0) -> int:
    return tell_restock(saleor.as_saleor(), now=NOW + timedelta(days=days))


def told() -> list[Mail]:
    return list(Mail.objects.filter(key__endswith=":there").order_by("to"))


def test_who_confirmed_is_told_once_in_their_language_with_the_variant_chosen(saleor: StockInMemory) -> None:
    found = wish(now=NOW, language="fr")
    saleor.put({})
    assert look(saleor) == 0
    saleor.put({MOSS.variant_id: "SG-005 M"})
    assert (look(saleor), look(saleor)) == (1, 0)
    [mail] = told()
    assert mail.to == EMAIL
    assert mail.subject == "Inslag, mos est de nouveau disponible"
    assert "https://winkel.example/fr/produit/inslag/?variant=SG-005+M" in mail.text
    assert f"https://winkel.example/fr/me-prevenir/retirer/{leaving(mail)}/" in mail.text
    assert found.public_id in mail.unsubscribe
    assert not RestockWish.objects.exists()


def test_nobody_is_told_who_did_not_confirm(saleor: StockInMemory) -> None:
    wish_restock.ask(EMAIL, MOSS, language="nl", now=NOW)
    saleor.put({MOSS.variant_id: ""})
    assert look(saleor) == 0
    assert saleor.asked == []
    assert [mail.subject for mail in Mail.objects.all()] == ["Bevestig: mail me als Inslag, mos er weer is"]


def test_the_same_wish_twice_is_one_and_one_mail_in_ten_minutes() -> None:
    for email, minutes in ((EMAIL, 0), ("An@Example.com", 1), (EMAIL, 11)):
        wish_restock.ask(email, MOSS, language="nl", now=NOW + timedelta(minutes=minutes))
    assert RestockWish.objects.count() == 1
    assert Mail.objects.count() == 2
    wish_restock.ask(EMAIL, CLAY, language="nl", now=NOW)
    assert RestockWish.objects.count() == 2


def test_who_asks_again_after_confirming_reads_that_it_stands() -> None:
    wish(now=NOW)
    wish_restock.ask(EMAIL, MOSS, language="en", now=NOW + timedelta(hours=1))
    mail = Mail.objects.latest("pk")
    assert mail.subject == "You are already on the list for Inslag, mos"
    assert RestockWish.objects.get().confirmed_at == NOW
    assert wish_restock.withdraw(leaving(mail), everything=False)
    assert not RestockWish.objects.exists()


def test_everybody_is_told_also_where_there_are_fewer_pieces_than_people_and_nobody_is_promised_one(
    saleor: StockInMemory,
) -> None:
    for name in ("an", "bo", "cas"):
        wish(email=f"{name}@example.com", now=NOW)
    wish(CLAY, email="dot@example.com", now=NOW)
    saleor.put({MOSS.variant_id: "SG-005-M"})
    assert look(saleor) == 3
    assert [mail.to for mail in told()] == ["an@example.com", "bo@example.com", "cas@example.com"]
    assert all("we kunnen er geen voor je opzijhouden" in mail.text for mail in told())
    assert RestockWish.objects.get().email == "dot@example.com"


def test_the_link_that_confirms_is_good_for_seven_days_and_for_nothing_else() -> None:
    wish_restock.ask(EMAIL, MOSS, language="nl", now=NOW)
    token = link_in(Mail.objects.get())
    assert wish_restock.confirm(leaving(Mail.objects.get()), now=NOW) is None
    assert wish_restock.left_by(token) is None
    assert wish_restock.confirm(token, now=NOW + timedelta(days=7)) is None
    assert wish_restock.confirm(token, now=NOW + timedelta(days=7, seconds=-1)) is not None
    assert wish_restock.confirm(f"{token}x", now=NOW) is None


def test_confirming_looks_at_once_and_twice_is_once() -> None:
    wish_restock.ask(EMAIL, MOSS, language="nl", now=NOW)
    token = link_in(Mail.objects.get())
    for later in range(2):
        assert wish_restock.confirm(token, now=NOW + timedelta(minutes=later))
    assert RestockWish.objects.get().confirmed_at == NOW
    assert Mark.objects.get(kind=Mark.Kind.RESTOCK).counter == 1


def test_the_link_in_the_mail_that_told_withdraws_what_else_one_waits_for(saleor: StockInMemory) -> None:
    wish(now=NOW)
    wish(CLAY, now=NOW)
    saleor.put({MOSS.variant_id: "M"})
    look(saleor)
    token = leaving(told()[0])
    leaving_now = wish_restock.left_by(token)
    assert leaving_now is not None
    assert (leaving_now.wish, [one.what for one in leaving_now.others]) == (None, ["Inslag, klei"])
    assert wish_restock.withdraw(token, everything=False)
    assert RestockWish.objects.count() == 1
    for _twice in range(2):
        assert wish_restock.withdraw(token, everything=True)
    assert not RestockWish.objects.exists()
    assert not wish_restock.withdraw("rsw_nobody.signature", everything=True)


def test_what_nobody_may_make_is_not_told_before_an_agreement_is_in_force(saleor: StockInMemory) -> None:
    wish(now=NOW)
    saleor.put({MOSS.variant_id: "M"}, code="SG-404")
    assert look(saleor) == 0
    agree("SG-404")
    assert look(saleor) == 1


def test_while_saleor_is_away_nobody_is_forgotten(saleor: StockInMemory) -> None:
    wish(now=NOW)
    saleor.put({MOSS.variant_id: "M"})
    saleor.down = GatewayError("Saleor is away", retry=True, at="Saleor")
    with mock.patch.object(jobs, "connected", saleor.as_saleor):
        jobs.process(Mark.Kind.RESTOCK, "alles", NOW)
        assert (told(), Mark.objects.get(kind=Mark.Kind.RESTOCK).failures) == ([], 1)
        saleor.down = None
        jobs.process(Mark.Kind.RESTOCK, "alles", NOW + timedelta(minutes=1))
    assert len(told()) == 1


def test_one_product_that_saleor_refuses_holds_up_no_other_and_stands_on_the_list(saleor: StockInMemory) -> None:
    other = wish_restock.Asked("consumer", "UHJvZHVjdDo5", "UHJvZHVjdFZhcmlhbnQ6OQ==", "Zit", "")
    wish(other, email="bo@example.com", now=NOW)
    wish(now=NOW)
    saleor.put({MOSS.variant_id: "M"})
    saleor.refused = {other.product_id}
    assert [look(saleor, days=day) for day in range(3)] == [1, 0, 0]
    assert issues("fault") == [f"restock:{other.product_id}"]
    saleor.refused = set()
    look(saleor, days=4)
    assert issues("fault") == []


def test_the_clock_looks_only_where_somebody_waits() -> None:
    jobs.restock_job()
    assert not Mark.objects.exists()
    wish(now=NOW)
    Mark.objects.all().delete()
    jobs.restock_job()
    assert Mark.objects.get().kind == Mark.Kind.RESTOCK
