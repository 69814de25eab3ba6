"""What was issued is never changed, only credited: the part that a refund gave back, or the whole, and made anew."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from fulfilment.errors import Refusal
from fulfilment.flows.issue_document import About, book_cents, issue, rounding_key
from fulfilment.flows.make_invoice import check_buyer, days_of, in_words, settled, sold_of, stale, untaxed_on
from fulfilment.flows.vat_back import vat_of_refund
from fulfilment.invoices import rules
from fulfilment.invoices.document import Document, Earlier
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.parties import Party
from fulfilment.invoices.queries import credited, document_of, standing
from fulfilment.invoices.rules import Back, Category, Unbillable
from fulfilment.ledger.book import reverse
from fulfilment.ledger.models import Entry
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.pages import spoken
from fulfilment.partners.models import User


@dataclass(frozen=True)
class Credit:
    """A credit note as it would be issued now: of which invoice, and what of each line had been paid."""

    document: Document
    of: Invoice
    gross: tuple[int, ...] = ()

    @property
    def seen(self) -> str:
        return hashlib.sha256(repr((self.document, self.of.pk, self.gross)).encode()).hexdigest()


def to_credit(order: Order) -> QuerySet[Refund]:
    """Refunds of units, or of amounts for lines or the shipping, that have no credit note yet; none until all of the
    order was invoiced."""
    if not any(one.what == Invoice.What.REST for one in standing(order.pk)):
        return Refund.objects.none()
    booked = Refund.objects.filter(order=order, booked_at__isnull=False, credit_note=None)
    of_something = booked.filter(lines__amount_minor__gt=0) | booked.filter(shipping_minor__gt=0)
    return of_something.distinct().order_by("booked_at", "pk")


def why_not_whole(invoice: Invoice) -> str:
    """Why an invoice cannot be taken back whole; "" where it can."""
    stands = standing(invoice.order_id)
    if invoice not in stands:
        return _("Dit is geen factuur die nog staat.")
    if Invoice.objects.filter(order=invoice.order_id, what=Invoice.What.REFUND).exists():
        return _("Van deze bestelling is al een terugbetaling gecrediteerd. De factuur kan niet meer helemaal terug.")
    if invoice != stands[-1]:
        return _("Neem eerst de latere facturen van deze bestelling terug: die rekenen op deze.")
    return ""


def of_refund(refund: Refund, *, now: datetime) -> Credit:
    """The credit note of a refund. `Refusal` where it has none to have."""
    order = refund.order
    stands = standing(order.pk)
    if not to_credit(order).filter(pk=refund.pk).exists():
        raise Refusal(_("Voor deze terugbetaling is er geen creditnota (meer) te maken."), code="NOTHING_TO_CREDIT")
    back = [
        Back(row.line_id, row.quantity, row.amount_minor)
        for row in refund.lines.order_by("line__position")
        if row.amount_minor
    ]
    if refund.shipping_minor:
        back.append(Back(None, 1, refund.shipping_minor))
    with override(spoken(order.language)):
        gesture = pgettext("customer", "Tegemoetkoming voor %(name)s")
        try:
            found = rules.refunded(
                sold_of(order),
                back,
                credited(order.pk),
                gesture=gesture,
                untaxed=untaxed_on(stands[-1]) or Category.EXEMPT,
            )
        except Unbillable as refused:
            raise in_words(refused) from refused
        made = _against(stands[-1], now=now)
    earlier = tuple(Earlier(one.number, one.issued_on) for one in stands)
    made = replace(made, lines=tuple(found), earlier=earlier)
    whole = sum(one.gross for one in back)
    return Credit(replace(made, rounding=whole - made.gross), stands[-1], tuple(one.gross for one in back))


@transaction.atomic
def credit_refund(name: str, *, seen: str, by: User | None, now: datetime) -> Invoice:
    """Issue the credit note of a refund as it was shown; once."""
    order = lock_order(pk=Refund.objects.values_list("order_id", flat=True).get(name=name))
    refund = Refund.objects.get(name=name)
    made = Invoice.objects.filter(refund=refund).first()
    if made is not None:
        return made
    found = of_refund(refund, now=now)
    if found.seen != seen:
        raise stale()
    about = About(Invoice.What.REFUND, order, found.of.company_id, found.of, refund, gross=found.gross)
    made = issue(found.document, about, days=0, form_key=f"refund:{name}", by=by, now=now)
    went_back = {rate: vat for rate, (_gross, vat) in vat_of_refund(refund).items()}
    book_cents(made, rules.difference(went_back, rules.vat_of(found.document.lines)), now=now)
    return made


def rebilled(invoice: Invoice, buyer: Party, *, buyer_reference: str, order_reference: str, now: datetime) -> Document:
    """The invoice that would stand instead of one: the same to the cent, for another buyer. `Refusal`."""
    if told := why_not_whole(invoice):
        raise Refusal(told, code="STANDS")
    check_buyer(buyer)
    day = timezone.localdate(now)
    made = replace(
        document_of(invoice),
        number="",
        issued_on=day,
        due_on=day,
        buyer=buyer,
        buyer_reference=buyer_reference,
        order_reference=order_reference,
        earlier=(Earlier(invoice.number, invoice.issued_on),),
        prepaid=0,
        structured="",
        creditor="",
    )
    with override(spoken(invoice.language)):
        note = pgettext("customer", "Komt in de plaats van factuur %(number)s.") % {"number": invoice.number}
        return settled(replace(made, note=note), invoice.order, days_of(invoice.company_id), now)


@transaction.atomic
def credit_whole(pk: int, *, by: User | None, now: datetime) -> Invoice:
    """Take an invoice back whole: its order is as it was before it. `Refusal` where it cannot be."""
    invoice = _held(pk)
    made = Invoice.objects.filter(credits=invoice, what=Invoice.What.WHOLE).first()
    return made or _take_back(invoice, by=by, now=now)


@transaction.atomic
def rebill(
    pk: int,
    buyer: Party,
    *,
    company_id: int | None,
    buyer_reference: str,
    order_reference: str,
    form_key: str,
    by: User | None,
    now: datetime,
) -> Invoice:
    """Take an invoice back and issue the same for another buyer, both or neither; the same form twice is once."""
    invoice = _held(pk)
    made = Invoice.objects.filter(form_key=form_key).first()
    if made is not None:
        return made
    document = rebilled(invoice, buyer, buyer_reference=buyer_reference, order_reference=order_reference, now=now)
    if document.untaxed is Category.INTRA_EU and buyer.vat_number != invoice.buyer_vat_number:
        raise Refusal(
            _("De vrijstelling hangt aan het btw-nummer van deze koper. Neem de factuur terug en maak een nieuwe.")
        )
    _take_back(invoice, by=by, now=now)
    about = About(
        what=Invoice.What(invoice.what),
        order=invoice.order,
        company_id=company_id,
        vat_consultation=invoice.vat_consultation,
        vat_checked_at=invoice.vat_checked_at,
    )
    made = issue(document, about, days=days_of(company_id), form_key=form_key, by=by, now=now)
    _book_again(invoice, made, now=now)
    return made


def _held(pk: int) -> Invoice:
    lock_order(pk=Invoice.objects.values_list("order_id", flat=True).get(pk=pk))
    return Invoice.objects.select_related("order", "credits").get(pk=pk)


def _take_back(invoice: Invoice, *, by: User | None, now: datetime) -> Invoice:
    if told := why_not_whole(invoice):
        raise Refusal(told, code="STANDS")
    with override(spoken(invoice.language)):
        found = _against(invoice, now=now)
    about = About(Invoice.What.WHOLE, invoice.order, invoice.company_id, invoice)
    made = issue(found, about, days=0, form_key=f"whole:{invoice.public_id}", by=by, now=now)
    if (entry := _booked(invoice)) is not None:
        reverse(entry, key=rounding_key(made.number), happened_at=now, now=now)
    return made


def _book_again(former: Invoice, made: Invoice, *, now: datetime) -> None:
    """The cents of an invoice are those of the one in its place."""
    entry = _booked(former)
    if entry is None:
        return
    cents = {
        posting.vat_basis_points or 0: posting.amount_minor if posting.credit == "vat_owed" else -posting.amount_minor
        for posting in entry.postings.all()
    }
    book_cents(made, cents, now=now)


def _booked(invoice: Invoice) -> Entry | None:
    return Entry.objects.filter(key=rounding_key(invoice.number)).first()


def _against(invoice: Invoice, *, now: datetime) -> Document:
    """A credit note of the whole of an invoice, in the language that is spoken now."""
    day = timezone.localdate(now)
    return replace(
        document_of(invoice),
        is_credit=True,
        number="",
        issued_on=day,
        due_on=day,
        prepaid=0,
        earlier=(Earlier(invoice.number, invoice.issued_on),),
        structured="",
        creditor="",
        note="",
        terms=pgettext("customer", "Wordt terugbetaald, of verrekend met wat nog te betalen is."),
    )
