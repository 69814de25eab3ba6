"""What the page of one order shows: lines, who earns what, what is booked and whether it adds up."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fulfilment.agreements.models import Agreement
from fulfilment.entrypoints.backoffice.order_path import path_of
from fulfilment.entrypoints.backoffice.order_state import state_of_many
from fulfilment.entrypoints.backoffice.wording import account_name, entry_name
from fulfilment.flows.receive_outside import to_receive
from fulfilment.flows.refund_by_bank import why_closed
from fulfilment.flows.release_shares import releasable_at
from fulfilment.flows.say_refund import unclear
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import left_of_order, of_order
from fulfilment.ledger.models import Posting
from fulfilment.orders.models import Line, Order, Recipient, Refund
from fulfilment.orders.queries import account_of, refunded_units
from fulfilment.partners.models import Partner
from fulfilment.production.models import Task
from fulfilment.revenue.models import Share
from fulfilment.routing.models import Assignment


@dataclass(frozen=True)
class LineRow:
    """A line with who makes it, under which agreement, who shares in it, and how many were refunded."""

    line: Line
    producer: Partner | None
    agreement: Agreement | None
    shares: list[Share]
    refunded: int


@dataclass(frozen=True)
class PartnerRow:
    """What a partner has of an order, in minor units; `left` is what refunds did not take back.

    Payouts are of a partner's whole balance, not of an order, so there is no such column.
    """

    partner: Partner
    amount: int
    vat: int
    withheld: int
    left: int

    @property
    def taken_back(self) -> int:
        return self.amount + self.vat - self.withheld - self.left


@dataclass(frozen=True)
class BookedRow:
    """A posting in plain words."""

    posting: Posting
    entry: str
    debit: str
    credit: str


def order_page(order: Order) -> dict[str, Any]:
    """All that the page shows."""
    [state] = state_of_many([order])
    balances = of_order(order.pk)
    came_from = [(_source_name(account), -amount) for account, amount in sorted(balances.items()) if amount < 0]
    went_to = [(_end_name(account), amount) for account, amount in sorted(balances.items()) if amount > 0]
    shares = list(Share.objects.filter(order=order).select_related("partner").order_by("rank"))
    outside = to_receive(order)
    partners = _partners(order, shares)
    return {
        "order": order,
        "state": state,
        "recipient": Recipient.objects.filter(order=order).first(),
        "issues": OpenIssue.objects.filter(subject=order.number, resolved_at__isnull=True),
        "path": path_of(order),
        **refunds_to_act_on(order),
        "unclear_refunds": unclear(order).prefetch_related("lines__line"),
        "to_receive": outside,
        "given_outside": -outside,
        "tasks": Task.objects.filter(order=order).select_related("producer"),
        "lines": _lines(order, shares),
        "shipping_shares": [share for share in shares if share.line_id is None],
        "partners": partners,
        "all_went_back": not any(row.left for row in partners),
        "releasable_at": releasable_at(order),
        "postings": [_booked(posting) for posting in _postings(order)],
        "came_from": came_from,
        "came_from_total": sum(amount for _name, amount in came_from),
        "went_to": went_to,
        "went_to_total": sum(amount for _name, amount in went_to),
        "in_balance": sum(balances.values()) == 0,
        "customer_left": balances.get(Account.CUSTOMER, 0),
        "shipping_left": balances.get(Account.SHIPPING, 0),
    }


def refunds_to_act_on(order: Order) -> dict[str, Any]:
    """What failed, and what goes by bank with the account for it: any page about them has the buttons for both."""
    waiting = Refund.objects.filter(order=order, state=Refund.State.BY_BANK)
    return {
        "order": order,
        "failed_refunds": Refund.objects.filter(order=order, state=Refund.State.FAILED),
        "bank_refunds": [(refund, account_of(refund), why_closed(refund)) for refund in waiting],
    }


def _lines(order: Order, shares: list[Share]) -> list[LineRow]:
    assigned = {
        assignment.line_id: assignment
        for assignment in Assignment.objects.filter(decision__order=order, decision__superseded_by=None).select_related(
            "producer", "agreement"
        )
    }
    shares_of: dict[int | None, list[Share]] = defaultdict(list)
    for share in shares:
        shares_of[share.line_id].append(share)
    gone = refunded_units(order)
    rows = []
    for line in order.lines.all():
        found = assigned.get(line.pk)
        rows.append(
            LineRow(
                line=line,
                producer=found.producer if found else None,
                agreement=found.agreement if found else None,
                shares=shares_of[line.pk],
                refunded=gone.get(line.pk, 0),
            )
        )
    return rows


def _partners(order: Order, shares: list[Share]) -> list[PartnerRow]:
    left = left_of_order(order.pk)
    found: dict[int, list[Share]] = defaultdict(list)
    for share in shares:
        found[share.partner_id].append(share)
    return [
        PartnerRow(
            partner=rows[0].partner,
            amount=sum(share.amount_minor for share in rows),
            vat=sum(share.vat_minor for share in rows),
            withheld=sum(share.withheld_minor for share in rows),
            left=left.get(partner_id, 0),
        )
        for partner_id, rows in found.items()
    ]


def _postings(order: Order) -> list[Posting]:
    return list(Posting.objects.filter(order=order).select_related("entry", "line", "partner").order_by("pk"))


def _source_name(account: str) -> str:
    """Receipts reach an order from the account where all receipts wait for theirs: they are the customer's money."""
    return _("Ontvangen van de klant") if account == Account.UNALLOCATED else account_name(account)


def _end_name(account: str) -> str:
    """What an order took off the money at Stripe or at the bank went back to its customer."""
    return _("Terug naar de klant") if account in (Account.STRIPE, Account.BANK) else account_name(account)


def _booked(posting: Posting) -> BookedRow:
    return BookedRow(posting, entry_name(posting.entry.kind), account_name(posting.debit), account_name(posting.credit))
