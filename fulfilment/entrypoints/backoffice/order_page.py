"""What the page of one order shows: lines, who earns what, what is booked and whether it adds up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fulfilment.agreements.models import Agreement
from fulfilment.entrypoints.backoffice.disputes import disputes_of, state_label
from fulfilment.entrypoints.backoffice.order_path import path_of
from fulfilment.entrypoints.backoffice.order_state import state_of_many, tone_of
from fulfilment.entrypoints.backoffice.returns import CARRIERS, return_rows
from fulfilment.entrypoints.backoffice.withdrawals import refund_query, withdrawals_of
from fulfilment.entrypoints.backoffice.wording import account_name, entry_name
from fulfilment.flows.announce_return import returnable
from fulfilment.flows.plan_refund import limits
from fulfilment.flows.receive_outside import to_receive
from fulfilment.flows.refund_by_bank import account_seen, why_closed
from fulfilment.flows.release_shares import releasable_at
from fulfilment.flows.say_refund import unclear
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import left_of_order, of_order
from fulfilment.ledger.models import Posting
from fulfilment.orders.models import Line, Order, Recipient, Refund
from fulfilment.orders.places import address_told, elsewhere, invoiced_to
from fulfilment.orders.queries import account_of, refunded_units
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Dispute
from fulfilment.payments.queries import UNDECIDED
from fulfilment.payouts.alphabet import LONGEST_NAME
from fulfilment.production.models import Task, TaskLine
from fulfilment.production.queries import issue_subject, state_name
from fulfilment.production.rules import UNFINISHED
from fulfilment.revenue.models import Share
from fulfilment.revenue.queries import standing_shares
from fulfilment.routing.models import Assignment


@dataclass(frozen=True)
class LineRow:
    """A line with who makes it, under which agreement, who shares in it, and how many were refunded.

    `earlier` are the workshops that shipped some of it before the rest went to this one.
    """

    line: Line
    producer: Partner | None
    agreement: Agreement | None
    earlier: list[Partner]
    shares: Sequence[Share]
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
    disputes = disputes_of(order)
    balances = of_order(order.pk)
    came_from = [(_source_name(account), -amount) for account, amount in sorted(balances.items()) if amount < 0]
    went_to = [(end_name(account), amount) for account, amount in sorted(balances.items()) if amount > 0]
    shares = standing_shares(order.pk)
    tasks = Task.objects.filter(order=order).select_related("producer").order_by("pk")
    outside = to_receive(order)
    partners = _partners(order, shares)
    return {
        "order": order,
        "state": state,
        "customer": _customer(order),
        "issues": open_issues(order, disputes),
        "disputes_hold": any(dispute.state in UNDECIDED for dispute in disputes),
        "disputes_lost": any(dispute.state == Dispute.State.LOST for dispute in disputes),
        "disputes": [(dispute, state_label(dispute)) for dispute in disputes],
        "path": path_of(order),
        **refunds_to_act_on(order),
        "unclear_refunds": unclear(order).prefetch_related("lines__line"),
        "to_receive": outside,
        "given_outside": -outside,
        "tasks": [(task, state_name(task), tone_of(task.state), _can_move(order, task)) for task in tasks],
        "withdrawals": withdrawals_of(order),
        "withdrawal_refund": refund_query(order),
        "returns": return_rows(order),
        "can_come_back": bool(returnable(order)),
        "carriers": CARRIERS,
        "lines": _lines(order, shares),
        "shipping_shares": shares.get(None, ()),
        "partners": partners,
        "all_back": _all_back(order),
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


def _customer(order: Order) -> dict[str, Any] | None:
    """Who bought it, and where it goes where that is not where its invoice goes; None once that is forgotten."""
    recipient = Recipient.objects.filter(order=order, purged_at=None).first()
    if recipient is None:
        return None
    return {
        "recipient": recipient,
        "invoiced": address_told(invoiced_to(recipient), "nl"),
        "delivered": elsewhere(order, recipient, "nl"),
    }


def _all_back(order: Order) -> str:
    """What stands where the button to give money back was, once nothing is left to give; "" where something is."""
    found = limits(order)
    units = any(found.open.values()) or any(found.shipped.values())
    if units or any(found.gross.values()) or found.shipping or found.owed:
        return ""
    return _("Alles ging terug.") if order.refunded_minor >= order.total_gross_minor else _("Alles gaat terug.")


def refunds_to_act_on(order: Order) -> dict[str, Any]:
    """What failed, and what goes by bank with the account for it: any page about them has the buttons for both."""
    waiting = [(refund, account_of(refund)) for refund in order.refunds.filter(state=Refund.State.BY_BANK)]
    bank_refunds = [(found, known, account_seen(known), why_closed(found, by_staff=True)) for found, known in waiting]
    return {
        "order": order,
        "failed_refunds": Refund.objects.filter(order=order, state=Refund.State.FAILED),
        "bank_refunds": bank_refunds,
        "longest_holder": LONGEST_NAME,
    }


def open_issues(order: Order, disputes: Iterable[Dispute]) -> QuerySet[OpenIssue]:
    """The exceptions about an order: called after its number, one of its tasks, or a dispute of its payment."""
    tasks = (issue_subject(task) for task in order.tasks.all())
    subjects = [order.number, *tasks, *(dispute.name for dispute in disputes)]
    return OpenIssue.objects.filter(subject__in=subjects, resolved_at__isnull=True)


def _can_move(order: Order, task: Task) -> bool:
    return task.state in UNFINISHED and order.released_at is None and order.cancelled_at is None


def _lines(order: Order, shares: Mapping[int | None, Sequence[Share]]) -> list[LineRow]:
    assigned = {
        assignment.line_id: assignment
        for assignment in Assignment.objects.filter(decision__order=order, decision__superseded_by=None).select_related(
            "producer", "agreement"
        )
    }
    shippers: dict[int, dict[Partner, None]] = defaultdict(dict)
    for task_line in TaskLine.objects.filter(task__order=order, shipped_quantity__gt=0).select_related(
        "task__producer"
    ):
        shippers[task_line.line_id][task_line.task.producer] = None
    gone = refunded_units(order)
    rows = []
    for line in order.lines.all():
        found = assigned.get(line.pk)
        rows.append(
            LineRow(
                line=line,
                producer=found.producer if found else None,
                agreement=found.agreement if found else None,
                earlier=[maker for maker in shippers[line.pk] if found and maker != found.producer],
                shares=shares.get(line.pk, ()),
                refunded=gone.get(line.pk, 0),
            )
        )
    return rows


def _partners(order: Order, shares: Mapping[int | None, Sequence[Share]]) -> list[PartnerRow]:
    left = left_of_order(order.pk)
    found: dict[int, list[Share]] = defaultdict(list)
    for share in chain.from_iterable(shares.values()):
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


def end_name(account: str) -> str:
    """What an order took off the money at Stripe or at the bank went back to its customer."""
    return _("Terug naar de klant") if account in (Account.STRIPE, Account.BANK) else account_name(account)


def _booked(posting: Posting) -> BookedRow:
    return BookedRow(posting, entry_name(posting.entry.kind), account_name(posting.debit), account_name(posting.credit))
