"""Who is to be paid what: looked at as often as one likes, kept for a person to approve, or dropped. Nothing moves."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _
from stdnum import iban as iban_number

from fulfilment.errors import Refusal
from fulfilment.flows.refund_by_bank import payable_by_bank
from fulfilment.flows.release_shares import end_of, refuse_ahead
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Posting
from fulfilment.life import advance, move
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import Partner, User
from fulfilment.payments.queries import undecided_checkouts
from fulfilment.payouts import rules
from fulfilment.payouts.alphabet import bank_name
from fulfilment.payouts.locks import lock_batch, lock_payouts, lock_planning
from fulfilment.payouts.models import Batch, Payout, customer_of


@dataclass(frozen=True)
class PlannedPayout:
    """What a plan says of one payee, in minor units: `amount` is paid now; `reason` is a code where it is zero.

    The payee is a partner, or whoever gets a `refund`. `held` of what is payable is of orders under dispute.
    """

    partner: Partner | None
    refund: Refund | None
    payable: int
    amount: int
    reason: str
    held: int = 0

    @property
    def payee(self) -> str:
        """Who gets it, for staff."""
        return str(self.partner) if self.refund is None else customer_of(self.refund.order.number)


@dataclass(frozen=True)
class PayoutPlan:
    """A plan: `bank` stands on the account, `ordered` of it already left for the bank, `pot` can be paid out.

    `under_way` comes to the account from Stripe, and cannot be paid out before it is there.
    """

    as_of: date
    rail: str
    bank: int
    ordered: int
    under_way: int
    payouts: tuple[PlannedPayout, ...]

    @property
    def pot(self) -> int:
        return self.bank - self.ordered

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
        "no_account": _("Geen rekening waarop we kunnen betalen: kijk rekeningnummer en BIC na."),
        "no_name": _("De bank kan deze naam niet schrijven: vul bij de partner de naam voor de bank in."),
        "short": _("Te weinig geld op de rekening."),
        "disputed": _("Dit is van bestellingen die betwist zijn: het wacht tot de bank van de klant beslist."),
    }[reason]


def plan(*, as_of: date, now: datetime, rail: str = "sepa") -> PayoutPlan:
    """Who would be paid what, of the balances at the end of `as_of` and the money that is there. Writes nothing.

    Customers come first: they wait for their own money. `Refusal` for a day that has not come. A partner whom the bank
    could not pay keeps nobody else waiting.
    """
    refuse_ahead(as_of, now)
    if rail != "sepa":
        raise Refusal(_("Uitbetalen kan voorlopig alleen met een bankbestand."), code="UNKNOWN_RAIL")
    found = payable(as_of)
    held = held_back(as_of, found)
    under_way = -balances.balance(Account.STRIPE_TRANSIT)
    bank, ordered = -balances.balance(Account.BANK), balances.balance(Account.PAYOUTS_TRANSIT)
    customers = _to_customers(bank - ordered)
    pot = bank - ordered - sum(payout.amount for payout in customers)
    partners = {partner.pk: partner for partner in Partner.objects.filter(pk__in=found)}
    claims = [
        rules.Claim(partner_id, amount, rules.obstacle(**_bank_data(partners[partner_id])), held.get(partner_id, 0))
        for partner_id, amount in found.items()
    ]
    payouts = [
        PlannedPayout(partners[verdict.payee_id], None, verdict.payable, verdict.amount, verdict.reason, verdict.held)
        for verdict in rules.plan(claims, pot)
    ]
    return PayoutPlan(as_of, rail, bank, ordered, under_way, (*customers, *payouts))


def _to_customers(pot: int) -> list[PlannedPayout]:
    """Refunds that only the bank can pay, of which the account is known."""
    refunds = {refund.pk: refund for refund in payable_by_bank()}
    verdicts = rules.plan([rules.Claim(pk, refund.amount_minor) for pk, refund in refunds.items()], pot)
    return [
        PlannedPayout(None, refunds[verdict.payee_id], verdict.payable, verdict.amount, verdict.reason)
        for verdict in verdicts
    ]


@transaction.atomic
def create_batch(*, as_of: date, by: User | None, now: datetime) -> Batch | None:
    """Keep a plan for approval, instead of the one that was still waiting.

    None when nobody is to be paid: then a plan that waits goes on waiting.
    """
    lock_planning()
    planned = plan(as_of=as_of, now=now)
    if not planned.total:
        return None
    for former in Batch.objects.filter(rail=planned.rail, state=Batch.State.PLANNED):
        if move(former, "replace", by=by, now=now):
            _drop_payouts(former, by, now)
    batch = Batch.objects.create(rail=planned.rail, as_of=as_of, currency=rules.CURRENCY, planned_at=now, planned_by=by)
    Payout.objects.bulk_create(_kept(batch, payout) for payout in planned.payouts if payout.amount)
    return batch


def _kept(batch: Batch, planned: PlannedPayout) -> Payout:
    """A partner's bank data are those of today; which account of a customer counts is known when the file is made."""
    told = payee(planned.partner) if planned.partner else {}
    return Payout(batch=batch, partner=planned.partner, refund=planned.refund, amount_minor=planned.amount, **told)


@transaction.atomic
def cancel(*, batch: str, by: User | None = None, now: datetime) -> Batch:
    """Drop a plan that was not approved; again changes nothing. `Refusal` once its money was ordered."""
    found = lock_batch(batch)
    if found.state != Batch.State.CANCELLED:
        message = _("Dit plan is al goedgekeurd en kan niet meer weg.")
        advance(found, "drop", message=message, by=by, now=now)
        _drop_payouts(found, by, now)
    return found


def payable(as_of: date) -> dict[int, int]:
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


def held_back(as_of: date, claims: Mapping[int, int]) -> dict[int, int]:
    """How much of each partner's claim is of orders under dispute, and waits until it is decided; others are absent."""
    orders = set(Order.objects.filter(checkout_id__in=undecided_checkouts()).values_list("pk", flat=True))
    postings = Posting.objects.filter(order_id__in=orders, credit=Account.PARTNER_PAYABLE)
    partners = set(postings.values_list("partner_id", flat=True)) if orders else set()
    found = {}
    for partner_id in partners & set(claims):
        earned = ((amount, order_id in orders) for order_id, amount in _earned(partner_id, as_of))
        found[partner_id] = rules.held_of(claims[partner_id], earned)
    return {partner_id: held for partner_id, held in found.items() if held}


def _earned(partner_id: int, as_of: date) -> Iterator[tuple[int | None, int]]:
    """What each order brought a partner, and refunds left of it; the order that became payable last comes first."""
    came = Q(credit=Account.PARTNER_PAYABLE, entry__happened_at__lte=end_of(as_of))
    rows = Posting.objects.filter(came | Q(debit=Account.PARTNER_PAYABLE), partner_id=partner_id, order__isnull=False)
    amount = Sum("amount_minor", filter=came, default=0) - Sum("amount_minor", filter=~came, default=0)
    by_order = rows.order_by().values("order_id").annotate(amount=amount, last=Max("entry_id", filter=came))
    yield from by_order.filter(last__isnull=False).order_by("-last").values_list("order_id", "amount").iterator()


def payee(partner: Partner) -> dict[str, str]:
    """Name, account and bank of a partner, as a bank file has them."""
    told = _bank_data(partner)
    return {"name": bank_name(told["name"]), "iban": iban_number.compact(told["iban"]), "bic": told["bic"]}


def _bank_data(partner: Partner) -> dict[str, str]:
    return {"name": partner.bank_name or partner.name, "iban": partner.iban, "bic": partner.bic}


def _drop_payouts(batch: Batch, by: User | None, now: datetime) -> None:
    for row in lock_payouts(batch):
        move(row, "drop", by=by, now=now)
