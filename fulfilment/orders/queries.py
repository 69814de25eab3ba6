"""Reading what went back of an order, and what is left of it."""

from collections.abc import Collection

from django.db.models import QuerySet, Sum

from fulfilment.orders.life import REFUND_ASKED, REFUND_UNDER_WAY
from fulfilment.orders.models import Line, Order, Refund, RefundAccount, RefundLine

SPOKEN_FOR = (*REFUND_UNDER_WAY, Refund.State.PAID, Refund.State.FAILED)
"""States of a refund whose units and shipping nobody can give back a second time."""


def refunds_under_way(order: Order) -> QuerySet[Refund]:
    """Refunds of which nobody knows yet how they end."""
    return Refund.objects.filter(order=order, state__in=REFUND_UNDER_WAY)


def refunds_asked(order: Order) -> QuerySet[Refund]:
    """Refunds that Saleor and Stripe have still to answer."""
    return Refund.objects.filter(order=order, state__in=REFUND_ASKED)


def refunded_units(order: Order, *, kinds: Collection[str] = ()) -> dict[int, int]:
    """Units of lines (by id) that were refunded and booked, of these kinds or of all; others are absent."""
    rows = RefundLine.objects.filter(refund__order=order, refund__booked_at__isnull=False)
    return _units(rows.filter(refund__kind__in=kinds) if kinds else rows)


def spoken_for(order: Order, *, kinds: Collection[str] = ()) -> dict[int, int]:
    """Units of lines (by id) that were refunded or are asked back, of these kinds or of all."""
    rows = RefundLine.objects.filter(refund__order=order, refund__state__in=SPOKEN_FOR)
    return _units(rows.filter(refund__kind__in=kinds) if kinds else rows)


def _units(rows: QuerySet[RefundLine]) -> dict[int, int]:
    found = rows.values_list("line_id").annotate(total=Sum("quantity")).order_by()
    return {line_id: total for line_id, total in found if total}


def remaining(order: Order) -> dict[int, int]:
    """Units of each line (by id) that can still be given back."""
    gone = spoken_for(order)
    return {line.pk: line.quantity - gone.get(line.pk, 0) for line in order.lines.all()}


def gross_left(order: Order, *, booked: bool = False) -> dict[int | None, int]:
    """What is left of the price of each line (by id) and of the shipping (None), in minor units.

    What went back is off it, and what is asked back; with `booked` only what went back. Never below zero: the last
    units take all that stands, also what a gesture that failed was to have of it.
    """
    refunds = Refund.objects.filter(order=order, state__in=SPOKEN_FOR)
    if booked:
        refunds = refunds.filter(booked_at__isnull=False)
    lines = RefundLine.objects.filter(refund__in=refunds)
    gone = dict(lines.values_list("line_id").annotate(total=Sum("amount_minor")).order_by())
    shipping = refunds.aggregate(total=Sum("shipping_minor"))["total"] or 0
    left: dict[int | None, int] = {line.pk: line.gross_minor - gone.get(line.pk, 0) for line in order.lines.all()}
    left |= {None: order.shipping_gross_minor - shipping}
    return {pk: max(amount, 0) for pk, amount in left.items()}


def gesture_for(refund: Refund) -> list[Line]:
    """The lines for which a gesture was made; none where it was for the whole order."""
    named = [row.line for row in refund.lines.select_related("line").order_by("line__position") if not row.quantity]
    is_whole = refund.shipping_minor > 0 or (len(named) > 1 and len(named) == refund.order.lines.count())
    return [] if is_whole or refund.kind != Refund.Kind.GESTURE else named


def gestures_waiting(order: Order) -> dict[int | None, int]:
    """What unbooked gestures are to have of each line (by id) and of the shipping (None), in minor units."""
    return _gestures(Refund.objects.filter(order=order, state__in=SPOKEN_FOR, booked_at__isnull=True))


def gestures_given(order: Order) -> dict[int | None, int]:
    """What all gestures had, or are to have, of each line (by id) and of the shipping (None), in minor units."""
    return _gestures(Refund.objects.filter(order=order, state__in=SPOKEN_FOR))


def _gestures(refunds: QuerySet[Refund]) -> dict[int | None, int]:
    lines = RefundLine.objects.filter(refund__in=refunds, quantity=0)
    found: dict[int | None, int] = dict(lines.values_list("line_id").annotate(total=Sum("amount_minor")).order_by())
    shipping = refunds.filter(includes_shipping=False).aggregate(total=Sum("shipping_minor"))["total"]
    return found | {None: shipping or 0}


def rounding(order: Order) -> int:
    """How much of an order's amounts may be rounding, in minor units: up to a cent a unit."""
    return sum(line.quantity for line in order.lines.all())


def shipping_is_refunded(order: Order, *, booked: bool = False) -> bool:
    """Whether the shipping money of the order went back, or (unless only what is `booked` counts) is asked back."""
    refunds = Refund.objects.filter(order=order, includes_shipping=True, state__in=SPOKEN_FOR)
    return (refunds.filter(booked_at__isnull=False) if booked else refunds).exists()


def is_covered(refund: Refund) -> bool:
    """Whether the customer had it already, so that nobody paid it as this refund."""
    return refund.steps.filter(event="cover").exists()


def account_of(refund: Refund) -> RefundAccount | None:
    """Where the customer wants a refund: the latest account, unless the bank could not pay on it."""
    latest = refund.accounts.last()
    return latest if latest and latest.refused_at is None and latest.purged_at is None else None
