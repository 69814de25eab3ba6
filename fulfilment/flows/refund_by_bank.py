"""No payment app can give this money back: whoever gets it says on which account, and a bank file pays it.

Here is the customer's half, and what keeps it from being paid twice; the bank's half is `pay_customers`.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from stdnum import iban as iban_number

from fulfilment import life
from fulfilment.errors import Refusal
from fulfilment.flows import tell_customer
from fulfilment.flows.payout_books import book_back
from fulfilment.flows.plan_refund import owed_to_customer
from fulfilment.flows.reverse_shares import books_of
from fulfilment.flows.watch_failures import look_at_failures
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import each
from fulfilment.money import written
from fulfilment.orders.life import REFUND_ASKED
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund, RefundAccount
from fulfilment.orders.queries import account_of, refunds_under_way
from fulfilment.partners.models import User
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import PaymentRefund
from fulfilment.payments.queries import is_undecided, paid_for
from fulfilment.payouts import rules
from fulfilment.payouts.alphabet import LONGEST_NAME, bank_name
from fulfilment.payouts.locks import lock_batch
from fulfilment.payouts.models import Batch, Payout


@transaction.atomic
def choose(name: str, *, now: datetime, by: User | None = None) -> Refund:
    """Have a refund (by its name) that failed paid by bank: the customer is asked for an account.

    Again changes nothing. `Refusal` where it did not fail, or Stripe may still pay it.
    """
    refund = Refund.objects.get(name=name)
    order = lock_order(pk=refund.order_id)
    refund.refresh_from_db()
    if refund.state == Refund.State.BY_BANK:
        return refund
    if refund.state == Refund.State.FAILED and _is_at_stripe(order, refund.amount_minor):
        message = _("Stripe is met een terugbetaling van dit bedrag nog bezig. Wacht tot bekend is hoe die afloopt.")
        raise Refusal(message, code="AT_STRIPE")
    begin(order, refund, now=now, by=by)
    return refund


def begin(order: Order, refund: Refund, *, now: datetime, by: User | None = None) -> None:
    """Put a refund on the way by bank and ask for the account. The caller holds the order.

    Money that is disputed is the bank's to give back: nobody pays it a second time.
    """
    if is_undecided(order.checkout_id):
        raise Refusal(_("Deze betaling is betwist. Wacht tot bekend is wie het geld krijgt."), code="DISPUTED")
    most = left_for(order, refund)
    if most <= 0:
        message = _("Van deze bestelling is niets meer hier: de klant kreeg het al, misschien van de eigen bank.")
        raise Refusal(message, code="NOTHING_LEFT")
    if order.currency != rules.CURRENCY:
        raise Refusal(_("Overschrijven kan alleen in euro."), code="CURRENCY")
    message = _("Deze terugbetaling is niet mislukt: er valt niets over te schrijven.")
    life.advance(refund, "by_bank", message=message, now=now, by=by)
    lower(refund, most)
    look_at_failures(order, now=now)
    ask_account(order, refund, now=now)


def left_for(order: Order, refund: Refund) -> int:
    """How much of what came in for its order is here for a refund, beside those that go already (minor units)."""
    others = refunds_under_way(order).exclude(pk=refund.pk).aggregate(total=Sum("amount_minor"))["total"] or 0
    return books_of(order).kept - others


def is_here(order: Order, refund: Refund) -> bool:
    """Whether all of a refund can be paid out of that."""
    return refund.amount_minor <= left_for(order, refund)


def lower(refund: Refund, most: int) -> None:
    """Pay no more of a refund than is here: what went back plainly meanwhile was of the same prices."""
    if refund.amount_minor > most:
        refund.amount_minor = most
        refund.save(update_fields=["amount_minor"])


def is_outside(order: Order) -> bool:
    """Whether nothing of an order was paid through our payment app: then Saleor can ask nobody of ours to pay back."""
    return not paid_for(order.checkout_id).exists()


def _is_at_stripe(order: Order, amount: int) -> bool:
    waiting = PaymentRefund.objects.filter(payment__in=paid_for(order.checkout_id), state__in=REFUND_AT_STRIPE)
    return waiting.filter(amount_minor=amount).exists()


def ask_account(order: Order, refund: Refund, *, now: datetime) -> None:
    """Ask whoever bought it for an account number. The caller holds the order."""
    refund.account_asked_at = now
    refund.save(update_fields=["account_asked_at"])
    tell_customer.account_asked(refund, now=now)
    watch_account(order, now=now)


def watch_account(order: Order, *, now: datetime) -> None:
    """As long as an account number lacks, it stands on the operator's list. The caller holds the order."""
    waiting = [refund for refund in order.refunds.filter(state=Refund.State.BY_BANK) if account_of(refund) is None]
    if not waiting:
        resolve(OpenIssue.Kind.ACCOUNT_AWAITED, order.number, now)
        return
    message = _("Bestelling %(number)s: %(amount)s gaat per overschrijving terug zodra de klant een rekening opgeeft.")
    amount = written(sum(refund.amount_minor for refund in waiting), order.currency)
    raise_issue(OpenIssue.Kind.ACCOUNT_AWAITED, order.number, message % {"number": order.number, "amount": amount}, now)


def faults(*, holder: str, iban: str) -> Mapping[str, str]:
    """What is wrong with an account as it was typed, in words for whoever typed it: by the name of the field."""
    found: dict[str, str] = {}
    number = iban_number.compact(iban)
    if not holder.strip():
        found["holder"] = pgettext("customer", "Vul in van wie de rekening is.")
    elif not bank_name(holder):
        message = pgettext(
            "customer",
            "Een bank kan deze naam niet schrijven. Vul hem in zoals hij op je bankkaart staat: gewone letters en "
            "cijfers, hoogstens %(most)s tekens.",
        )
        found["holder"] = message % {"most": LONGEST_NAME}
    if not number:
        found["iban"] = pgettext("customer", "Vul je rekeningnummer in.")
    elif not rules.is_account(number):
        found["iban"] = pgettext(
            "customer",
            "Dit rekeningnummer klopt niet. Kijk de cijfers na; een Belgisch nummer ziet eruit als "
            "BE68 5390 0754 7034.",
        )
    elif not rules.is_in_sepa(number):
        message = pgettext(
            "customer",
            "Naar een rekening in dit land (%(country)s) kunnen we niet overschrijven: het is niet bij SEPA.",
        )
        found["iban"] = message % {"country": number[:2]}
    return found


def why_closed(refund: Refund, *, by_staff: bool = False) -> str:
    """Why an account can no longer be given or changed, for people; empty where it can.

    `by_staff` what holds for staff: once a round is approved, nobody of the house leads its money elsewhere.
    """
    if refund.state == Refund.State.PAID:
        return pgettext("customer", "Dit bedrag is al terugbetaald. Je hoeft niets meer te doen.")
    if refund.state != Refund.State.BY_BANK:
        return pgettext("customer", "Voor deze terugbetaling is geen rekeningnummer meer nodig.")
    if _sent(refund).exclude(batch__state=Batch.State.APPROVED).exists():
        return pgettext("customer", "De overschrijving is al bij de bank. Het rekeningnummer kan niet meer veranderen.")
    if by_staff and _sent(refund).exists():
        return _(
            "De ronde die dit betaalt, is al goedgekeurd. Laat de klant zelf een andere rekening opgeven, of trek de "
            "ronde in."
        )
    return ""


def _sent(refund: Refund) -> QuerySet[Payout]:
    """The payout of a refund that is ordered, and of which the bank did nothing yet."""
    return refund.payouts.filter(state=Payout.State.SENT)


def account_seen(account: RefundAccount | None) -> str:
    """What tells two looks at the account of a refund apart; "" as long as none counts."""
    return str(account.pk) if account else ""


def _given_meanwhile(known: RefundAccount | None) -> str:
    if known is None:
        return _(
            "De rekening die hier stond, geldt niet meer. Kijk na wat er nu staat, en noteer het zo nodig opnieuw."
        )
    message = _("Intussen gaf de klant een rekening op: %(account)s. Kijk na, en noteer zo nodig toch een andere.")
    if known.given_by is not None:
        message = _("Intussen noteerde een collega een rekening: %(account)s. Kijk na, en noteer zo nodig een andere.")
    return message % {"account": known.masked}


@transaction.atomic
def give_account(
    name: str, *, holder: str, iban: str, now: datetime, by: User | None = None, seen: str | None = None
) -> RefundAccount:
    """Keep on which account a refund (by its name) is to be paid; the latest counts, until the bank file was fetched.

    `by` the operator who typed it, where the customer did not; `seen` is the `account_seen` that they looked at. The
    same once more changes nothing. `Refusal` where it is wrong, or too late, or where another was given in between.
    """
    wrong = faults(holder=holder, iban=iban)
    if wrong:
        raise Refusal(" ".join(wrong.values()), code="WRONG_ACCOUNT")
    refund = Refund.objects.get(name=name)
    order = lock_order(pk=refund.order_id)
    refund.refresh_from_db()
    if closed := why_closed(refund, by_staff=by is not None):
        raise Refusal(closed, code="CLOSED")
    told = {"holder": " ".join(holder.split()), "iban": iban_number.compact(iban)}
    known = account_of(refund)
    if known is not None and {"holder": known.holder, "iban": known.iban} == told:
        return known
    if seen is not None and seen != account_seen(known):
        raise Refusal(_given_meanwhile(known), code="STALE")
    account = RefundAccount.objects.create(refund=refund, given_at=now, given_by=by, **told)
    watch_account(order, now=now)
    return account


def payable_by_bank() -> list[Refund]:
    """Refunds that the next bank file can pay, oldest first: of a known account, not ordered yet, and not disputed."""
    ordered = Payout.objects.filter(refund__isnull=False, state=Payout.State.SENT)
    waiting = Refund.objects.filter(state=Refund.State.BY_BANK).exclude(pk__in=ordered.values("refund"))
    found = [refund for refund in waiting.select_related("order") if account_of(refund) is not None]
    return [refund for refund in found if not is_undecided(refund.order.checkout_id) and is_here(refund.order, refund)]


def remind(*, now: datetime) -> None:
    """Ask once more, after a while, whoever did not give an account number."""
    late = now - settings.REFUND_REMINDER
    asked = Refund.objects.filter(state=Refund.State.BY_BANK, account_asked_at__lt=late).select_related("order")
    each("remind", asked, lambda refund: _remind(refund, now), named=lambda refund: refund.name, now=now, tries=1)


@transaction.atomic
def _remind(refund: Refund, now: datetime) -> None:
    if account_of(refund) is None:
        tell_customer.account_asked(refund, now=now, again=True)


def is_paid_by_bank(refund: Refund) -> bool:
    """Whether the bank paid it, and it did not come back."""
    return refund.payouts.filter(state=Payout.State.CONFIRMED).exists()


def goes_by_bank(order: Order, *, granted_id: str = "", amount: int = 0) -> bool:
    """Whether what Saleor asks our payment app for is paid by bank. The caller holds the order.

    Known by Saleor's grant; of a request that tells none, by its amount.
    """
    asked = order.refunds.filter(granted_id=granted_id) if granted_id else order.refunds.filter(amount_minor=amount)
    return any(
        found.state == Refund.State.BY_BANK or is_paid_by_bank(found) for found in asked.exclude(account_asked_at=None)
    )


def paid_elsewhere(order: Order) -> Refund | None:
    """The refund that waits for the bank, and whose money went back another way: exactly that is missing in the books.

    Somebody may have refunded it at Stripe, or by hand. Not told as long as another refund is between two states.
    """
    waiting = list(order.refunds.filter(state=Refund.State.BY_BANK))
    if not waiting or order.refunds.filter(state__in=REFUND_ASKED).exists():
        return None
    expected = sum(refund.amount_minor for refund in waiting if refund.booked_at is not None)
    missing = expected - owed_to_customer(order, books_of(order))
    return next((refund for refund in waiting if refund.amount_minor == missing), None)


def stop_transfer(order: Order, refund: Refund, *, now: datetime) -> None:
    """It was paid another way after all: what is not at the bank stays here. The caller holds the order.

    What may be at the bank already is a person's: they can still stop it there.
    """
    watch_account(order, now=now)
    live = refund.payouts.filter(state__in=[Payout.State.PLANNED, Payout.State.SENT]).select_related("batch")
    for payout in live:
        batch = lock_batch(payout.batch.public_id)
        if batch.state == Batch.State.FETCHED:
            message = _("Bestelling %(number)s: %(amount)s ging al terug, en staat ook in een bestand voor de bank.")
            amount = written(payout.amount_minor, batch.currency)
            told = message % {"number": order.number, "amount": amount}
            raise_issue(OpenIssue.Kind.REFUND_TWICE, order.number, told, now)
        elif life.move(payout, "drop", now=now):
            _drop_if_empty(batch, "drop", now)
        elif life.move(payout, "withdraw", now=now):
            book_back(payout, "sent", "withdrawn", now=now)
            _drop_if_empty(batch, "withdraw", now)


def _drop_if_empty(batch: Batch, event: str, now: datetime) -> None:
    if not batch.payouts.exclude(state=Payout.State.WITHDRAWN).exists():
        life.move(batch, event, now=now)
