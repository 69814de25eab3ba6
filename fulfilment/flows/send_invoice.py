"""An invoice goes to its buyer: over Peppol where a Belgian number says where, else as PDF and XML by mail.

It is asked by a person, done by a worker, and looked at again until the access point says what became of it.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows.dispatch import later, look_at
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import mark_found
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.invoices.models import Invoice, Sending
from fulfilment.invoices.transport import Folder, PeppolTransport
from fulfilment.life import advance, move
from fulfilment.mail.amounts import Written
from fulfilment.mail.write import File, write
from fulfilment.orders.pages import spoken
from fulfilment.partners.models import User

State = Sending.State
BATCH = 200


def route_of(invoice: Invoice) -> Sending.Route:
    """How it reaches its buyer."""
    return Sending.Route.PEPPOL if invoice.buyer_legal_number else Sending.Route.MAIL


def connected() -> PeppolTransport | None:
    """The access point, by the settings; None where there is none."""
    return Folder(Path(settings.PEPPOL_FOLDER)) if settings.PEPPOL_FOLDER else None


def send(pk: int, *, by: User, now: datetime) -> Sending:
    """Have it sent; again where it was refused. `Refusal` where it is under way, or there is no way to it."""
    invoice = Invoice.objects.get(pk=pk)
    route = route_of(invoice)
    if route == Sending.Route.PEPPOL and connected() is None:
        message = _(
            "Er is nog geen weg naar Peppol. Wie het programma beheert, vult PEPPOL_FOLDER in. Tot dan kun je de UBL "
            "downloaden en zelf aanbieden."
        )
        raise Refusal(message, code="NO_PEPPOL")
    with transaction.atomic():
        asked = {"route": route, "asked_at": now, "asked_by": by}
        sending, is_new = Sending.objects.get_or_create(invoice=invoice, defaults=asked)
        if not is_new:
            advance(sending, "again", message=_("Deze factuur is al verstuurd, of wordt dat net."), now=now, by=by)
        look_at(Mark.Kind.INVOICE, invoice.public_id, now)
    return sending


def carry_out(
    public_id: str, transport: PeppolTransport | None, paper: Callable[[Invoice], bytes], *, now: datetime
) -> None:
    """Bring it further: hand it over, or ask what became of it. `paper` makes its PDF. Twice is as once.

    `GatewayError` where the access point does not answer.
    """
    sending = Sending.objects.select_related("invoice__order").filter(invoice__public_id=public_id).first()
    if sending is None:
        return
    invoice = sending.invoice
    if sending.route == Sending.Route.MAIL:
        if sending.state == State.QUEUED:
            _mail(sending, paper(invoice), now)
        return
    if transport is None:
        return
    if sending.state == State.QUEUED:
        transport.hand_over(invoice.number, bytes(invoice.xml))
        move(sending, "send", now=now)
    if sending.state == State.SENT:
        _hear(sending, transport, now)


def _hear(sending: Sending, transport: PeppolTransport, now: datetime) -> None:
    """What became of what was handed over; a refusal is for a person."""
    invoice = sending.invoice
    answer = transport.became_of(invoice.number)
    with transaction.atomic():
        if answer.delivered and move(sending, "deliver", now=now):
            resolve(OpenIssue.Kind.INVOICE_REFUSED, invoice.number, now)
        elif answer.refused and move(sending, "refuse", now=now, note=answer.why):
            message = _("Factuur %(number)s kwam niet aan bij %(buyer)s. %(why)s")
            values = {"number": invoice.number, "buyer": invoice.buyer_name, "why": answer.why}
            raise_issue(OpenIssue.Kind.INVOICE_REFUSED, invoice.number, (message % values).strip(), now)


@transaction.atomic
def _mail(sending: Sending, pdf: bytes, now: datetime) -> None:
    if not move(sending, "send", now=now):
        return
    invoice = sending.invoice
    files = (
        File(f"{invoice.number}.pdf", "application/pdf", pdf),
        File(f"{invoice.number}.xml", "application/xml", bytes(invoice.xml)),
    )
    context = {
        "number": invoice.number,
        "is_credit": invoice.is_credit,
        "company": invoice.buyer_name,
        "order": invoice.order.number,
        "amount": Written(invoice.whole_minor, invoice.currency),
        "terms": invoice.terms,
    }
    key = f"invoice:{invoice.public_id}:{sending.steps.count()}"
    write(key, invoice.buyer_email, "invoice", context, now, spoken(invoice.language), files=files)


def sweep_invoices(*, now: datetime) -> None:
    """Look again at whatever is on its way over Peppol, or was never taken up."""
    on_their_way = Sending.objects.filter(state=State.QUEUED) | Sending.objects.filter(
        state=State.SENT, route=Sending.Route.PEPPOL
    )
    found = on_their_way.order_by("pk").values_list("invoice__public_id", flat=True)[:BATCH]
    for public_id in mark_found(Mark.Kind.INVOICE, found, now):
        later(Mark.Kind.INVOICE, public_id)
