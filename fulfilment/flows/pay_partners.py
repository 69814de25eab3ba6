"""Paying partners: plan, approve, confirm. Nothing moves before a person approved, and nothing moves twice.

The lock of every step is the row of the batch, then those of its payouts.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import iban as iban_number

from fulfilment.errors import Refusal
from fulfilment.flows.release_shares import end_of
from fulfilment.gateways import sepa
from fulfilment.ledger import balances, book
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry, Posting
from fulfilment.partners.models import Partner, User
from fulfilment.payouts import rules
from fulfilment.payouts.models import Batch, Payout

CURRENCY = "EUR"


@dataclass(frozen=True)
class PlannedPayout:
    """What a plan says of one partner, in minor units: `amount` is paid now; `reason` is a code where it is zero."""

    partner: Partner
    payable: int
    amount: int
    reason: str


@dataclass(frozen=True)
class PayoutPlan:
    """A plan: `bank` stands on the account, `ordered` of it already left for the bank, `pot` can be paid out.

    `under_way` comes to the account from Stripe, and cannot be paid out before it is there.
    """

    as_of: date
    rail: str
    bank: int
    ordered: int
    pot: int
    under_way: int
    payouts: tuple[PlannedPayout, ...]

    @property
    def total(self) -> int:
        return sum(payout.amount for payout in self.payouts)

    @property
    def waits_for_bank(self) -> bool:
        """Whether somebody is not paid now, and money is under way that may be enough."""
        return self.under_way > 0 and any(payout.reason == "short" for payout in self.payouts)


def explain(reason: str) -> str:
    """Why a partner is not paid now, for people; empty where it is."""
    return {
        "": "",
        "owes": _("Negatief saldo: wordt eerst met nieuwe verkopen verrekend."),
        "no_account": _("Geen geldig rekeningnummer."),
        "short": _("Te weinig geld op de rekening."),
    }[reason]


def plan(*, as_of: date, rail: str = "sepa") -> PayoutPlan:
    """Who would be paid what, of the balances at the end of `as_of` and the money that is there. Writes nothing."""
    if rail != "sepa":
        raise Refusal(_("Uitbetalen kan voorlopig alleen met een bankbestand."), code="UNKNOWN_RAIL")
    payable = _payable(as_of)
    under_way = -balances.balance(Account.STRIPE_TRANSIT)
    bank, ordered = -balances.balance(Account.BANK), balances.balance(Account.PAYOUTS_TRANSIT)
    partners = {partner.pk: partner for partner in Partner.objects.filter(pk__in=payable)}
    claims = [
        rules.Claim(partner_id, amount, has_account=rules.is_account(partners[partner_id].iban))
        for partner_id, amount in payable.items()
    ]
    verdicts = rules.plan(claims, bank - ordered)
    payouts = tuple(
        PlannedPayout(partners[verdict.partner_id], verdict.payable, verdict.amount, verdict.reason)
        for verdict in verdicts
    )
    return PayoutPlan(as_of, rail, bank, ordered, bank - ordered, under_way, payouts)


@transaction.atomic
def create_batch(*, as_of: date, by: User | None, now: datetime) -> Batch | None:
    """Keep a plan for approval, instead of the one that was still waiting.

    None when nobody is to be paid: then a plan that waits goes on waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payouts.create_batch'))")
    planned = plan(as_of=as_of)
    if not planned.total:
        return None
    for former in Batch.objects.select_for_update().filter(rail="sepa", state=Batch.State.PLANNED):
        former.state = Batch.State.CANCELLED
        former.save(update_fields=["state"])
    batch = Batch.objects.create(
        rail=planned.rail, as_of=as_of, currency=CURRENCY, planned_at=now, planned_by=by, state=Batch.State.PLANNED
    )
    Payout.objects.bulk_create(
        Payout(
            batch=batch,
            partner=payout.partner,
            amount_minor=payout.amount,
            name=payout.partner.name,
            iban=iban_number.compact(payout.partner.iban),
            bic=payout.partner.bic,
        )
        for payout in planned.payouts
        if payout.amount
    )
    return batch


@transaction.atomic
def approve(*, batch: str, by: User | None, now: datetime) -> Batch:
    """Order the payouts of a batch (public id): book them and make the bank file. Approving again changes nothing.

    `Refusal` when the plan was replaced, or no longer fits the balances, the accounts or the money that is there.
    """
    found = _locked(batch)
    if found.state in (Batch.State.APPROVED, Batch.State.CONFIRMED):
        return found
    if found.state == Batch.State.CANCELLED:
        raise Refusal(_("Dit plan is vervangen door een nieuw plan. Keur het nieuwe goed."), code="CANCELLED")
    payouts = _locked_payouts(found)
    _check_still_right(found, payouts)
    for payout in payouts:
        move = book.Move(
            Account.PARTNER_PAYABLE, Account.PAYOUTS_TRANSIT, payout.amount_minor, partner_id=payout.partner_id
        )
        book.record(_key(payout, "sent"), "payout_sent", [move], currency=found.currency, happened_at=now, now=now)
        payout.state = Payout.State.SENT
        payout.save(update_fields=["state"])
    found.file = _bank_file(found, payouts, now)
    found.state = Batch.State.APPROVED
    found.approved_at, found.approved_by = now, by
    found.save(update_fields=["file", "state", "approved_at", "approved_by"])
    return found


@transaction.atomic
def cancel(*, batch: str) -> Batch:
    """Drop a plan that was not approved. `Refusal` once its money was ordered."""
    found = _locked(batch)
    if found.state in (Batch.State.APPROVED, Batch.State.CONFIRMED):
        raise Refusal(_("Dit plan is al goedgekeurd en kan niet meer weg."), code="WRONG_STATE")
    found.state = Batch.State.CANCELLED
    found.save(update_fields=["state"])
    return found


@transaction.atomic
def fetch_file(*, batch: str, by: User | None, now: datetime) -> bytes:
    """The bank file of a batch (public id); keeps who had it first. `Refusal` where none may go to the bank."""
    found = _locked(batch)
    if found.file is None or found.state == Batch.State.CANCELLED:
        raise Refusal(_("Van dit plan is er geen bestand voor de bank."), code="WRONG_STATE")
    if found.fetched_at is None:
        found.fetched_at, found.fetched_by = now, by
        found.save(update_fields=["fetched_at", "fetched_by"])
    return bytes(found.file)


@transaction.atomic
def withdraw(*, batch: str, now: datetime) -> Batch:
    """The file of a batch (public id) did not go to the bank: all of it is payable again. Again changes nothing.

    `Refusal` before approval, or once the bank did something: then each payout ends by itself.
    """
    found = _locked(batch)
    payouts = _locked_payouts(found)
    if payouts and all(row.state == Payout.State.WITHDRAWN for row in payouts):
        return found
    if found.state != Batch.State.APPROVED or any(row.state != Payout.State.SENT for row in payouts):
        raise Refusal(_("Intrekken kan alleen zolang er van deze ronde niets is afgehandeld."), code="WRONG_STATE")
    for row in payouts:
        _book_back(row, "withdrawn", now)
        _finish(row, Payout.State.WITHDRAWN, now)
    found.state = Batch.State.CANCELLED
    found.save(update_fields=["state"])
    return found


@transaction.atomic
def confirm(*, batch: str, payout: str | None = None, now: datetime) -> Batch:
    """The bank carried out the payouts of a batch that are still under way, or one of them (public ids).

    Confirming again changes nothing. `Refusal` before approval, or for a payout that failed.
    """
    found = _locked(batch)
    payouts = _under_way(found, payout)
    for row in payouts:
        if row.state == Payout.State.FAILED and payout is not None:
            raise Refusal(_("Deze uitbetaling is als mislukt geboekt."), code="WRONG_STATE")
        if row.state != Payout.State.SENT:
            continue
        move = book.Move(Account.PAYOUTS_TRANSIT, Account.BANK, row.amount_minor, partner_id=row.partner_id)
        book.record(
            _key(row, "confirmed"), "payout_confirmed", [move], currency=found.currency, happened_at=now, now=now
        )
        _finish(row, Payout.State.CONFIRMED, now)
    return _close(found, now)


@transaction.atomic
def fail(*, batch: str, payout: str, reason: str, now: datetime) -> Batch:
    """The bank could not carry out a payout: its money is payable again. Failing it again changes nothing.

    `Refusal` before approval, without a reason, or for a payout that the bank confirmed.
    """
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Schrijf op waarom de bank niet kon betalen."), code="REASON_MISSING")
    found = _locked(batch)
    [row] = _under_way(found, payout)
    if row.state == Payout.State.CONFIRMED:
        raise Refusal(why_not_failed(row), code="WRONG_STATE")
    if row.state == Payout.State.SENT:
        _book_back(row, "failed", now)
        row.failure = reason[:300]
        _finish(row, Payout.State.FAILED, now)
    return _close(found, now)


def why_not_failed(payout: Payout) -> str:
    """Why a payout cannot be booked as failed (any more), for people; empty where it can."""
    return {
        Payout.State.PLANNED.value: _("Dit plan is nog niet goedgekeurd."),
        Payout.State.CONFIRMED.value: _("Deze uitbetaling is al bevestigd."),
        Payout.State.FAILED.value: _("Deze uitbetaling is als mislukt geboekt."),
        Payout.State.WITHDRAWN.value: _("Deze uitbetaling is ingetrokken."),
    }.get(payout.state, "")


def _payable(as_of: date) -> dict[int, int]:
    """What each partner may claim: all that became payable until the end of `as_of`, minus all that was ever taken off.

    What is taken off counts whenever it happened, so that a plan for a day in the past pays nothing a second time.
    """
    found: dict[int, int] = defaultdict(int)
    rows = Posting.objects.filter(partner__isnull=False).order_by()
    came = rows.filter(credit=Account.PARTNER_PAYABLE, entry__happened_at__lte=end_of(as_of))
    went = rows.filter(debit=Account.PARTNER_PAYABLE)
    for sign, side in ((1, came), (-1, went)):
        for partner_id, total in side.values_list("partner_id").annotate(total=Sum("amount_minor")):
            assert partner_id is not None
            found[partner_id] += sign * total
    return dict(found)


def _check_still_right(batch: Batch, payouts: list[Payout]) -> None:
    payable = _payable(batch.as_of)
    partners = {partner.pk: partner for partner in Partner.objects.filter(pk__in=[row.partner_id for row in payouts])}
    for row in payouts:
        partner = partners[row.partner_id]
        if payable.get(row.partner_id, 0) < row.amount_minor:
            raise Refusal(
                _("Het saldo van %(name)s is intussen veranderd. Maak een nieuw plan.") % {"name": partner.name},
                code="BALANCE_CHANGED",
            )
        if iban_number.compact(partner.iban) != row.iban:
            raise Refusal(
                _("De rekening van %(name)s is intussen veranderd. Maak een nieuw plan.") % {"name": partner.name},
                code="ACCOUNT_CHANGED",
            )
    pot = -balances.balance(Account.BANK) - balances.balance(Account.PAYOUTS_TRANSIT)
    if sum(row.amount_minor for row in payouts) > pot:
        raise Refusal(_("Er staat intussen te weinig geld op de rekening. Maak een nieuw plan."), code="SHORT")


def _bank_file(batch: Batch, payouts: list[Payout], now: datetime) -> bytes:
    remittance = f"{settings.PAYER_NAME}: {batch.as_of:%d/%m/%Y}"
    return sepa.credit_transfer_file(
        payer=sepa.Payer(settings.PAYER_NAME, settings.PAYER_IBAN, settings.PAYER_BIC),
        transfers=[
            sepa.Transfer(row.public_id, row.name, row.iban, row.bic, row.amount_minor, remittance) for row in payouts
        ],
        message_id=batch.public_id,
        execute_on=rules.next_bank_day(timezone.localdate(now)),
        made_at=timezone.localtime(now),
    )


def _locked(public_id: str) -> Batch:
    batch = Batch.objects.select_for_update().filter(public_id=public_id).first()
    if batch is None:
        raise Refusal(_("Dit plan bestaat niet."), code="NOT_FOUND")
    return batch


def _locked_payouts(batch: Batch) -> list[Payout]:
    return list(Payout.objects.select_for_update().filter(batch=batch).order_by("pk"))


def _under_way(batch: Batch, payout: str | None) -> list[Payout]:
    """The payouts of an approved batch, or the one that is asked for."""
    if batch.state not in (Batch.State.APPROVED, Batch.State.CONFIRMED):
        raise Refusal(_("Dit plan is nog niet goedgekeurd."), code="WRONG_STATE")
    payouts = [row for row in _locked_payouts(batch) if payout is None or row.public_id == payout]
    if not payouts:
        raise Refusal(_("Deze uitbetaling hoort niet bij dit plan."), code="NOT_FOUND")
    return payouts


def _book_back(payout: Payout, what: str, now: datetime) -> None:
    sent = Entry.objects.get(key=_key(payout, "sent"))
    book.reverse(sent, key=_key(payout, what), happened_at=now, now=now)


def _finish(payout: Payout, state: Payout.State, now: datetime) -> None:
    payout.state = state
    payout.final_at = now
    payout.save(update_fields=["state", "final_at", "failure"])


def _close(batch: Batch, now: datetime) -> Batch:
    """The batch is done once no payout is under way."""
    if batch.state == Batch.State.APPROVED and not batch.payouts.filter(state=Payout.State.SENT).exists():
        batch.state = Batch.State.CONFIRMED
        batch.confirmed_at = now
        batch.save(update_fields=["state", "confirmed_at"])
    return batch


def _key(payout: Payout, what: str) -> str:
    return f"payout:{payout.public_id}:{what}"
