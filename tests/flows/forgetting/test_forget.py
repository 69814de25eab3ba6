"""What is kept of people goes when its time is over, kind by kind, and nothing goes that something still needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from fulfilment import life
from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import forget as forgetting
from fulfilment.flows import refund_by_bank
from fulfilment.flows.forget import empty_order, forget
from fulfilment.flows.send_mail import ATTEMPTS
from fulfilment.forgetting.models import Erasure
from fulfilment.forgetting.table import kept
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import Mark, OpenIssue, StripeEvent
from fulfilment.ledger.models import Posting
from fulfilment.mail.models import Mail
from fulfilment.mail.write import write
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Recipient, Refund, RefundAccount
from fulfilment.partners.models import AccountChange
from fulfilment.payments.models import Dispute
from fulfilment.payouts.models import Payout
from fulfilment.production.models import Parcel, Task, TaskStep
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues, ordered
from tests.support.by_bank import IBAN, LATER, by_bank, confirmed, failing
from tests.support.forgetting import RELEASED, is_known, over, sent, shipped

pytestmark = pytest.mark.django_db

LONG_AFTER = RELEASED + settings.ADDRESSES_KEPT + timedelta(days=1)


def run(name: str, now: datetime) -> int:
    return forget(kept(name), now=now)


# --- addresses of customers ------------------------------------------------------------------------------------------


def test_whose_an_order_was_is_forgotten_when_its_time_is_over_and_the_books_stay() -> None:
    agree("SG-001")
    found = over()
    before = list(Posting.objects.order_by("pk").values())
    assert run("addresses", RELEASED + settings.ADDRESSES_KEPT - timedelta(days=1)) == 0
    assert is_known(found)
    assert run("addresses", LONG_AFTER) == 1
    assert not is_known(found)
    recipient = Recipient.objects.get()
    assert (recipient.postal_code, recipient.country, recipient.purged_at) == ("9000", "BE", LONG_AFTER)
    assert list(Posting.objects.order_by("pk").values()) == before
    assert found.order.total_gross_minor == found.remote.total_gross_minor
    assert Parcel.objects.get().tracking_code == ""
    assert run("addresses", LONG_AFTER) == 0


def test_what_people_wrote_about_an_order_goes_with_it() -> None:
    agree("SG-001")
    found = over()
    Refund.objects.create(
        order=found.order,
        kind=Refund.Kind.GESTURE,
        state=Refund.State.WITHDRAWN,
        amount_minor=100,
        includes_shipping=False,
        reason="An belde: haar moeder is ziek",
    )
    TaskStep.objects.update(note="voor An")
    run("addresses", LONG_AFTER)
    assert Refund.objects.get().reason == ""
    assert not TaskStep.objects.exclude(note="").exists()


def test_saleor_is_asked_to_forget_the_order_too_and_is_asked_again_where_it_was_away() -> None:
    agree("SG-001")
    found = over()
    run("addresses", LONG_AFTER)
    mark = Mark.objects.get(kind=Mark.Kind.FORGET_ORDER)
    assert mark.object_id == found.order.public_id
    found.saleor.down = GatewayError("Saleor is away", retry=True, at="Saleor")
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.process(mark.kind, mark.object_id, LONG_AFTER)
        assert found.saleor.forgotten == []
        found.saleor.down = None
        jobs.process(mark.kind, mark.object_id, LONG_AFTER + timedelta(minutes=5))
    assert found.saleor.forgotten == [found.remote.id]


def test_a_refusal_of_saleor_stands_on_the_list() -> None:
    agree("SG-001")
    found = over()
    run("addresses", LONG_AFTER)
    found.saleor.down = GatewayError("Saleor refused it", retry=False, code="PermissionDenied", at="Saleor")
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.process(Mark.Kind.FORGET_ORDER, found.order.public_id, LONG_AFTER)
        assert issues("not_forgotten") == [f"forget_order:{found.order.public_id}"]
        found.saleor.down = None
        jobs.process(Mark.Kind.FORGET_ORDER, found.order.public_id, LONG_AFTER + timedelta(hours=1))
    assert issues("not_forgotten") == []


def test_an_order_that_saleor_tells_of_again_stays_nobodys() -> None:
    agree("SG-001")
    found = over()
    run("addresses", LONG_AFTER)
    found.update(now=LONG_AFTER)
    assert not is_known(found)


def test_an_order_under_way_is_not_forgotten() -> None:
    agree("SG-001")
    found = bought(LAMP)
    assert run("addresses", LONG_AFTER + timedelta(days=3650)) == 0
    assert is_known(found)


def test_an_order_of_which_the_time_to_withdraw_goes_on_is_not_forgotten() -> None:
    agree("SG-001")
    found = bought(LAMP)
    shipped(found)
    assert not empty_order(found.order.pk, now=LONG_AFTER)
    assert is_known(found)


def test_an_order_is_not_forgotten_while_its_refund_waits_for_an_account_and_its_time_counts_from_there() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    refund = failing(found)
    refund_by_bank.choose(refund.name, now=NOW)
    for task in Task.objects.exclude(state=Task.State.CANCELLED):
        task.state = Task.State.CANCELLED
        task.save()
    assert not empty_order(found.order.pk, now=LONG_AFTER)
    assert is_known(found)


def test_an_order_is_not_forgotten_while_its_payment_is_disputed() -> None:
    agree("SG-001")
    found = over()
    Dispute.objects.create(
        payment=found.payment,
        stripe_dispute_id="du_1",
        amount_minor=100,
        currency="EUR",
        reason="fraudulent",
        opened_at=RELEASED,
        state=Dispute.State.NEEDS_RESPONSE,
    )
    assert not empty_order(found.order.pk, now=LONG_AFTER)
    Dispute.objects.update(state=Dispute.State.LOST)
    assert not empty_order(found.order.pk, now=LONG_AFTER)
    Dispute.objects.update(state=Dispute.State.WON)
    assert empty_order(found.order.pk, now=LONG_AFTER)


def test_the_time_counts_from_the_end_of_the_last_of_all() -> None:
    agree("SG-001")
    found = over()
    made = Refund.objects.create(order=found.order, kind=Refund.Kind.GESTURE, amount_minor=100, includes_shipping=False)
    later = RELEASED + timedelta(days=100)
    assert life.move(made, "pay", now=later)
    assert run("addresses", LONG_AFTER) == 0
    assert run("addresses", later + settings.ADDRESSES_KEPT + timedelta(seconds=1)) == 1


def test_an_open_exception_keeps_it_and_one_about_a_partner_does_not() -> None:
    agree("SG-001")
    found = over()
    raise_issue(OpenIssue.Kind.SHORT_OF_FIXED, found.order.number, "…", NOW)
    raise_issue(OpenIssue.Kind.MONEY_OWED, found.order.number, "…", NOW)
    assert run("addresses", LONG_AFTER) == 0
    resolve(OpenIssue.Kind.MONEY_OWED, found.order.number, NOW)
    assert run("addresses", LONG_AFTER) == 1


def test_an_order_that_nobody_paid_is_kept_until_nobody_will() -> None:
    found = ordered(LAMP, paid=False)
    found.tell(replace(found.remote, transactions=()))
    assert found.order.paid_at is None
    assert not empty_order(found.order.pk, now=NOW)
    assert run("addresses", NOW + settings.ADDRESSES_KEPT - timedelta(days=1)) == 0
    assert run("addresses", NOW + settings.ADDRESSES_KEPT + timedelta(days=1)) == 1


def test_one_order_that_somebody_works_on_holds_up_no_other() -> None:
    agree("SG-001")
    first, second = over(), over()

    def busy(*, pk: int) -> object:
        if pk == first.order.pk:
            raise OperationalError("held") from LockNotAvailable()
        return lock_order(pk=pk)

    with mock.patch.object(forgetting, "lock_order", busy):
        assert run("addresses", LONG_AFTER) == 1
    assert is_known(first)
    assert not is_known(second)
    assert run("addresses", LONG_AFTER) == 1


def test_a_job_that_dies_halfway_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    agree("SG-001")
    found = [over() for _ in range(3)]
    monkeypatch.setattr(forgetting, "BATCH", 1)
    done: list[int] = []

    def dying(*, pk: int) -> object:
        if done:
            raise KeyboardInterrupt
        done.append(pk)
        return lock_order(pk=pk)

    with mock.patch.object(forgetting, "lock_order", dying), pytest.raises(KeyboardInterrupt):
        run("addresses", LONG_AFTER)
    assert sum(map(is_known, found)) == 2
    assert run("addresses", LONG_AFTER) == 2


# --- account numbers -------------------------------------------------------------------------------------------------


def test_account_numbers_are_forgotten_once_nobody_needs_them() -> None:
    found = bought(LAMP, STOOL)
    by_bank(failing(found))
    confirmed()
    run("refund_accounts", LATER + timedelta(days=89))
    assert RefundAccount.objects.get().iban == IBAN
    run("refund_accounts", LATER + timedelta(days=91))
    account = RefundAccount.objects.get()
    assert (account.holder, account.iban, account.purged_at) == ("", "", LATER + timedelta(days=91))
    assert Payout.objects.get().iban == ""


def test_an_account_of_a_refund_that_was_paid_another_way_is_forgotten_too() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    assert life.move(refund, "cover", now=LATER)
    assert run("refund_accounts", LATER + timedelta(days=91)) == 1
    assert RefundAccount.objects.get().iban == ""


def test_an_account_that_waits_for_a_round_is_kept_however_long_that_takes() -> None:
    by_bank(failing(bought(LAMP, STOOL)))
    assert run("refund_accounts", LATER + timedelta(days=900)) == 0
    assert RefundAccount.objects.get().iban == IBAN


# --- mails and messages ----------------------------------------------------------------------------------------------


def test_the_link_of_a_new_password_is_gone_within_hours_and_other_mails_keep_their_text() -> None:
    secret, asked, other = sent("password_reset:1"), sent("refund:rfd_1:account:1"), sent("order:ord_1:confirmed")
    assert run("mail_links", NOW + timedelta(hours=1)) == 0
    assert run("mail_links", NOW + timedelta(hours=3)) == 2
    for mail in (secret, asked):
        mail.refresh_from_db()
        assert (mail.text, mail.html, mail.to) == ("", "", "an@example.com")
    other.refresh_from_db()
    assert other.text == "Beste An"


def test_texts_of_mails_go_before_to_whom_they_went_and_a_key_keeps_them_from_being_told_twice() -> None:
    mail, once = sent("order:ord_1:confirmed"), sent("password_reset:1")
    run("mail_texts", NOW + timedelta(days=31))
    mail.refresh_from_db()
    assert (mail.text, mail.html, mail.subject) == ("", "", "Iets")
    run("mails", NOW + timedelta(days=366))
    mail.refresh_from_db()
    assert (mail.to, mail.subject) == ("", "")
    assert not Mail.objects.filter(pk=once.pk).exists()
    write("order:ord_1:confirmed", "an@example.com", "password_reset", {"link": "x"}, NOW)
    assert Mail.objects.count() == 1


def test_a_mail_that_waits_to_be_sent_keeps_all_of_it_and_one_that_was_given_up_does_not() -> None:
    waiting, given_up = sent("a"), sent("b")
    Mail.objects.update(sent_at=None)
    Mail.objects.filter(pk=given_up.pk).update(failures=ATTEMPTS)
    run("mail_texts", NOW + timedelta(days=40))
    waiting.refresh_from_db()
    given_up.refresh_from_db()
    assert (waiting.text, given_up.text) == ("Beste An", "")


def test_to_whom_a_change_of_account_was_told_goes_when_it_is_long_over() -> None:
    asker = rows.user("operator@example.com", staff=True)
    change = AccountChange.objects.create(
        partner=rows.partner("labeur"), asked_at=NOW, asked_by=asker, holds_from=NOW, told_to=["x@example.com"]
    )
    run("mails", NOW + timedelta(days=366))
    change.refresh_from_db()
    assert change.told_to == ["x@example.com"]
    AccountChange.objects.update(state=AccountChange.State.STOPPED)
    run("mails", NOW + timedelta(days=366))
    change.refresh_from_db()
    assert change.told_to == []


def test_what_stripe_told_is_gone_after_a_month() -> None:
    for name, at in (("evt_1", NOW), ("evt_2", NOW + timedelta(days=20))):
        StripeEvent.objects.create(event_id=name, type="charge.updated", body={"email": "x"}, received_at=at)
    assert run("stripe_events", NOW + timedelta(days=31)) == 1
    assert StripeEvent.objects.get().event_id == "evt_2"


def test_solved_exceptions_go_after_a_year_and_open_ones_stay() -> None:
    raise_issue(OpenIssue.Kind.FAULT, "one", "an@example.com", NOW)
    raise_issue(OpenIssue.Kind.FAULT, "two", "an@example.com", NOW)
    resolve(OpenIssue.Kind.FAULT, "one", NOW)
    assert run("exceptions", NOW + timedelta(days=366)) == 1
    assert issues("fault") == ["two"]


def test_requests_that_were_done_are_forgotten_as_well() -> None:
    Erasure.objects.create(address_hash="x", asked_at=NOW, done_at=NOW)
    Erasure.objects.create(address_hash="y", asked_at=NOW, email="y@example.com")
    assert run("requests", NOW + settings.REQUESTS_KEPT + timedelta(days=1)) == 1
    assert Erasure.objects.get().address_hash == "y"


# --- the round -------------------------------------------------------------------------------------------------------


def test_one_kind_that_fails_stands_on_the_list_and_holds_up_no_other() -> None:
    sent("password_reset:1", at=datetime(2025, 1, 1, tzinfo=UTC))
    with mock.patch.dict(forgetting.JOBS, {"addresses": mock.Mock(side_effect=ValueError("odd"))}):
        jobs.forget_job()
    assert issues("fault") == ["sweep:addresses"]
    assert not Mail.objects.exists()
    jobs.forget_job()
    assert issues("fault") == []


def test_the_command_does_what_the_clock_does(capsys: pytest.CaptureFixture[str]) -> None:
    sent("password_reset:1", at=datetime(2025, 1, 1, tzinfo=UTC))
    call_command("forget")
    assert "mail_links: 1" in capsys.readouterr().out
    assert not Mail.objects.exists()
