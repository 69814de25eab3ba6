"""What may go back of an order, what it comes to, and who gives it. Nothing is written here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows.reverse_shares import OrderBooks, amounts_taken, books_of, units_taken, without
from fulfilment.money import portion, written
from fulfilment.orders.models import Line, Order, Refund
from fulfilment.orders.queries import (
    gross_left,
    refunded_units,
    refunds_under_way,
    remaining,
    shipping_is_refunded,
    spoken_for,
)
from fulfilment.payments.queries import is_withheld, lost_disputes
from fulfilment.production.models import TaskLine
from fulfilment.revenue import reversal
from fulfilment.revenue.reversal import Bearer


@dataclass(frozen=True)
class Choice:
    """What goes back. Units of lines (line id → units) and the shipping; or, for a gesture, an `amount` (gross, minor
    units) for some lines (ids; none named: for all), borne by `bearer`; or what the customer is owed."""

    kind: Refund.Kind
    quantities: Mapping[int, int] = field(default_factory=dict)
    shipping: bool = False
    amount: int = 0
    lines: Collection[int] = ()
    bearer: Bearer = Bearer.PLATFORM

    @property
    def is_amount(self) -> bool:
        return self.kind in (Refund.Kind.GESTURE, Refund.Kind.OWED)


@dataclass(frozen=True)
class Planned:
    """What a choice comes to: `amount` in all, for each line (id → gross, minor units; None: for the shipping), and who
    gives what of it."""

    choice: Choice
    amount: int
    amounts: Mapping[int | None, int]
    taken: Mapping[reversal.Place, int]
    rows: reversal.Rows


@dataclass(frozen=True)
class Limits:
    """How many units of each line (by id) may go back as what, what is left of each price, and what is owed."""

    open: Mapping[int, int]
    shipped: Mapping[int, int]
    gross: Mapping[int | None, int]
    shipping: bool
    owed: int


def limits(order: Order) -> Limits:
    """What may still go back: of what has not left yet as not wanted, of what was shipped as coming back."""
    left = remaining(order)
    shipped = _shipped(order)
    back = spoken_for(order, kinds=[Refund.Kind.CAME_BACK])
    out = {pk: min(max(shipped.get(pk, 0) - back.get(pk, 0), 0), count) for pk, count in left.items()}
    return Limits(
        open={pk: count - out[pk] for pk, count in left.items()},
        shipped=out,
        gross=gross_left(order),
        shipping=order.shipping_gross_minor > 0 and not shipping_is_refunded(order),
        owed=max(owed_to_customer(order, books_of(order)) - _owed_under_way(order), 0),
    )


def _owed_under_way(order: Order) -> int:
    asked = refunds_under_way(order).filter(kind=Refund.Kind.OWED)
    return asked.aggregate(total=Sum("amount_minor"))["total"] or 0


def _shipped(order: Order) -> dict[int, int]:
    rows = TaskLine.objects.filter(task__order=order, shipped_quantity__gt=0)
    return dict(rows.values_list("line_id").annotate(total=Sum("shipped_quantity")).order_by())


def work_seen(order: Order) -> list[str]:
    """How far each task and each return of an order is, as two looks at it are told apart."""
    tasks = order.tasks.annotate(shipped=Sum("lines__shipped_quantity")).order_by("pk")
    found = [f"{pk}:{state}:{shipped}" for pk, state, shipped in tasks.values_list("pk", "state", "shipped")]
    return found + [f"r{pk}:{state}" for pk, state in order.returns.order_by("pk").values_list("pk", "state")]


def moved_on(order: Order, seen: Collection[str]) -> list[str]:
    """What of the work moved on since somebody saw it as `work_seen`, for people: `Koord (Labeur): Verzonden`."""
    changed = {name.partition(":")[0] for name in work_seen(order) if name not in seen}
    tasks = order.tasks.filter(pk__in=[name for name in changed if name.isdigit()]).order_by("pk")
    returns = order.returns.filter(pk__in=[name[1:] for name in changed if not name.isdigit()]).order_by("pk")
    told = []
    for task in tasks.select_related("producer").prefetch_related("lines__line"):
        names = ", ".join(row.line.product_name for row in task.lines.all())
        told.append(f"{names} ({task.producer.name}): {task.get_state_display()}")
    return told + [_("retour: %(state)s") % {"state": found.get_state_display()} for found in returns]


def plan(order: Order, choice: Choice, *, after: Planned | None = None, pays: bool = True) -> Planned:
    """What a choice would do, `after` another was booked. `Refusal`, in the operator's language, where it cannot be.

    Where it `pays`, no more goes back than is left of what came in: what went back plainly before is off it.
    """
    taken_away = why_taken(order) if pays else ""
    if taken_away:
        raise Refusal(taken_away, code="DISPUTED")
    books, found = books_of(order), replace(limits(order), gross=prices_left(order, after))
    if after is not None:
        books = without(books, after.taken)
    check(order, choice, found)
    if choice.kind == Refund.Kind.OWED:
        return Planned(choice, choice.amount, {}, {}, reversal.Rows({}, 0, 0, choice.amount))
    amounts = _amounts(order, choice, found.gross)
    if choice.is_amount:
        taken = amounts_taken(order, books, amounts, choice.bearer)
    else:
        gone = refunded_units(order)
        came_back = choice.kind == Refund.Kind.CAME_BACK
        taken = units_taken(
            order,
            books,
            choice.quantities,
            amounts=amounts,
            shipping=choice.shipping,
            gone=gone,
            came_back=came_back,
        )
    amount = sum(amounts.values())
    if pays:
        amount = min(amount, _left_to_pay(order, books))
    rows = reversal.rows_of(taken)
    if amount != rows.total:  # cents, lines that nobody has a share of yet, and what went back plainly before
        rows = replace(rows, other=rows.other + amount - rows.total)
    return Planned(choice, amount, amounts, taken, rows)


def why_taken(order: Order) -> str:
    """Why nothing can go back while the customer's bank has the payment and it is not settled, for people; else ""."""
    if not is_withheld(order.checkout_id):
        return ""
    if lost_disputes(order.checkout_id).exists():
        return _("De bank van de klant nam van deze betaling terug. Zeg eerst wie dat verlies draagt.")
    return _(
        "De bank van de klant nam van deze betaling terug. Zolang dat niet beslist is, kan er niets terug: de klant "
        "zou het twee keer krijgen."
    )


def prices_left(order: Order, after: Planned | None = None) -> dict[int | None, int]:
    """What is left of each price (by line; None: of the shipping), `after` a choice was booked."""
    gone = after.amounts if after else {}
    return {pk: left - gone.get(pk, 0) for pk, left in gross_left(order).items()}


def _left_to_pay(order: Order, books: OrderBooks) -> int:
    """What of the customer's money is here and not asked back."""
    asked = refunds_under_way(order).aggregate(total=Sum("amount_minor"))["total"] or 0
    if books.kept <= asked:
        raise Refusal(_("Van deze bestelling is alles al terugbetaald, of onderweg."), code="NOTHING_LEFT")
    return books.kept - asked


def _amounts(order: Order, choice: Choice, gross: Mapping[int | None, int]) -> dict[int | None, int]:
    """Line id → gross amount of what is chosen; None: of the shipping."""
    if choice.is_amount:
        wanted = {pk: left for pk, left in gross.items() if pk in choice.lines or not choice.lines}
        return {pk: amount for pk, amount in reversal.spread(choice.amount, wanted).items() if amount}
    left = remaining(order)
    found: dict[int | None, int] = {
        pk: portion(gross[pk], quantity, left[pk]) for pk, quantity in choice.quantities.items() if quantity
    }
    return found | ({None: gross[None]} if choice.shipping else {})


def check(order: Order, choice: Choice, found: Limits) -> None:
    """`Refusal` where this cannot go back (any more)."""
    if choice.is_amount:
        _check_amount(order, choice, found)
        return
    if not choice.shipping and not any(choice.quantities.values()):
        raise Refusal(_("Kies wat je terugbetaalt."), code="NOTHING_CHOSEN")
    for line in order.lines.all():
        _check_units(line, choice, found)
    if any(pk not in found.open for pk in choice.quantities):
        raise Refusal(_("Deze lijn hoort niet bij de bestelling."), code="NOT_OF_ORDER")
    if choice.shipping and not found.shipping:
        raise Refusal(_("De verzendkosten zijn al terugbetaald."), code="SHIPPING_REFUNDED")


def _check_units(line: Line, choice: Choice, found: Limits) -> None:
    wanted = choice.quantities.get(line.pk, 0)
    if wanted < 0 or wanted > found.open[line.pk] + found.shipped[line.pk]:
        raise Refusal(_("Je kunt niet meer terugbetalen dan er besteld is."), code="TOO_MANY")
    told = {"name": line.product_name, "open": found.open[line.pk], "shipped": found.shipped[line.pk]}
    if choice.kind == Refund.Kind.NOT_WANTED and wanted > found.open[line.pk]:
        raise Refusal(
            _("Van %(name)s moeten er nog %(open)s weg. Wat al verzonden is, komt eerst terug: kies “komt terug”.")
            % told,
            code="SHIPPED",
        )
    if choice.kind == Refund.Kind.CAME_BACK and wanted > found.shipped[line.pk]:
        raise Refusal(
            _("Van %(name)s zijn er %(shipped)s verzonden. De andere kies je als “niet meer gewenst”.") % told,
            code="NOT_SHIPPED",
        )


def _check_amount(order: Order, choice: Choice, found: Limits) -> None:
    if choice.amount <= 0:
        raise Refusal(_("Vul in hoeveel je teruggeeft."), code="NOTHING_CHOSEN")
    if choice.kind == Refund.Kind.OWED:
        most = found.owed
    elif order.routed_at is None:
        raise Refusal(
            _("Wacht met een bedrag tot elke lijn een maker heeft: dan is bekend wie het draagt."), code="UNROUTED"
        )
    else:
        most = sum(left for pk, left in found.gross.items() if pk in choice.lines or not choice.lines)
    if choice.amount > most:
        told = {"most": written(most, order.currency)}
        raise Refusal(_("Er kan nog %(most)s terug van wat je koos.") % told, code="TOO_MUCH")


def owed_to_customer(order: Order, books: OrderBooks) -> int:
    """What the customer has a right to and did not get (minor units); below zero, what went back and is nobody's yet.

    The money of lines that no workshop was found for is rightly theirs, and so is the shipping until it is divided.
    """
    return books.customer - _waiting(order, books)


def _waiting(order: Order, books: OrderBooks) -> int:
    if order.routed_at is not None:
        return 0
    split = set(TaskLine.objects.filter(task__order=order).values_list("line_id", flat=True))
    left = gross_left(order, booked=True)
    return sum(amount for pk, amount in left.items() if pk not in split and not books.standing.get(pk))
