"""What customers are told by mail; called inside the transaction of what happened: no mail tells of a rollback."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.translation import override

from fulfilment.agreements.models import Term
from fulfilment.inbox.models import Mark
from fulfilment.mail.amounts import Written
from fulfilment.mail.write import is_written, write
from fulfilment.orders.documents import credit_link, proof_link
from fulfilment.orders.models import Order, Recipient, Refund
from fulfilment.orders.pages import page, spoken
from fulfilment.orders.places import address_told, delivered_to, invoiced_to
from fulfilment.orders.queries import gesture_for
from fulfilment.orders.tokens import account_link, tracking_link, withdrawal_link
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.payouts.models import Payout
from fulfilment.production.models import Impediment, Parcel, ParcelLine, Task, TaskLine
from fulfilment.production.queries import carrier_told
from fulfilment.production.rules import COLLECTED, UNFINISHED, tracking_url
from fulfilment.returns.models import ReturnLine
from fulfilment.routing.models import Assignment


def order_confirmed(order: Order, now: datetime) -> None:
    """Tell what was bought, who makes each part and when it leaves the workshop. Called once the order is routed.

    It is the buyer's proof: the mail itself says what the law wants kept (Code of Economic Law, VI.46 par. 7).
    """
    recipient = recipient_of(order)
    if recipient is None:
        return
    task_lines = list(
        TaskLine.objects.filter(task__order=order)
        .exclude(task__state__in=(Task.State.DECLINED, Task.State.MOVED))
        .select_related("task__producer", "line")
        .order_by("task__due_on", "task_id", "line__position")
    )
    designers = _designers(order)
    parts: dict[int, dict[str, object]] = {}
    lines: dict[int, list[dict[str, object]]] = defaultdict(list)
    stopped = {task_line.task_id for task_line in task_lines if task_line.task.state == Task.State.CANCELLED}
    for task_line in task_lines:
        task = task_line.task
        if task.pk not in stopped:
            about = {"producer": task.producer.name, "city": task.producer.city, "due_on": task.due_on}
            parts.setdefault(task.pk, about)
        line = task_line.line
        lines[task.pk].append(
            {
                "quantity": task_line.quantity - task_line.moved_quantity,
                "name": line.name_told,
                "variant_name": line.variant_told,
                "designers": designers.get(line.pk, []),
                "amount": Written(line.price_minor, order.currency),
            }
        )
    routed = {task_line.line_id for task_line in task_lines}
    waiting = [
        {"quantity": line.quantity, "name": line.name_told, "variant_name": line.variant_told}
        for line in order.lines.all()
        if line.pk not in routed
    ]
    context = {
        **all_say(order, recipient),
        "parts": [{**part, "lines": lines[key]} for key, part in parts.items()],
        "stopped": [line for pk in sorted(stopped) for line in lines[pk]],
        "waiting": waiting,
        "shipping": Written(order.shipping_gross_minor, order.currency),
        **_discount(order),
        "total": Written(order.total_gross_minor, order.currency),
        "vat": Written(_vat(order), order.currency),
        "conditions": page("conditions", order.language),
        "withdraw": withdrawal_link(order.public_id, order.language),
        "proof": proof_link(order),
        "address": address_told(delivered_to(recipient), order.language),
        "invoice": _invoice(order, recipient),
        "pickup": _pickup(order, recipient),
        "gift_message": recipient.gift_message,
        "note": recipient.customer_note,
    }
    write(
        f"order:{order.public_id}:confirmed", recipient.email, "order_confirmed", context, now, spoken(order.language)
    )


def parcel_shipped(parcel: Parcel, now: datetime) -> None:
    """Tell that a parcel left the workshop, what is in it and where it can be followed."""
    task = parcel.task
    recipient = recipient_of(task.order)
    if recipient is None:
        return
    context = {
        **all_say(task.order, recipient),
        **_parcel(parcel),
        "city": task.producer.city,
        "withdraw": withdrawal_link(task.order.public_id, task.order.language),
        "collected": parcel.carrier == COLLECTED,
        "address": address_told(delivered_to(recipient), task.order.language),
        "pickup": _pickup(task.order, recipient),
    }
    write_of(task.order, recipient, f"parcel:{parcel.public_id}:shipped", "shipped", context, now)


def parcel_at_point(parcel: Parcel, now: datetime) -> None:
    """Tell that a parcel lies ready where its customer comes for it, or that it does not yet after all; each time that
    somebody says so."""
    order = parcel.task.order
    recipient = recipient_of(order)
    if recipient is None:
        return
    context = {
        **all_say(order, recipient),
        **_parcel(parcel),
        "is_there": parcel.at_point_since is not None,
        "rest_follows": _rest_follows(parcel),
        "pickup": _pickup(order, recipient),
    }
    write_of(order, recipient, f"parcel:{parcel.public_id}:point:{now.isoformat()}", "at_point", context, now)


def _rest_follows(parcel: Parcel) -> bool:
    """Whether something else of its order has still to come to the collection point."""
    others = Parcel.objects.filter(task__order=parcel.task.order_id, at_point_since=None, delivered_at=None)
    if others.exclude(pk=parcel.pk).exists():
        return True
    return Task.objects.filter(order=parcel.task.order_id, state__in=UNFINISHED).exists()


def parcel_corrected(parcel: Parcel, now: datetime) -> None:
    """Tell who carries a parcel on its way and with which code, after it was told wrong; once a correction."""
    order = parcel.task.order
    recipient = recipient_of(order)
    if recipient is None:
        return
    context = {**all_say(order, recipient), **_parcel(parcel)}
    key = f"parcel:{parcel.public_id}:corrected:{parcel.corrections}"
    write_of(order, recipient, key, "tracking_corrected", context, now)


def impeded(impediment: Impediment, now: datetime) -> None:
    """Tell what is in the way of a workshop, in the sentence that it chose; nothing where it chose none."""
    task = impediment.task
    recipient = recipient_of(task.order)
    if recipient is None or not impediment.told:
        return
    context = {
        **all_say(task.order, recipient),
        **_work(task),
        "kind": impediment.kind,
        "sentence": Impediment.Told(impediment.told).label,
        "former_due_on": impediment.former_due_on,
    }
    write_of(task.order, recipient, f"impediment:{impediment.public_id}:told", "impeded", context, now)


def as_promised(impediment: Impediment, now: datetime) -> None:
    """Tell that it was a mistake, where the customer was told."""
    recipient = recipient_of(impediment.task.order)
    if recipient is None or not impediment.told:
        return
    context = {**all_say(impediment.task.order, recipient), **_work(impediment.task)}
    write_of(
        impediment.task.order, recipient, f"impediment:{impediment.public_id}:taken_back", "as_promised", context, now
    )


def reassigned(task: Task, former: Partner, now: datetime) -> None:
    """Tell who makes it now, instead of the workshop that the confirmation named, and by when."""
    recipient = recipient_of(task.order)
    if recipient is None:
        return
    context = {
        **all_say(task.order, recipient),
        **_work(task),
        "city": task.producer.city,
        "former": former.name,
    }
    write_of(task.order, recipient, f"task:{task.public_id}:reassigned", "reassigned", context, now)


def refunded(refund: Refund, now: datetime, *, before: int = 0) -> None:
    """Tell how much went back (`told_minor`), and for what, where that is known: once a refund.

    Once more where more came after a mail told of the amount `before`: then of what came since.
    """
    key = f"refund:{refund.name}:after:{before}" if before else f"refund:{refund.name}"
    _refunded(refund, key, refund.told_minor - before, "", now)


def refunded_by_bank(payout: Payout, refund: Refund, amount: int, *, now: datetime) -> None:
    """The same of an `amount` (minor units) with what the bank paid, and on which account; once a payout, since one may
    come back."""
    account = payout.account.masked if payout.account else ""
    _refunded(refund, f"refund:{refund.name}:{payout.public_id}", amount, account, now)


def _refunded(refund: Refund, key: str, amount: int, account: str, now: datetime) -> None:
    order = refund.order
    recipient = recipient_of(order)
    if recipient is None:
        return
    context = {
        **all_say(order, recipient),
        "amount": Written(amount, order.currency),
        "account": account,
        "lines": [
            {"quantity": row.quantity, "name": row.line.name_told, "variant_name": row.line.variant_told}
            for row in refund.lines.filter(quantity__gt=0).select_related("line").order_by("line__position")
        ],
        "shipping": refund.includes_shipping and order.shipping_gross_minor > 0,
        "credit": credit_link(refund),
        "gesture": refund.kind == Refund.Kind.GESTURE,
        "pieces": [line.name_told for line in gesture_for(refund)],
    }
    write_of(order, recipient, key, "refunded", context, now)


def account_asked(refund: Refund, *, now: datetime, again: bool = False) -> None:
    """Ask for an account number: once each time that one is needed, and with `again` once more."""
    order = refund.order
    recipient = recipient_of(order)
    if recipient is None:
        return
    asked_before = refund.accounts.exclude(refused_at=None).count()
    until = now + settings.REFUND_LINK_PERIOD
    context = {
        "number": order.number,
        "name": recipient.bought_by,
        "amount": Written(refund.amount_minor, order.currency),
        "link": account_link(refund.name, order.language, until=until),
        "until": until,
        "refused": asked_before > 0,
        "again": again,
    }
    key = f"refund:{refund.name}:account:{asked_before + 1}{':again' if again else ''}"
    write_of(order, recipient, key, "account_asked", context, now)


def payment_returned(payment: Payment, email: str, language: str, *, now: datetime) -> None:
    """Tell that a payment became no order, why, and that all of it goes back."""
    if not email:
        return
    because = Payment.Because(payment.because or Payment.Because.NOT_POSSIBLE)
    amount = Written(payment.amount_minor, payment.currency)
    context = {"amount": amount, "because": str(because), "link": settings.SHOP_URL}
    write(_returned_key(payment), email, "payment_returned", context, now, spoken(language))


def payment_transferred(payment: Payment, email: str, language: str, *, now: datetime) -> None:
    """Tell that what Stripe could not give back of a payment without an order was transferred; once."""
    if not email:
        return
    context = {"amount": Written(payment.amount_minor, payment.currency), "link": settings.SHOP_URL}
    write(f"payment:{payment.reference}:transferred", email, "payment_transferred", context, now, spoken(language))


def is_told_of_return(payment: Payment) -> bool:
    """Whether `payment_returned` was told of it."""
    return is_written(_returned_key(payment))


def _returned_key(payment: Payment) -> str:
    return f"payment:{payment.reference}:returned"


def write_of(
    order: Order, recipient: Recipient, key: str, template: str, context: Mapping[str, object], now: datetime
) -> None:
    """A mail about an order. Where its confirmation is still to be written, that goes before it."""
    waiting = Mark.objects.filter(kind=Mark.Kind.CONFIRMATION, object_id=order.public_id, counter__gt=F("handled"))
    if waiting.exists():
        order_confirmed(order, now)
    write(key, recipient.email, template, context, now, spoken(order.language))


def recipient_of(order: Order) -> Recipient | None:
    """Who to write to; None where the address was purged."""
    return Recipient.objects.filter(order=order, purged_at=None).exclude(email="").first()


def all_say(order: Order, recipient: Recipient) -> dict[str, object]:
    """What every mail about an order says: it goes to who bought it, who need not be who gets the parcel."""
    link = tracking_link(order.public_id, order.language)
    return {"number": order.number, "name": recipient.bought_by, "link": link}


def _discount(order: Order) -> dict[str, object]:
    """What the voucher is called, and what was taken off the lines, of which the mail tells the price without it."""
    minor = sum(line.price_minor - line.gross_minor for line in order.lines.all())
    return {
        "discount": Written(-minor, order.currency) if minor else "",
        "voucher": order.voucher_name or order.voucher_code,
    }


def _vat(order: Order) -> int:
    """The VAT within the total, in minor units."""
    lines = sum(line.gross_minor - line.net_minor for line in order.lines.all())
    return lines + order.shipping_gross_minor - order.shipping_net_minor


def _work(task: Task) -> dict[str, object]:
    """What a workshop still makes, and by when."""
    return {
        "producer": task.producer.name,
        "due_on": task.due_on,
        "lines": [
            {"quantity": line.open_quantity, "name": line.line.name_told, "variant_name": line.line.variant_told}
            for line in task.lines.select_related("line")
            if line.open_quantity
        ],
    }


def _parcel(parcel: Parcel) -> dict[str, object]:
    """What is in a parcel, who made it, and where it can be followed."""
    in_parcel = ParcelLine.objects.filter(parcel=parcel).select_related("task_line__line")
    with override(spoken(parcel.task.order.language)):
        carrier = carrier_told(parcel.carrier)
    return {
        "producer": parcel.task.producer.name,
        "carrier": carrier,
        "tracking_code": parcel.tracking_code,
        "carrier_link": tracking_url(parcel.carrier, parcel.tracking_code),
        "lines": units_in(in_parcel),
    }


def units_in(rows: QuerySet[ParcelLine] | QuerySet[ReturnLine]) -> list[dict[str, object]]:
    """The units in a parcel or a return, as they stand in a mail."""
    return [
        {
            "quantity": row.quantity,
            "name": row.task_line.line.name_told,
            "variant_name": row.task_line.line.variant_told,
        }
        for row in rows.order_by("task_line__line__position")
    ]


def _pickup(order: Order, recipient: Recipient) -> list[str]:
    """Where its customer comes for it, and when; nothing where it is delivered."""
    if not order.pickup_name:
        return []
    place = f"{recipient.postal_code} {recipient.city}"
    return [part for part in (order.pickup_name, recipient.street, place, order.pickup_hours) if part]


def _invoice(order: Order, recipient: Recipient) -> list[str]:
    """Whose name and address the proof of purchase bears; nothing where that is where the order goes."""
    invoiced = invoiced_to(recipient)
    return address_told(invoiced, order.language) if invoiced != delivered_to(recipient) else []


def _designers(order: Order) -> dict[int, list[str]]:
    """The designers of each line (by its id), in the rank of the agreement that it was bought under."""
    agreement_of = dict(
        Assignment.objects.filter(decision__order=order, decision__superseded_by=None).values_list(
            "line_id", "agreement_id"
        )
    )
    names: dict[int, list[str]] = defaultdict(list)
    terms = Term.objects.filter(agreement_id__in=set(agreement_of.values()), partner__kind=Partner.Kind.DESIGNER)
    for agreement_id, name in terms.order_by("rank").values_list("agreement_id", "partner__name"):
        if name not in names[agreement_id]:
            names[agreement_id].append(name)
    return {line_id: names[agreement_id] for line_id, agreement_id in agreement_of.items()}
