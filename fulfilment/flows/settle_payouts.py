"""What the bank did with a round: paid, could not pay, sent back days later; or the file never went there.

Each is what a person read on the bank's statement, once somebody had the file; before that the bank did nothing.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows import pay_customers
from fulfilment.flows.pay_customers import lock_customers
from fulfilment.flows.payout_books import book_back, book_confirmed
from fulfilment.life import advance, move
from fulfilment.partners.models import User
from fulfilment.payouts.locks import lock_batch, lock_payouts
from fulfilment.payouts.models import Batch, Payout

LONGEST_REASON = 300


@transaction.atomic
def withdraw(*, batch: str, by: User | None = None, now: datetime) -> Batch:
    """The file of a round (public id) did not go to the bank: all of it is payable again. Again changes nothing.

    `Refusal` before approval, or once the bank did something: then each payout ends by itself.
    """
    lock_customers(batch)
    found = lock_batch(batch)
    payouts = [row for row in lock_payouts(found) if row.state != Payout.State.WITHDRAWN]
    if found.state == Batch.State.WITHDRAWN:
        return found
    message = _("Intrekken kan alleen zolang er van deze ronde niets is afgehandeld.")
    if found.state == Batch.State.FETCHED and any(row.state != Payout.State.SENT for row in payouts):
        raise Refusal(message, code="WRONG_STATE")
    advance(found, "withdraw", message=message, by=by, now=now)
    for row in payouts:
        move(row, "withdraw", by=by, now=now)
        book_back(row, "sent", "withdrawn", now=now)
    return found


@transaction.atomic
def confirm(*, batch: str, payout: str | None = None, by: User | None = None, now: datetime) -> Batch:
    """The bank carried out the payouts of a round that are still under way, or one of them (public ids).

    Confirming again changes nothing. `Refusal` before the file was fetched, or for a payout that failed or came back.
    """
    found = _at_the_bank(batch)
    for row in _of(found, payout):
        if row.state in (Payout.State.FAILED, Payout.State.RETURNED) and payout is not None:
            raise Refusal(why_not_failed(row), code="WRONG_STATE")
        if move(row, "confirm", by=by, now=now):
            book_confirmed(row, currency=found.currency, now=now)
            if row.refund is not None:
                pay_customers.paid(row, row.refund, now=now, by=by)
    return _close(found, by, now)


@transaction.atomic
def fail(*, batch: str, payout: str, reason: str, by: User | None = None, now: datetime) -> Batch:
    """The bank could not carry out a payout: its money is payable again. Failing it again changes nothing.

    `Refusal` before the file was fetched, without a reason, or for a payout that the bank confirmed.
    """
    told = _told(reason)
    found = _at_the_bank(batch)
    [row] = _of(found, payout)
    if row.state != Payout.State.FAILED:
        advance(row, "fail", message=why_not_failed(row), by=by, now=now, note=told, failure=told)
        book_back(row, "sent", "failed", now=now)
        _bounce(row, now, by)
    return _close(found, by, now)


@transaction.atomic
def take_back(*, batch: str, payout: str, reason: str, by: User | None = None, now: datetime) -> Batch:
    """A payout that was confirmed came back: its money is at the bank and payable again. Again changes nothing.

    Its round stays as it is. `Refusal` without a reason, or for a payout that was not confirmed.
    """
    told = _told(reason)
    found = _at_the_bank(batch)
    [row] = _of(found, payout)
    if row.state != Payout.State.RETURNED:
        advance(row, "return", message=why_not_returned(row), by=by, now=now, note=told, failure=told)
        book_back(row, "confirmed", "returned", now=now)
        book_back(row, "sent", "failed", now=now)
        _bounce(row, now, by)
    return found


def _bounce(payout: Payout, now: datetime, by: User | None) -> None:
    """A customer whom the bank did not pay is asked for another account."""
    if payout.refund is not None:
        pay_customers.bounced(payout, payout.refund, now=now, by=by)


def why_not_failed(payout: Payout) -> str:
    """Why a payout cannot be booked as failed (any more), for people; empty where it can."""
    return _why_not(payout.batch) or {
        Payout.State.CONFIRMED.value: _("Deze uitbetaling is al bevestigd. Boek ze als teruggekomen als ze terugkwam."),
        Payout.State.FAILED.value: _("Deze uitbetaling is als mislukt geboekt."),
        Payout.State.RETURNED.value: _("Deze uitbetaling is als teruggekomen geboekt."),
    }.get(payout.state, "")


def why_not_returned(payout: Payout) -> str:
    """Why a payout cannot be booked as sent back (any more), for people; empty where it can."""
    return _why_not(payout.batch) or {
        Payout.State.SENT.value: _("Deze uitbetaling is nog niet bevestigd. Boek ze als mislukt."),
        Payout.State.FAILED.value: _("Deze uitbetaling is als mislukt geboekt."),
        Payout.State.RETURNED.value: _("Deze uitbetaling is als teruggekomen geboekt."),
    }.get(payout.state, "")


def _why_not(batch: Batch) -> str:
    """Why the bank cannot have done anything with a round, for people; empty where it can."""
    return {
        Batch.State.PLANNED.value: _("Dit plan is nog niet goedgekeurd."),
        Batch.State.APPROVED.value: _("Het bestand van deze ronde is nog niet opgehaald, dus de bank deed nog niets."),
        Batch.State.CANCELLED.value: _("Dit plan is vervallen: er ging niets naar de bank."),
        Batch.State.WITHDRAWN.value: _("Deze ronde is ingetrokken: er ging niets naar de bank."),
    }.get(batch.state, "")


def _at_the_bank(public_id: str) -> Batch:
    """A round of which the bank may have the file, locked after the orders of its customers."""
    lock_customers(public_id)
    found = lock_batch(public_id)
    if refused := _why_not(found):
        raise Refusal(refused, code="WRONG_STATE")
    return found


def _of(batch: Batch, payout: str | None) -> list[Payout]:
    """The payouts of a round that is locked, or the one that is asked for."""
    payouts = [row for row in lock_payouts(batch) if payout is None or row.public_id == payout]
    if not payouts:
        raise Refusal(_("Deze uitbetaling hoort niet bij dit plan."), code="NOT_FOUND")
    return payouts


def _told(reason: str) -> str:
    if not reason.strip():
        raise Refusal(_("Schrijf op wat de bank zegt."), code="REASON_MISSING")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refusal(_("Kort in wat de bank zegt: hoogstens %(most)s tekens.") % {"most": LONGEST_REASON}, code="LONG")
    return reason.strip()


def _close(batch: Batch, by: User | None, now: datetime) -> Batch:
    """A round is done once no payout is under way."""
    if not batch.payouts.filter(state=Payout.State.SENT).exists():
        move(batch, "close", by=by, now=now)
    return batch
