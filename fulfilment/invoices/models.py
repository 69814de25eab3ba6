"""The legal invoices of what businesses bought, and their credit notes. What was issued never changes.

Amounts in minor units, rates in basis points. Of a credit note they are above zero where money goes back.
"""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfilment.invoices import life, rules
from fulfilment.life import Living, Step
from fulfilment.states import Table


def invoice_public_id() -> str:
    return f"fac_{secrets.token_urlsafe(12)}"


class Series(models.Model):
    """How many numbers of a kind were given in a year: its row is locked for the next, so that none is lost or given
    twice. `last_on` is the day of the last."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    given = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_series_a_kind_and_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.given}"


class Invoice(models.Model):
    """A document that was issued, with all that it says; `xml` is the original, and `digest` its SHA-256.

    `what` says which part of an order it is about. `credits` is the invoice that a credit note takes back, the latest
    where there are several, and `refund` the money that went back with it; a credit note without one takes back the
    whole of its invoice. `seller_…` and `buyer_…` are who they were on that day. `company` is the customer that we know
    it for, where there is one. `vat_checked_at` is when VIES confirmed the buyer's number, where a supply within the
    Union rests on it, and `vat_consultation` its own number for that answer.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Factuur")
        CREDIT = "credit", _("Creditnota")

    class What(models.TextChoices):
        REST = "rest", _("Alles wat nog niet gefactureerd is")
        DEPOSIT = "deposit", _("Voorschot")
        PART = "part", _("Een deel")
        REFUND = "refund", _("Terugbetaling")
        WHOLE = "whole", _("De hele factuur terug")

    public_id = models.CharField(max_length=32, unique=True, default=invoice_public_id, editable=False)
    form_key = models.CharField(max_length=48, unique=True)
    kind = models.CharField(_("soort"), max_length=8, choices=Kind.choices)
    what = models.CharField(_("waarover"), max_length=8, choices=What.choices)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(_("nummer"), max_length=20, unique=True)
    issued_on = models.DateField(_("datum"))
    due_on = models.DateField(_("te betalen tegen"))
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="invoices")
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes")
    refund = models.OneToOneField(
        "orders.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_note"
    )
    vat_consultation = models.CharField(max_length=64, blank=True)
    vat_checked_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    seller_name = models.CharField(max_length=160)
    seller_legal_number = models.CharField(max_length=10)
    seller_vat_number = models.CharField(max_length=20)
    seller_street = models.CharField(max_length=256)
    seller_postal_code = models.CharField(max_length=20)
    seller_city = models.CharField(max_length=256)
    seller_email = models.EmailField(max_length=320)
    account_holder = models.CharField(max_length=120)
    account_iban = models.CharField(max_length=34)
    account_bic = models.CharField(max_length=11, blank=True)
    buyer_name = models.CharField(_("koper"), max_length=256)
    buyer_legal_number = models.CharField(_("ondernemingsnummer"), max_length=10, blank=True)
    buyer_vat_number = models.CharField(_("btw-nummer"), max_length=20, blank=True)
    buyer_street = models.CharField(max_length=256)
    buyer_street_extra = models.CharField(max_length=256, blank=True)
    buyer_postal_code = models.CharField(max_length=20)
    buyer_city = models.CharField(max_length=256)
    buyer_country = models.CharField(max_length=2)
    buyer_email = models.EmailField(max_length=320, blank=True)
    buyer_reference = models.CharField(max_length=120, blank=True)
    order_reference = models.CharField(max_length=120, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    delivered_to = models.CharField(max_length=2, blank=True)
    why_untaxed = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    terms = models.CharField(max_length=200, blank=True)
    structured = models.CharField(max_length=12, blank=True)
    creditor = models.CharField(max_length=25, blank=True)
    net_minor = models.BigIntegerField(_("zonder btw (cent)"))
    vat_minor = models.BigIntegerField(_("btw (cent)"))
    rounding_minor = models.BigIntegerField()
    whole_minor = models.BigIntegerField(_("totaal (cent)"))
    prepaid_minor = models.BigIntegerField()
    xml = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("factuur")
        verbose_name_plural = _("facturen")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "sequence"], name="one_invoice_a_number"),
            models.UniqueConstraint(
                fields=["credits"], condition=Q(kind="credit", what="whole"), name="an_invoice_is_taken_back_once"
            ),
            models.CheckConstraint(condition=~Q(kind="credit") | Q(credits__isnull=False), name="a_credit_is_of_one"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_credit(self) -> bool:
        return self.kind == self.Kind.CREDIT


class InvoiceLine(models.Model):
    """A line of a document, in the order in which it stands there; see `rules.Line`."""

    class Of(models.TextChoices):
        GOODS = rules.Kind.GOODS, _("product")
        SHIPPING = rules.Kind.SHIPPING, _("verzending")
        DEPOSIT = rules.Kind.DEPOSIT, _("voorschot")
        DEDUCTED = rules.Kind.DEDUCTED, _("voorschot dat eraf gaat")

    class Category(models.TextChoices):
        STANDARD = rules.Category.STANDARD, _("met btw")
        ZERO = rules.Category.ZERO, _("nultarief")
        EXEMPT = rules.Category.EXEMPT, _("vrijgesteld")
        INTRA_EU = rules.Category.INTRA_EU, _("levering binnen de Europese Unie")
        REVERSE = rules.Category.REVERSE, _("btw verlegd")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    of = models.CharField(max_length=8, choices=Of.choices)
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=700)
    quantity = models.IntegerField()
    unit = models.CharField(max_length=3, default=rules.ONE)
    net_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField(default=0)
    """Of a credit note: what went back of the line, VAT included, as it had been paid; else 0."""
    category = models.CharField(max_length=2, choices=Category.choices)
    vat_basis_points = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="one_invoice_line_a_position")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class Sending(Living):
    """An invoice on its way to its buyer: over Peppol, or by mail to whoever cannot be reached there."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Wordt verstuurd")
        SENT = "sent", _("Verstuurd")
        DELIVERED = "delivered", _("Aangekomen")
        REFUSED = "refused", _("Geweigerd")

    class Route(models.TextChoices):
        PEPPOL = "peppol", "Peppol"
        MAIL = "mail", _("e-mail")

    LIFE: ClassVar[Table] = life.SENDING

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="sending")
    route = models.CharField(_("weg"), max_length=8, choices=Route.choices)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.QUEUED)
    asked_at = models.DateTimeField(_("gevraagd op"))
    asked_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("verzending van een factuur")
        verbose_name_plural = _("verzendingen van facturen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.invoice} {self.route}"


class SendingStep(Step):
    """The history of a sending; `note` is why it was refused."""

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="steps")
