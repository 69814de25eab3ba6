"""Money goes back: the shares of exactly what was refunded, their shipping and their VAT are reversed.

Refunds are asked through Saleor, as staff would there, and booked when Saleor says that they were paid: so a refund
made in Saleor's Dashboard and one made here take the same road.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import tell_customer
from fulfilment.flows.book_shares import line_moves, shipping_moves, units
from fulfilment.flows.work_task import cancel_units
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorOrder, SaleorRefund
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import net
from fulfilment.ledger.book import Move, record, reversed_moves
from fulfilment.ledger.models import Posting
from fulfilment.money import written
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Line, Order, Refund, RefundLine
from fulfilment.partners.models import Partner
from fulfilment.revenue.models import Share

ROUNDED = "refund_rounded"
"""The kind of the entries for cents between what units are worth and what went back for them."""

BORNE = "refund_borne"
"""The kind of the entries for money that went back for no unit: the platform bears it (`divide_refund`)."""


@dataclass(frozen=True)
class Preview:
    """What a refund would take back, in minor units: from each partner (by id), from the platform, in VAT, in all."""

    amount: int
    partners: Mapping[int, int]
    platform: int
    vat: int


def preview(order: Order, quantities: Mapping[int, int], *, shipping: bool) -> Preview:
    """The effect of refunding units of lines (line id → units); nothing is written. `Refusal` as for `request`."""
    check(order, quantities, shipping=shipping)
    gone = refunded_units(order)
    moves = reversal(order, quantities, gone, shipping=shipping)
    partners: dict[int, int] = defaultdict(int)
    totals: dict[Account, int] = defaultdict(int)
    for move in moves:
        totals[move.debit] -= move.amount
        totals[move.credit] += move.amount
        if move.partner_id is not None:
            for account, sign in ((move.debit, 1), (move.credit, -1)):
                if account in (Account.PARTNER_HELD, Account.PARTNER_PAYABLE):
                    partners[move.partner_id] += sign * move.amount
    return Preview(
        amount=worth(order, quantities, gone, shipping=shipping),
        partners=dict(partners),
        platform=-totals[Account.PLATFORM_SHARE],
        vat=-totals[Account.VAT_OWED],
    )


def request(
    public_id: str,
    quantities: Mapping[int, int],
    *,
    shipping: bool,
    reason: str,
    saleor: Saleor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Have units of lines (line id → units) and the shipping paid back. `Refusal` in the operator's language.

    `seen` is the `state_seen` that the operator looked at. Saleor asks our payment app to pay, Stripe pays, and
    Saleor's order then tells it: see `book_refunds`.
    """
    order = Order.objects.get(public_id=public_id)
    try:
        _ask(order.pk, quantities, shipping=shipping, reason=reason, saleor=saleor, now=now, seen=seen)
    except GatewayError as error:
        message = _("Saleor nam de terugbetaling niet aan. Kijk in Saleor wat er staat voor je opnieuw probeert.")
        raise_issue(OpenIssue.Kind.REFUND_FAILED, order.number, f"{message} ({error})", now)
        raise Refusal(message, code=error.code or "GATEWAY") from error
    resolve(OpenIssue.Kind.REFUND_FAILED, order.number, now)


def state_seen(order: Order) -> str:
    """What tells two looks at the refunds of an order apart: another one was asked or booked in between."""
    return f"{order.refund_asked_at}:{Refund.objects.filter(order=order).count()}"


@transaction.atomic
def _ask(
    order_pk: int,
    quantities: Mapping[int, int],
    *,
    shipping: bool,
    reason: str,
    saleor: Saleor,
    now: datetime,
    seen: str | None,
) -> None:
    """Grant and request at Saleor, one refund of an order at a time: the same button pressed twice asks once."""
    order = lock_order(pk=order_pk)
    if seen is not None and seen != state_seen(order):
        told = _("Intussen is er al een terugbetaling gevraagd of geboekt. Kijk opnieuw wat er overblijft.")
        raise Refusal(told, code="STALE")
    check(order, quantities, shipping=shipping)
    remote = saleor.order(order.saleor_id)
    charged = [found for found in remote.transactions if found.charged_minor > 0] if remote else []
    if remote is None or not charged:
        raise Refusal(_("Op deze bestelling staat geen betaling die terug kan."), code="NOTHING_CHARGED")
    saleor_ids = {line.pk: line.saleor_id for line in order.lines.all()}
    wanted = {saleor_ids[pk]: quantity for pk, quantity in quantities.items() if quantity}
    _check_under_way(order, remote, wanted, shipping=shipping)
    granted = _failed_before(remote, wanted, shipping=shipping) or saleor.grant_refund(
        order.saleor_id, charged[0].id, wanted, shipping=shipping, reason=reason
    )
    saleor.request_granted_refund(charged[0].id, granted)
    Order.objects.filter(pk=order.pk).update(refund_asked_at=now)


def _failed_before(remote: SaleorOrder, wanted: Mapping[str, int], *, shipping: bool) -> str | None:
    """A refund of exactly this that Stripe could not pay: Saleor keeps its units, and pays them when asked again."""
    failed = [found for found in remote.refunds if found.status == "FAILURE"]
    for found in failed:
        if dict(found.lines) == dict(wanted) and found.includes_shipping == shipping:
            return found.id
    if any((shipping and found.includes_shipping) or set(found.lines) & set(wanted) for found in failed):
        told = _("Hiervan mislukte al een terugbetaling. Kies precies hetzelfde als toen om ze opnieuw te proberen.")
        raise Refusal(told, code="FAILED_BEFORE")
    return None


def _check_under_way(order: Order, remote: SaleorOrder, wanted: Mapping[str, int], *, shipping: bool) -> None:
    """`Refusal` where a refund that was granted and is not booked yet has the same units or the shipping in it."""
    booked = set(Refund.objects.filter(order=order).values_list("saleor_id", flat=True))
    under_way = [found for found in remote.refunds if found.id not in booked and found.status != "FAILURE"]
    units_left = remaining(order)
    left = {line.saleor_id: units_left[line.pk] for line in order.lines.all()}
    for found in under_way:
        for line_id, quantity in found.lines.items():
            left[line_id] = left.get(line_id, 0) - quantity
    short = any(quantity > left.get(line_id, 0) for line_id, quantity in wanted.items())
    if short or (shipping and any(found.includes_shipping for found in under_way)):
        raise Refusal(_("Deze terugbetaling is al onderweg. Wacht tot ze geboekt is."), code="UNDER_WAY")


def remaining(order: Order) -> dict[int, int]:
    """Units of each line (by id) that were not refunded yet."""
    gone = refunded_units(order)
    return {line.pk: line.quantity - gone.get(line.pk, 0) for line in order.lines.all()}


def refunded_units(order: Order) -> dict[int, int]:
    """Units of lines (by id) that were refunded; lines of which nothing was are absent."""
    rows = RefundLine.objects.filter(refund__order=order).values_list("line_id").annotate(total=Sum("quantity"))
    return dict(rows.order_by())


def shipping_is_refunded(order: Order) -> bool:
    """Whether the shipping money of the order went back."""
    return Refund.objects.filter(order=order, includes_shipping=True).exists()


def check(order: Order, quantities: Mapping[int, int], *, shipping: bool) -> None:
    """`Refusal` where this cannot be refunded (any more)."""
    left = remaining(order)
    if not shipping and not any(quantities.values()):
        raise Refusal(_("Kies wat je terugbetaalt."), code="NOTHING_CHOSEN")
    if any(quantity < 0 or quantity > left.get(pk, 0) for pk, quantity in quantities.items()):
        raise Refusal(_("Je kunt niet meer terugbetalen dan er besteld is."), code="TOO_MANY")
    if shipping and shipping_is_refunded(order):
        raise Refusal(_("De verzendkosten zijn al terugbetaald."), code="SHIPPING_REFUNDED")


def book_refunds(order_pk: int, remote: SaleorOrder, *, now: datetime) -> None:
    """Book every refund that Saleor says was paid and that is not booked yet; each once."""
    if remote.refunds or remote.refunded_minor:  # most orders need no transaction for this
        _book_refunds(order_pk, remote, now)


@transaction.atomic
def _book_refunds(order_pk: int, remote: SaleorOrder, now: datetime) -> None:
    order = lock_order(pk=order_pk)
    booked = dict(Refund.objects.filter(order=order).values_list("saleor_id", "amount_minor"))
    for granted in remote.refunds:
        if granted.status == "SUCCESS" and granted.id not in booked:
            _book_granted(order, granted, now)
            booked[granted.id] = granted.amount_minor
    if all(found.status in ("SUCCESS", "FAILURE") for found in remote.refunds):  # none is under way
        Order.objects.filter(pk=order.pk).update(refund_asked_at=None)
    kept = remote.charged_minor + remote.pending_minor
    # What was paid too much (twice) may go back without lines: it never was anybody's.
    surplus = max(kept + remote.refunded_minor - remote.total_gross_minor, 0)
    if remote.refunded_minor >= order.total_gross_minor and kept <= 0:
        _book_rest(order, remote, sum(booked.values()), now)
    elif remote.refunded_minor > sum(booked.values()) + surplus:
        message = _("Bestelling %(number)s: er ging geld terug zonder dat er lijnen bij gekozen zijn.")
        raise_issue(OpenIssue.Kind.REFUND_TO_DIVIDE, order.number, message % {"number": order.number}, now)


def _book_granted(order: Order, granted: SaleorRefund, now: datetime) -> None:
    by_saleor_id = {line.saleor_id: line.pk for line in order.lines.all()}
    left = remaining(order)
    quantities = {
        by_saleor_id[saleor_id]: min(quantity, left[by_saleor_id[saleor_id]])
        for saleor_id, quantity in granted.lines.items()
        if saleor_id in by_saleor_id
    }
    shipping = granted.includes_shipping and not shipping_is_refunded(order)
    _book(order, granted.id, granted.amount_minor, quantities, shipping=shipping, reason=granted.reason, now=now)


def _book_rest(order: Order, remote: SaleorOrder, booked: int, now: datetime) -> None:
    """All money went back: whatever is not reversed yet is reversed now, whether or not lines were named."""
    quantities = {pk: quantity for pk, quantity in remaining(order).items() if quantity}
    shipping = not shipping_is_refunded(order)
    # A delivery that a voucher made free is in the books all the same, where the platform funds it.
    if quantities or (shipping and (order.shipping_gross_minor or order.undiscounted_shipping_net_minor)):
        amount = max(remote.refunded_minor - booked, 0)
        _book(order, _rest_id(order), amount, quantities, shipping=shipping, reason="", now=now)
    _undo_differences(order, now)
    for kind in (
        OpenIssue.Kind.REFUND_TO_DIVIDE,
        OpenIssue.Kind.CANCELLED_NOT_REFUNDED,
        OpenIssue.Kind.UNROUTED,
        OpenIssue.Kind.PAID_TWICE,
        OpenIssue.Kind.SHORT_OF_FIXED,
    ):
        resolve(kind, order.number, now)


def _book(
    order: Order,
    saleor_id: str,
    amount: int,
    quantities: Mapping[int, int],
    *,
    shipping: bool,
    reason: str,
    now: datetime,
) -> None:
    """Book what Saleor paid back (`amount`), and tell the customer."""
    _book_difference(order, saleor_id, amount, quantities, refunded_units(order), shipping=shipping, now=now)
    book(order, saleor_id, amount, quantities, shipping=shipping, reason=reason, now=now)
    if amount:
        tell_customer.refunded(order, amount, saleor_id, now=now, quantities=quantities, shipping=shipping)


def book(
    order: Order,
    name: str,
    amount: int,
    quantities: Mapping[int, int],
    *,
    shipping: bool,
    reason: str,
    now: datetime,
) -> None:
    """Keep a refund by its name and reverse the shares of its units and shipping. The caller holds the order."""
    record(
        f"order:{order.public_id}:refund:{name}",
        "order_refunded",
        reversal(order, quantities, refunded_units(order), shipping=shipping),
        currency=order.currency,
        happened_at=now,
        now=now,
    )
    refund = Refund.objects.create(
        order=order, saleor_id=name, amount_minor=amount, includes_shipping=shipping, reason=reason, booked_at=now
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line_id=pk, quantity=quantity) for pk, quantity in quantities.items() if quantity
    )
    cancel_units(quantities, order_id=order.pk, now=now)


def take_back_earlier(order: Order, lines: Collection[Line], *, number: int, now: datetime) -> None:
    """Units that were refunded before these lines found a producer: their shares, just booked, are taken back.

    `number` is the number of the routing decision. The caller holds the order.
    """
    routed = {line.pk for line in lines}
    gone = {pk: quantity for pk, quantity in refunded_units(order).items() if pk in routed}
    record(
        f"order:{order.public_id}:refunded_before:{number}",
        "order_refunded",
        reversal(order, gone, {}, shipping=False),
        currency=order.currency,
        happened_at=now,
        now=now,
    )
    cancel_units(gone, order_id=order.pk, now=now)


def _book_difference(
    order: Order,
    saleor_id: str,
    amount: int,
    quantities: Mapping[int, int],
    gone: Mapping[int, int],
    *,
    shipping: bool,
    now: datetime,
) -> None:
    """What went back is not to the cent what the lines are worth: Saleor multiplies the rounded price of a unit.

    Up to a cent a unit is rounding. Anything else somebody chose in Saleor, and must say whose it is; that all of it
    went back needs no saying.
    """
    difference = worth(order, quantities, gone, shipping=shipping) - amount
    if abs(difference) <= sum(quantities.values()):
        book_difference(order, f"refund:{saleor_id}:rounding", ROUNDED, difference, now)
    elif saleor_id != _rest_id(order):
        message = _("Bestelling %(number)s: er ging %(amount)s terug voor lijnen van %(worth)s. Wie draagt de rest?")
        figures = {
            "number": order.number,
            "amount": written(amount, order.currency),
            "worth": written(amount + difference, order.currency),
        }
        raise_issue(OpenIssue.Kind.REFUND_TO_DIVIDE, order.number, message % figures, now)


def _undo_differences(order: Order, now: datetime) -> None:
    """All of the money went back, so what lay between parts and whole is nobody's any more."""
    for kind, account in ((ROUNDED, Account.ROUNDING), (BORNE, Account.PLATFORM_SHARE)):
        booked = Posting.objects.filter(order=order, entry__kind=kind)
        book_difference(order, f"refund:{kind}:undone", kind, -net(account, booked), now)


def book_difference(order: Order, key: str, kind: str, amount: int, now: datetime) -> None:
    """Money of the customer that went back for no unit (below zero), or units for which less went back.

    Of the kind `ROUNDED` it is nobody's, of the kind `BORNE` the platform's. The caller holds the order.
    """
    account = Account.ROUNDING if kind == ROUNDED else Account.PLATFORM_SHARE
    platform = None
    if kind == BORNE:
        platform = Partner.objects.filter(kind=Partner.Kind.PLATFORM).values_list("pk", flat=True).first()
    move = Move(Account.CUSTOMER, account, abs(amount), order_id=order.pk, partner_id=platform)
    record(
        f"order:{order.public_id}:{key}",
        kind,
        [move] if amount > 0 else reversed_moves([move]),
        currency=order.currency,
        happened_at=now,
        now=now,
    )


def reversal(order: Order, quantities: Mapping[int, int], gone: Mapping[int, int], *, shipping: bool) -> list[Move]:
    """The reversing moves of units of lines, after those that are `gone`, and of the shipping.

    What stood on held comes from held, what was released since comes from payable.
    """
    partners = Account.PARTNER_PAYABLE if order.released_at else Account.PARTNER_HELD
    shares: dict[int | None, list[Share]] = defaultdict(list)
    for share in Share.objects.filter(order=order).order_by("rank"):
        shares[share.line_id].append(share)
    platform = set(Partner.objects.filter(kind=Partner.Kind.PLATFORM).values_list("pk", flat=True))
    moves: list[Move] = []
    for line in order.lines.all():
        wanted = quantities.get(line.pk, 0)
        if wanted and line.pk in shares:
            part = units(gone.get(line.pk, 0), wanted, line.quantity)
            moves += line_moves(line, shares[line.pk], platform, partners, part)
    if shipping and None in shares:
        moves += shipping_moves(order, shares[None], platform, partners)
    return reversed_moves(moves)


def worth(order: Order, quantities: Mapping[int, int], gone: Mapping[int, int], *, shipping: bool) -> int:
    """The gross amount of units of lines, after those that went before, and of the shipping."""
    lines = sum(
        units(gone.get(line.pk, 0), quantities[line.pk], line.quantity)(line.gross_minor)
        for line in order.lines.all()
        if quantities.get(line.pk)
    )
    return lines + (order.shipping_gross_minor if shipping else 0)


def _rest_id(order: Order) -> str:
    return f"{order.public_id}:rest"
