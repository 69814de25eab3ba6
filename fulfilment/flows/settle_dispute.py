"""A cardholder's bank disputes a payment: the books, Saleor and the operator's list follow it as it stands at Stripe.

What the bank takes stands on `disputes` until it is decided. Nobody is paid out of it meanwhile (`release_shares`,
`plan_payouts`). Was it lost, then an operator says who bears it (`bear_dispute`).
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.flows.bear_dispute import lock_order_of, restore, take_over, write_off
from fulfilment.flows.cover_refunds import cover_refunds
from fulfilment.flows.dispatch import look_at
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.stripe import values
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record, reversed_moves
from fulfilment.life import move
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.payments.models import Dispute, Payment

EVENTS = {
    "warning_needs_response": "inquire",
    "warning_under_review": "answer",
    "warning_closed": "drop",
    "prevented": "drop",
    "needs_response": "take",
    "under_review": "defend",
    "appeal_needs_response": "appeal",
    "appeal_under_review": "appeal",
    "won": "win",
    "lost": "lose",
}
"""Stripe's status → what happened, in the life of a dispute."""

WAITS_FOR_US = (Dispute.State.NEEDS_RESPONSE, Dispute.State.WARNING_NEEDS_RESPONSE)


def settle_dispute(dispute_id: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> None:
    """Act on a dispute as it stands at Stripe now; safe to repeat, late and in any order."""
    told = stripe.dispute(dispute_id)
    payment = _payment_of(told, stripe)
    if payment is None:
        return  # not a payment of ours
    dispute = _follow(payment, told, now)
    _report(dispute, told, saleor, now)


def _payment_of(told: values.Dispute, stripe: Stripe) -> Payment | None:
    if not told.payment_intent_id:
        return None
    known = Payment.objects.filter(payment_intent_id=told.payment_intent_id).first()
    if known is not None:
        return known
    reference = stripe.intent(told.payment_intent_id).reference  # of a payment that nobody told us of yet
    return Payment.objects.filter(reference=reference).first() if reference else None


@transaction.atomic
def _follow(payment: Payment, told: values.Dispute, now: datetime) -> Dispute:
    """Its row, its money and what people are told of it, together."""
    # Before the row is there: shares that are being released at this moment come first, or see it.
    order = lock_order_of(payment)
    dispute, _made = Dispute.objects.get_or_create(
        stripe_dispute_id=told.id,
        defaults={
            "payment": payment,
            "amount_minor": told.amount_minor,
            "currency": told.currency,
            "reason": told.reason,
            "opened_at": told.made_at,
        },
    )
    _book(dispute, told, now)
    was_borne = bool(dispute.borne_by)
    is_news = move(
        dispute,
        EVENTS[told.status],
        now=now,
        amount_minor=told.amount_minor,
        reason=told.reason,
        due_by=told.due_by,
        seen_at=now,
    )
    if dispute.state == Dispute.State.WON and was_borne:
        restore(dispute, order, now=now)
    if order is not None:
        take_over(dispute, now=now)
        cover_refunds(order.pk, now=now)
        if is_news:
            look_at(Mark.Kind.ORDER, order.saleor_id, now)
    elif dispute.state == Dispute.State.LOST:
        move(dispute, "bear", now=now, borne_by=Dispute.Policy.PLATFORM)
        write_off(dispute, None, Dispute.Policy.PLATFORM, now=now)
    _watch(dispute, order, now)
    return dispute


def _book(dispute: Dispute, told: values.Dispute, now: datetime) -> None:
    """What the bank took, what it gave back, and Stripe's fee: each balance transaction once."""
    for one in told.movements:
        taken = [Move(Account.DISPUTES, Account.STRIPE, abs(one.amount_minor))]
        fee = [Move(Account.PAYMENT_FEES, Account.STRIPE, abs(one.fee_minor))]
        record(
            f"{dispute.name}:{one.id}",
            "dispute_withdrawn" if one.amount_minor < 0 else "dispute_reinstated",
            [
                *(taken if one.amount_minor < 0 else reversed_moves(taken)),
                *(fee if one.fee_minor > 0 else reversed_moves(fee)),
            ],
            currency=one.currency,
            happened_at=one.made_at,
            now=now,
            policy={"payment_fee": "platform"} if one.fee_minor else None,
        )


def _watch(dispute: Dispute, order: Order | None, now: datetime) -> None:
    """What waits for a person stands on the operator's list, and goes when it is over."""
    subject, is_open = dispute.name, dispute.state in WAITS_FOR_US
    if is_open:
        raise_issue(OpenIssue.Kind.DISPUTE, subject, _needs_evidence(dispute, order), now)
    else:
        resolve(OpenIssue.Kind.DISPUTE, subject, now)
    if is_open and dispute.due_by and dispute.due_by - now <= settings.DISPUTE_REMINDER:
        message = _("%(what)s: nog tot %(due)s. Wie niets stuurt, verliest.")
        raise_issue(OpenIssue.Kind.DISPUTE_DUE, subject, message % _told(dispute, order), now)
    else:
        resolve(OpenIssue.Kind.DISPUTE_DUE, subject, now)
    if dispute.state == Dispute.State.LOST:
        message = _("%(what)s: de bank gaf de klant gelijk. %(amount)s is weg. Zeg wie het draagt.")
        raise_issue(OpenIssue.Kind.DISPUTE_LOST, subject, message % _told(dispute, order), now)
    else:
        resolve(OpenIssue.Kind.DISPUTE_LOST, subject, now)


def _needs_evidence(dispute: Dispute, order: Order | None) -> str:
    if dispute.state == Dispute.State.WARNING_NEEDS_RESPONSE:
        message = _("%(what)s: de bank van de klant vraagt uitleg over %(amount)s. Antwoord bij Stripe tot %(due)s.")
    else:
        message = _("%(what)s: de bank van de klant nam %(amount)s terug. Stuur bewijs bij Stripe tot %(due)s.")
    return message % _told(dispute, order)


def _told(dispute: Dispute, order: Order | None) -> dict[str, str]:
    number = _("Bestelling %(number)s") % {"number": order.number} if order else _("Betaling zonder bestelling")
    due = f"{timezone.localtime(dispute.due_by):%d/%m/%Y, %H:%M}" if dispute.due_by else _("de dag die daar staat")
    return {"what": number, "amount": written(dispute.amount_minor, dispute.currency), "due": due}


def _report(dispute: Dispute, told: values.Dispute, saleor: Saleor, now: datetime) -> None:
    """Tell Saleor once that the money is gone, and once that it is back: one reference, so that they cancel out.

    Of an inquiry that took nothing there is nothing to tell.
    """
    if told.taken_minor and dispute.reported_at is None:
        _tell(dispute, "CHARGE_BACK", told.taken_minor, saleor, now)
        Dispute.objects.filter(pk=dispute.pk).update(reported_at=now)
    if told.returned_minor and dispute.undone_at is None:
        _tell(dispute, "CHARGE_SUCCESS", told.returned_minor, saleor, now)
        Dispute.objects.filter(pk=dispute.pk).update(undone_at=now)


def _tell(dispute: Dispute, event: str, amount: int, saleor: Saleor, now: datetime) -> None:
    saleor.report(
        dispute.payment.saleor_transaction_id,
        event,
        dispute.stripe_dispute_id,
        amount,
        dispute.currency,
        at=now,
        actions=("REFUND",) if event == "CHARGE_SUCCESS" else (),
    )
