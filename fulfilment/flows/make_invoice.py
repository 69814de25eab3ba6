"""An order of a business → its invoice: first shown to the cent, then issued exactly so.

Saleor rounds VAT per line and the law per rate: the document says what the law says, is paid at what the order costs
(the cent stands on it as rounding), and the cent of VAT is booked.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from fulfilment.companies import rules as company_rules
from fulfilment.companies.models import Company, Member, VatCheck
from fulfilment.companies.queries import last_check, numbers_of, terms_of
from fulfilment.errors import Refusal
from fulfilment.flows.issue_document import About, book_cents, issue
from fulfilment.invoices import parties, rules
from fulfilment.invoices.document import Account, Document, Earlier
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.parties import Party
from fulfilment.invoices.queries import billed, lines_of, standing
from fulfilment.invoices.rules import Billed, Category, Line, Sold, Unbillable
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Recipient
from fulfilment.orders.pages import spoken
from fulfilment.orders.places import invoiced_to
from fulfilment.partners.models import User
from fulfilment.production.models import Parcel

What = Invoice.What

WORDS = {
    "LATE": gettext_lazy("Van deze bestelling zijn al stuks gefactureerd. Een voorschot kan niet meer."),
    "INTRA_EU": gettext_lazy("Op een levering binnen de Europese Unie is geen voorschotfactuur mogelijk."),
    "TOO_MUCH": gettext_lazy("De voorschotten zijn samen meer dan de bestelling, of te klein om te factureren."),
    "NOTHING_CHOSEN": gettext_lazy("Kies minstens één stuk."),
    "ALL_OF_IT": gettext_lazy("Dit is alles wat er nog is. Kies “alles wat nog niet gefactureerd is”."),
    "LESS_THAN_DEPOSIT": gettext_lazy("Dan blijft er minder over dan het voorschot dat er nog af moet."),
    "NOTHING_LEFT": gettext_lazy("Van deze bestelling is alles al gefactureerd."),
    "TOO_MANY": gettext_lazy("Van %(name)s zijn er nog %(left)s te factureren."),
    "TOO_MUCH_BACK": gettext_lazy("Van %(name)s is al meer gecrediteerd dan er over is."),
    "NOTHING_TO_CREDIT": gettext_lazy("Deze terugbetaling is voor geen enkele lijn van de factuur."),
}
"""What is said where the arithmetic refuses."""


@dataclass(frozen=True)
class Wanted:
    """What an operator asks for: which part of the order, for whom, and what stands on it besides.

    `percent` is of a deposit, `units` (by the id of a line) of a part. `untaxed` is why lines without VAT have none.
    """

    buyer: Party
    what: Invoice.What = What.REST
    company_id: int | None = None
    percent: int = 0
    units: Mapping[int | None, int] = field(default_factory=dict)
    untaxed: Category = Category.EXEMPT
    why_untaxed: str = ""
    delivered_on: date | None = None
    buyer_reference: str = ""
    order_reference: str = ""


@dataclass(frozen=True)
class Draft:
    """An invoice as it would be issued now; `seen` is what tells two looks at it apart."""

    document: Document
    days: int
    vat_check: VatCheck | None

    @property
    def seen(self) -> str:
        return hashlib.sha256(repr((self.document, self.days)).encode()).hexdigest()


def company_of(order: Order) -> Company | None:
    """The company that a customer's address acts for, where it acts for one alone."""
    email = Recipient.objects.filter(order=order).values_list("email", flat=True).first()
    found = Member.objects.filter(email__iexact=email, left_at=None).select_related("company") if email else ()
    companies = {member.company for member in found}
    return companies.pop() if len(companies) == 1 else None


def buyer_of(order: Order, company: Company | None) -> Party:
    """Whom an invoice is most likely for: the company with its numbers, where the order's own invoice goes."""
    recipient = Recipient.objects.filter(order=order, purged_at=None).first()
    place = invoiced_to(recipient) if recipient else None
    numbers = numbers_of(company) if company else company_rules.Numbers()
    return Party(
        name=company.name if company else (place.company or place.name if place else ""),
        legal_number=numbers.legal_number,
        vat_number=numbers.vat_number,
        street=place.street if place else "",
        street_extra=place.street_extra if place else "",
        postal_code=place.postal_code if place else "",
        city=place.city if place else "",
        country=place.country if place else parties.SELLERS_COUNTRY,
        email=recipient.email if recipient else "",
    )


def delivered(order: Order) -> date | None:
    """The day on which the last parcel of an order left; None where none did."""
    at = Parcel.objects.filter(task__order=order).aggregate(last=Max("shipped_at"))["last"]
    return timezone.localdate(at) if at else None


def draft(order: Order, wanted: Wanted, *, now: datetime) -> Draft:
    """The invoice that would be issued. `Refusal` where none can be."""
    _check_order(order)
    check_buyer(wanted.buyer)
    check = _evidence(order, wanted)
    before = standing(order.pk)
    with override(spoken(order.language)):
        try:
            lines = _lines(order, wanted, before)
        except Unbillable as refused:
            raise in_words(refused) from refused
        document = _draw(order, wanted, lines, before, now)
    return Draft(document, days_of(wanted.company_id), check)


@transaction.atomic
def make(pk: int, wanted: Wanted, *, form_key: str, seen: str, by: User | None, now: datetime) -> Invoice:
    """Issue what was shown; the same form twice is one invoice. `Refusal` where it would be another by now."""
    order = lock_order(pk=pk)
    made = Invoice.objects.filter(form_key=form_key).first()
    if made is not None:
        return made
    found = draft(order, wanted, now=now)
    if found.seen != seen:
        raise stale()
    about = About(wanted.what, order, wanted.company_id)
    if (check := found.vat_check) is not None:
        about = replace(about, vat_consultation=check.consultation, vat_checked_at=check.answered_at)
    made = issue(found.document, about, days=found.days, form_key=form_key, by=by, now=now)
    if wanted.what == What.REST:
        ours = rules.added(rules.vat_of(lines_of(one)) for one in standing(order.pk))
        book_cents(made, rules.difference(ours, rules.vat_sold(sold_of(order))), now=now)
    return made


def stale() -> Refusal:
    """What is said where what was shown is not what would be issued any more."""
    return Refusal(_("Intussen veranderde er iets. Kijk opnieuw na wat er op de factuur komt."), code="STALE")


def in_words(refused: Unbillable) -> Refusal:
    """What the arithmetic refused, for whoever asked."""
    with override("nl"):
        told = str(WORDS[refused.code]) % {"name": refused.name, "left": refused.left}
    return Refusal(told, code=refused.code)


def sold_of(order: Order) -> list[Sold]:
    """The lines of an order and its shipping, as the arithmetic takes them."""
    found = [
        Sold(
            key=line.pk,
            name=f"{line.name_told}, {line.variant_told}" if line.variant_told else line.name_told,
            quantity=line.quantity,
            net=line.net_minor,
            gross=line.gross_minor,
            basis_points=line.tax_basis_points,
        )
        for line in order.lines.all()
    ]
    if order.shipping_gross_minor:
        name, points = pgettext("customer", "Verzending"), order.shipping_tax_basis_points
        found.append(Sold(None, name, 1, order.shipping_net_minor, order.shipping_gross_minor, points))
    return found


def seller() -> Party:
    """Who sells, by the settings. `Refusal` where they are not filled in as the law wants them on an invoice."""
    told = settings.SELLER
    found = parties.seller(told["name"], told["address"], told["number"], settings.CONTACT_EMAIL)
    if found is None:
        message = _(
            "Een factuur kan pas als bekend is wie verkoopt: een naam, een adres (“Straat 1, 9000 Gent”) en een geldig "
            "ondernemingsnummer. Wie het programma beheert, vult SELLER_NAME, SELLER_ADDRESS en SELLER_NUMBER in."
        )
        raise Refusal(message, code="NO_SELLER")
    return found


def account() -> Account:
    """Where invoices are paid: on the account of the house, from which partners are paid."""
    return Account(settings.PAYER_NAME, settings.PAYER_IBAN, settings.PAYER_BIC)


def days_of(company_id: int | None) -> int:
    """How many days somebody has to pay an invoice: those of their company's terms, else none."""
    company = Company.objects.filter(pk=company_id).first() if company_id else None
    terms = terms_of(company) if company else company_rules.Terms()
    return (terms.days or 0) if terms.payment == company_rules.Payment.INVOICE else 0


def _check_order(order: Order) -> None:
    if order.cancelled_at is not None:
        raise Refusal(_("Deze bestelling is geannuleerd."), code="CANCELLED")
    if sum(one.gross for one in sold_of(order)) != order.total_gross_minor:
        message = _(
            "De lijnen van deze bestelling zijn samen niet haar totaal. Zo kan er geen factuur van gemaakt worden."
        )
        raise Refusal(message, code="NO_TOTAL")


def check_buyer(buyer: Party) -> None:
    """`Refusal` where the law, or the way to them, wants more of a buyer."""
    if not all((buyer.name, buyer.street, buyer.postal_code, buyer.city, buyer.country)):
        raise Refusal(_("Van de koper moeten naam en adres op de factuur staan."), code="NO_ADDRESS")
    if parties.endpoint(buyer) is None:
        message = _("Geef een Belgisch ondernemingsnummer, of een btw-nummer van een land van de Europese Unie.")
        raise Refusal(message, code="NO_NUMBER")
    if not (buyer.is_belgian or buyer.email):
        message = _("Een koper zonder Belgisch ondernemingsnummer krijgt de factuur per mail. Geef een e-mailadres.")
        raise Refusal(message, code="NO_EMAIL")


def _evidence(order: Order, wanted: Wanted) -> VatCheck | None:
    """What VIES said, where a supply within the Union rests on it. `Refusal` where VAT is left out for no reason."""
    if all(one.basis_points for one in sold_of(order)):
        return None
    if wanted.untaxed is Category.INTRA_EU:
        return _within_the_union(order, wanted)
    if wanted.untaxed is Category.REVERSE and not wanted.buyer.vat_number:
        raise Refusal(_("Btw kan alleen verlegd worden naar een koper met een btw-nummer."), code="NO_VAT_NUMBER")
    if wanted.untaxed is Category.EXEMPT and not wanted.why_untaxed:
        message = _("Een deel van deze bestelling is zonder btw. Zeg waarom: dat moet op de factuur staan.")
        raise Refusal(message, code="NO_REASON")
    return None


def _within_the_union(order: Order, wanted: Wanted) -> VatCheck:
    """What proves that a supply within the Union is exempt: a number that VIES knows, a day, and a country."""
    to, number = went_to(order), wanted.buyer.vat_number
    if to == parties.SELLERS_COUNTRY or to not in parties.UNION:
        message = _(
            "Deze bestelling ging niet naar een ander land van de Europese Unie: met die reden kan ze niet zonder btw."
        )
        raise Refusal(message, code="NOT_ABROAD")
    company = Company.objects.filter(pk=wanted.company_id).first() if wanted.company_id else None
    check = last_check(company) if company else None
    is_known = check is not None and check.is_valid and check.vat_number == number
    if not is_known or number.startswith(parties.SELLERS_COUNTRY):
        message = _(
            "Een levering binnen de Europese Unie is alleen zonder btw voor een bedrijf uit een ander land waarvan "
            "VIES het btw-nummer bevestigde. Kies dat bedrijf, of vraag VIES opnieuw op zijn pagina."
        )
        raise Refusal(message, code="NOT_IN_VIES")
    if wanted.delivered_on is None:
        message = _(
            "Op een factuur voor een levering binnen de Europese Unie moet staan op welke dag er geleverd werd."
        )
        raise Refusal(message, code="NO_DAY")
    assert check is not None
    return check


def went_to(order: Order) -> str:
    """The country that an order goes to."""
    found = Recipient.objects.filter(order=order).values_list("country", flat=True).first()
    return found or parties.SELLERS_COUNTRY


def _lines(order: Order, wanted: Wanted, before: list[Invoice]) -> list[Line]:
    sold, had = sold_of(order), billed(before)
    for one in before:
        if untaxed_on(one) not in (None, wanted.untaxed):
            message = _("Kies waarom er geen btw is zoals op factuur %(number)s van dezelfde bestelling.")
            raise Refusal(message % {"number": one.number}, code="ANOTHER_REASON")
    if wanted.what == What.DEPOSIT:
        named = pgettext("customer", "Voorschot van %(percent)s %% op bestelling %(number)s")
        told = named % {"percent": wanted.percent, "number": order.number}
        return rules.deposit(sold, wanted.percent, had, name=told, untaxed=wanted.untaxed)
    if wanted.what == What.PART:
        return rules.part(sold, wanted.units, had, untaxed=wanted.untaxed)
    deposits = ", ".join(one.number for one in before if one.what == What.DEPOSIT)
    named = pgettext("customer", "Voorschot dat eraf gaat, factuur %(numbers)s")
    return rules.rest(sold, had, deducted=named % {"numbers": deposits}, untaxed=wanted.untaxed)


def untaxed_on(invoice: Invoice) -> Category | None:
    """Why what bears no VAT on an invoice bears none; None where all of it does."""
    found = {line.category for line in lines_of(invoice)} - {Category.STANDARD}
    return next(iter(found), None)


def _draw(order: Order, wanted: Wanted, lines: list[Line], before: list[Invoice], now: datetime) -> Document:
    had: Billed = billed(before)
    day = timezone.localdate(now)
    is_last = wanted.what == What.REST
    made = Document(
        is_credit=False,
        number="",
        issued_on=day,
        due_on=day,
        currency=order.currency,
        seller=seller(),
        buyer=wanted.buyer,
        buyer_reference=wanted.buyer_reference,
        order_reference=wanted.order_reference,
        order_number=order.number,
        delivered_on=wanted.delivered_on,
        delivered_to=went_to(order),
        lines=tuple(lines),
        rounding=0,
        prepaid=0,
        why_untaxed=wanted.why_untaxed if wanted.untaxed is Category.EXEMPT else "",
        account=account(),
        earlier=tuple(Earlier(one.number, one.issued_on) for one in before if one.what == What.DEPOSIT and is_last),
    )
    if is_last:  # all that is invoiced of the order comes to what it costs
        made = replace(made, rounding=order.total_gross_minor - had.payable - made.gross)
    return settled(made, order, days_of(wanted.company_id), now)


def settled(document: Document, order: Order, days: int, now: datetime) -> Document:
    """An invoice that says that it is paid, in the language that is spoken now; else by when it is to be."""
    due = timezone.localdate(now) + timedelta(days=days)
    if order.paid_at is None:
        return replace(document, due_on=due, terms="")
    return replace(document, prepaid=document.whole, due_on=due, terms=pgettext("customer", "Al betaald."))
