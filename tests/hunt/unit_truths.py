"""Where every paid unit is: in work, with the customer, coming back, or not wanted any more."""

from collections.abc import Iterator

from django.db.models import F, Sum

from fulfilment.flows.free_shelves import is_dropped
from fulfilment.flows.reverse_shares import books_of
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.life import REFUND_UNDER_WAY
from fulfilment.orders.models import Line, Order, Refund, RefundLine
from fulfilment.payments.queries import is_undecided
from fulfilment.production.models import TaskLine
from fulfilment.production.rules import UNFINISHED
from fulfilment.returns.models import Repaid, Return, ReturnLine
from tests.hunt.story import Chapter

Kind = OpenIssue.Kind
NOT_WANTED = (Refund.Kind.NOT_WANTED, Refund.Kind.WHOLE)
GOES = (*REFUND_UNDER_WAY, Refund.State.PAID, Refund.State.FAILED)


class UnitTruths(Chapter):
    def issues_about(self, order: Order) -> set[str]:
        raise NotImplementedError

    def units_always(self) -> Iterator[str]:
        for order in self.sight.orders:
            for line in order.lines.all():
                yield from self._of_line(order, line)

    def _of_line(self, order: Order, line: Line) -> Iterator[str]:
        rows = list(TaskLine.objects.filter(line=line).select_related("task"))
        told = f"order {order.number}, {line}"
        shipped = sum(row.shipped_quantity for row in rows)
        if shipped != self.memory.shipped[line.pk]:
            yield f"{told}: {self.memory.shipped[line.pk]} left, and our books say {shipped}"
        for row in rows:
            if row.open_quantity and row.task.state not in UNFINISHED:
                yield f"{told}: {row.open_quantity} are to be made in a task that is {row.task.state}"
        asked = sum(row.quantity - row.moved_quantity for row in rows)
        if rows and asked != line.quantity:
            yield f"{told}: {asked} are somebody's work, of {line.quantity}"
        said = line.withdrawal_lines.aggregate(n=Sum(F("stopped_quantity") + F("returned_quantity")))["n"] or 0
        if said != self.memory.withdrawn[line.pk]:
            yield f"{told}: {self.memory.withdrawn[line.pk]} were withdrawn from, and our books say {said}"
        away = sum(_in_returns(line))
        if away > shipped:
            yield f"{told}: {away} come back, and {shipped} left"
        back = _refunded(line)
        if back > line.quantity:
            yield f"{told}: {back} were paid back, of {line.quantity}"

    def units_at_rest(self) -> Iterator[str]:
        for order in self.sight.orders:
            kinds = self.issues_about(order)
            for line in order.lines.all():
                yield from self._of_line_at_rest(order, line, kinds)
            yield from self._in_saleor(order, kinds)

    def _of_line_at_rest(self, order: Order, line: Line, kinds: set[str]) -> Iterator[str]:
        rows = list(TaskLine.objects.filter(line=line).select_related("task"))
        told = f"order {order.number}, {line}"
        if not rows:
            if order.paid_at and not order.cancelled_at and Kind.UNROUTED not in kinds:
                yield f"{told}: nobody makes it, and nobody is told"
            return
        to_make = sum(row.open_quantity for row in rows)
        unwanted = _refunded(line, *NOT_WANTED)
        dropped = _dropped(line)
        left = line.quantity - self.memory.shipped[line.pk]
        is_over = order.cancelled_at or books_of(order).is_given_back
        expected = 0 if is_over else max(left - dropped, 0)
        if to_make != expected:
            yield f"{told}: {to_make} are still made instead of {expected} (not wanted {dropped}, not shipped {left})"
        waits = min(dropped - unwanted, line.quantity - _refunded(line)) > 0 and not is_over
        if waits and Kind.WITHDRAWN not in kinds:
            yield f"{told}: {dropped} are not wanted, {unwanted} are paid back, and nobody is told"
        cancelled = sum(row.cancelled_quantity for row in rows)
        late = _refunded(line, Refund.Kind.NOT_WANTED) - cancelled
        if late > 0 and Kind.REFUND_UNCLEAR not in kinds and order.pk not in self.memory.said:
            yield f"{told}: {late} left although their money went back, and nobody is asked whether they come back"
        if (
            order.cancelled_at
            and cancelled > unwanted
            and not kinds & {Kind.CANCELLED_NOT_REFUNDED, Kind.REFUND_FAILED, Kind.DISPUTE_LOST}
            and not is_undecided(order.checkout_id)
        ):
            yield f"{told}: {cancelled} are cancelled, {unwanted} went back, and nobody is told"
        for refund in Refund.objects.filter(order=order, kind=Refund.Kind.CAME_BACK, state__in=GOES):
            units = sum(refund.lines.filter(line=line).values_list("quantity", flat=True))
            joined = Repaid.objects.filter(refund=refund, line__task_line__line=line)
            if sum(joined.values_list("quantity", flat=True)) != units:
                yield f"{told}: {units} were paid back as what came back, and no return is of them"

    def _in_saleor(self, order: Order, kinds: set[str]) -> Iterator[str]:
        """Saleor knows of every unit that left."""
        reported = {issue.subject for issue in OpenIssue.objects.filter(kind=Kind.REPORT_FAILED, resolved_at=None)}
        if any(f"parcel:{parcel.public_id}" in reported for parcel in self.sight.parcels):
            return
        remote = self.saleor.order(order.saleor_id)
        if remote is None:
            yield f"order {order.number} is not in Saleor"
            return
        for line in order.lines.all():
            known = sum(
                found.lines.get(line.saleor_id, 0)
                for found in remote.fulfilments
                if found.status in ("FULFILLED", "RETURNED", "REFUNDED_AND_RETURNED") and not is_dropped(order, found)
            )
            if known != self.memory.shipped[line.pk]:
                left = self.memory.shipped[line.pk]
                yield f"order {order.number}, {line}: Saleor knows of {known} that left, of {left}"
        if not order.cancelled_at:
            yield from self._set_aside(order)

    def _set_aside(self, order: Order) -> Iterator[str]:
        """Nothing is set aside but for what is still to leave."""
        shelves = self.saleor.order_shelves(order.saleor_id)
        kept = {found.line_id: sum(found.set_aside.values()) for found in shelves.lines} if shelves else {}
        for line in order.lines.all():
            rows = TaskLine.objects.filter(line=line)
            to_leave = sum(row.open_quantity for row in rows) if rows else line.quantity - _dropped(line)
            if kept.get(line.saleor_id, 0) > to_leave:
                yield f"order {order.number}, {line}: {kept[line.saleor_id]} are set aside, {to_leave} are to leave"


def _in_returns(line: Line) -> list[int]:
    rows = ReturnLine.objects.filter(task_line__line=line).exclude(of_return__state=Return.State.WITHDRAWN)
    return list(rows.values_list("quantity", flat=True))


def _dropped(line: Line) -> int:
    """Units that are not wanted any more, told as it happened: a refund is for what was withdrawn from, or for more."""
    refunds = RefundLine.objects.filter(line=line, refund__state__in=GOES, refund__kind__in=NOT_WANTED)
    happened = [(pk, 0, units) for pk, units in refunds.values_list("refund_id", "quantity")]
    said = line.withdrawal_lines.order_by("withdrawal_id")
    happened += [(one.withdrawal.latest_refund_id or 0, one.pk, one.stopped_quantity) for one in said]
    away = waiting = 0
    for _refund, statement, units in sorted(happened):
        if statement:
            away, waiting = away + units, waiting + units
        else:
            away, waiting = away + max(units - waiting, 0), max(waiting - units, 0)
    return away


def _refunded(line: Line, *kinds: str) -> int:
    """Units of a line that went back, or are to go back, of these kinds or of all."""
    rows = RefundLine.objects.filter(line=line, refund__state__in=GOES)
    if kinds:
        rows = rows.filter(refund__kind__in=kinds)
    return rows.aggregate(total=Sum("quantity"))["total"] or 0
