"""A plan is approved and becomes a file for the bank: from here on the money is spoken for, and nothing moves twice.

The file is made when somebody fetches it, since the bank refuses one whose day of execution is past. Each file of a
round has the round's message id: should two of them reach the bank, it refuses the second, and nobody is paid twice.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfilment.errors import Refusal
from fulfilment.flows.pay_customers import check_still_owed, lock_customers, set_account
from fulfilment.flows.payout_books import book_sent
from fulfilment.flows.plan_payouts import held_back, payable, payee
from fulfilment.gateways import sepa
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.life import advance, move
from fulfilment.money import written
from fulfilment.orders.queries import account_of
from fulfilment.partners.models import Partner, User
from fulfilment.payouts import rules
from fulfilment.payouts.alphabet import bank_name, plain
from fulfilment.payouts.locks import lock_batch, lock_payouts
from fulfilment.payouts.models import BankFile, Batch, Payout


@transaction.atomic
def approve(*, batch: str, by: User | None, now: datetime) -> Batch:
    """Order the payouts of a round (public id): book them. Approving again changes nothing.

    `Refusal` when the plan fell away, or no longer fits the balances, the bank data or the money that is there, and
    where it needs somebody else (`why_another`). What was approved stands in its history, with the limit.
    """
    lock_customers(batch)
    found = lock_batch(batch)
    if found.state in (Batch.State.APPROVED, Batch.State.FETCHED, Batch.State.CONFIRMED):
        return found
    payouts = lock_payouts(found)
    if found.state == Batch.State.PLANNED:
        if why := why_another(found, payouts, by):
            raise Refusal(why, code="SECOND_PERSON")
        _check_still_right(found, payouts)
    note = _what_is_approved(found, payouts)
    advance(found, "approve", message=fallen(found), by=by, now=now, note=note, approved_at=now, approved_by=by)
    for payout in payouts:
        book_sent(payout, currency=found.currency, now=now)
        move(payout, "send", by=by, now=now)
    return found


@transaction.atomic
def fetch_file(*, batch: str, by: User | None, now: datetime, again: bool = False) -> BankFile:
    """The file of a round (public id) for the bank, made by whoever fetches it first.

    Who comes after is asked first (`Refusal` with code ASK_FIRST), and with `again` gets the same file, byte for byte;
    one for a new day only where `needs_new_day`. `Refusal` where none may go to the bank.
    """
    lock_customers(batch)
    found = lock_batch(batch)
    payouts = [row for row in lock_payouts(found) if row.state != Payout.State.WITHDRAWN]
    if move(found, "fetch", by=by, now=now):
        return _make_file(found, payouts, by, now)
    if not found.files.exists() or found.state == Batch.State.WITHDRAWN:
        raise Refusal(_("Van deze ronde is er geen bestand voor de bank."), code="WRONG_STATE")
    if not again:
        raise Refusal(_("Iemand anders haalde dit bestand al op."), code="ASK_FIRST")
    latest = found.files.latest("pk")
    if needs_new_day(latest, payouts, timezone.localdate(now)):
        return _make_file(found, payouts, by, now)
    return latest


def why_another(batch: Batch, payouts: list[Payout], by: User | None) -> str:
    """What is read instead of a button by whoever may not approve a plan, so that nobody pays an account alone; empty
    where they may. None is a command on the machine itself.

    Who made a plan does not approve more than the limit, and who typed the account of a customer nothing that goes to
    it.
    """
    if by is None:
        return ""
    accounts = [account_of(row.refund) for row in payouts if row.refund is not None]
    if any(account is not None and account.given_by_id == by.pk for account in accounts):
        return _("Jij noteerde de rekening van een klant in dit plan. Laat een collega het nakijken en goedkeuren.")
    if batch.planned_by_id == by.pk and sum(row.amount_minor for row in payouts) > settings.APPROVAL_LIMIT_MINOR:
        limit = written(settings.APPROVAL_LIMIT_MINOR, rules.CURRENCY)
        told = _("Jij maakte dit plan, en het betaalt meer dan %(limit)s. Laat een collega het nakijken en goedkeuren.")
        return told % {"limit": limit}
    return ""


def _what_is_approved(batch: Batch, payouts: list[Payout]) -> str:
    """For the history of the round: how much for how many, and the limit that held for whoever had planned it."""
    total = written(sum(row.amount_minor for row in payouts), batch.currency)
    limit = written(settings.APPROVAL_LIMIT_MINOR, batch.currency)
    told = ngettext("%(total)s in %(count)s betaling", "%(total)s in %(count)s betalingen", len(payouts))
    approved = told % {"total": total, "count": len(payouts)}
    return _("%(approved)s; grens voor wie zelf plande: %(limit)s") % {"approved": approved, "limit": limit}


def needs_new_day(file: BankFile, payouts: list[Payout], today: date) -> bool:
    """Whether the bank would refuse this file for its day, and no payout of it was worked through.

    Of a round of which the bank did something, the file is for the records: as it was.
    """
    live = [row for row in payouts if row.state != Payout.State.WITHDRAWN]
    return file.execute_on < today and all(row.state == Payout.State.SENT for row in live)


def fallen(batch: Batch) -> str:
    """Why a plan can no longer be approved, for people; empty where it can."""
    return {
        Batch.State.CANCELLED.value: _("Dit plan is vervallen. Maak een nieuw plan, of keur het nieuwe goed."),
        Batch.State.WITHDRAWN.value: _("Deze ronde is ingetrokken. Maak een nieuw plan."),
    }.get(batch.state, "")


def _check_still_right(batch: Batch, payouts: list[Payout]) -> None:
    claims = payable(batch.as_of)
    held = held_back(batch.as_of, claims)
    partners = {partner.pk: partner for partner in Partner.objects.filter(payouts__in=payouts)}
    for row in payouts:
        if row.partner_id is None:
            assert row.refund is not None, "a payout has one payee"
            check_still_owed(row.refund)
            continue
        partner = partners[row.partner_id]
        if claims.get(row.partner_id, 0) < row.amount_minor:
            raise Refusal(
                _("Het saldo van %(name)s is intussen veranderd. Maak een nieuw plan.") % {"name": partner.name},
                code="BALANCE_CHANGED",
            )
        if claims[row.partner_id] - held.get(row.partner_id, 0) < row.amount_minor:
            raise Refusal(
                _("Een bestelling waaraan %(name)s verdient, is intussen betwist. Maak een nieuw plan.")
                % {"name": partner.name},
                code="DISPUTED",
            )
        if payee(partner) != {"name": row.name, "iban": row.iban, "bic": row.bic}:
            raise Refusal(
                _("De rekening van %(name)s is intussen veranderd. Maak een nieuw plan.") % {"name": partner.name},
                code="ACCOUNT_CHANGED",
            )
    pot = -balances.balance(Account.BANK) - balances.balance(Account.PAYOUTS_TRANSIT)
    if sum(row.amount_minor for row in payouts) > pot:
        raise Refusal(_("Er staat intussen te weinig geld op de rekening. Maak een nieuw plan."), code="SHORT")


def _make_file(batch: Batch, payouts: list[Payout], by: User | None, now: datetime) -> BankFile:
    payer_name = plain(settings.PAYER_NAME)
    execute_on = rules.next_bank_day(timezone.localdate(now))
    content = sepa.credit_transfer_file(
        payer=sepa.Payer(payer_name, settings.PAYER_IBAN, settings.PAYER_BIC),
        transfers=[_transfer(row, payer_name, f"{batch.as_of:%d/%m/%Y}") for row in payouts],
        message_id=batch.public_id,
        execute_on=execute_on,
        made_at=timezone.localtime(now),
    )
    return BankFile.objects.create(batch=batch, content=content, execute_on=execute_on, made_at=now, made_by=by)


def _transfer(payout: Payout, payer_name: str, day: str) -> sepa.Transfer:
    """A line of the file; a customer reads on their statement which order it is about."""
    name, iban, told = payout.name, payout.iban, day
    if payout.refund is not None:
        account = payout.account or set_account(payout, payout.refund)
        name, iban = bank_name(account.holder), account.iban
        told = plain(_("terugbetaling bestelling %(number)s") % {"number": payout.refund.order.number})
    return sepa.Transfer(
        end_to_end_id=payout.public_id,
        name=name,
        iban=iban,
        bic=payout.bic,
        amount_minor=payout.amount_minor,
        remittance=f"{payer_name}: {told}",
    )
