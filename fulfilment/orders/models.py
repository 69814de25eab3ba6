"""What was bought, kept as it was when it was bought. Saleor's ids are secrets; people see public ids."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfilment import life
from fulfilment.orders.life import REFUND

WORDS_LENGTH = 300
WORDS_LINES = 10
"""As much as is kept of what a customer wrote for a card, and of a note."""


def order_public_id() -> str:
    return f"ord_{secrets.token_urlsafe(12)}"


def refund_name() -> str:
    return f"rfd_{secrets.token_hex(8)}"


class Funder(models.TextChoices):
    """Who pays for what a voucher gives away; empty where it says nothing, and the agreements decide."""

    PLATFORM = "platform", _("het platform")


class Order(models.Model):
    """A snapshot of a Saleor order. Amounts in minor units of `currency`; tax rates in basis points.

    `channel` is the slug of Saleor's channel: an agreement for a price list names it. `voucher_…` is the voucher that
    was used, as it was when the order was accepted. `undiscounted_…` is zero where it was not kept yet. `pickup_name`
    is the collection point where its customer comes for it, `pickup_hours` when, in its language; empty: it is
    delivered.
    """

    public_id = models.CharField(max_length=32, unique=True, default=order_public_id, editable=False)
    saleor_id = models.CharField(max_length=64, unique=True)
    checkout_id = models.CharField(max_length=64, blank=True, db_index=True)
    number = models.CharField(_("nummer"), max_length=32)
    channel = models.CharField(_("kanaal"), max_length=255)
    language = models.CharField(_("taal"), max_length=8, default="nl")
    currency = models.CharField(max_length=3)
    total_gross_minor = models.BigIntegerField()
    shipping_gross_minor = models.BigIntegerField()
    shipping_net_minor = models.BigIntegerField()
    shipping_tax_basis_points = models.PositiveIntegerField()
    undiscounted_shipping_net_minor = models.BigIntegerField(default=0)
    voucher_code = models.CharField(_("kortingscode"), max_length=255, blank=True)
    voucher_name = models.CharField(_("korting"), max_length=255, blank=True)
    voucher_funded_by = models.CharField(_("korting gedragen door"), max_length=16, blank=True, choices=Funder.choices)
    pickup_name = models.CharField(_("afhaalpunt"), max_length=255, blank=True)
    pickup_hours = models.CharField(max_length=255, blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    """What went back to the customer of this order, by our own books: kept here for lists."""
    outside_refunded_minor = models.BigIntegerField(default=0)
    """What had gone back already, when we took the order in, of payments that did not come through our app."""
    placed_at = models.DateTimeField(_("geplaatst op"))
    accepted_at = models.DateTimeField(_("aanvaard op"))
    changed_at = models.DateTimeField(null=True, blank=True)
    """`updatedAt` of Saleor's order as we last took it in: the sweep leaves alone what did not move since."""
    paid_at = models.DateTimeField(_("betaald op"), null=True, blank=True)
    routed_at = models.DateTimeField(_("verdeeld op"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("geannuleerd op"), null=True, blank=True)
    released_at = models.DateTimeField(_("vrijgegeven op"), null=True, blank=True)

    class Meta:
        verbose_name = _("bestelling")
        verbose_name_plural = _("bestellingen")
        ordering = ["-placed_at"]
        indexes = [
            models.Index(fields=["paid_at"], condition=Q(routed_at__isnull=True), name="orders_waiting_for_a_route"),
            models.Index(fields=["routed_at"], condition=Q(released_at__isnull=True), name="orders_not_yet_released"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class Recipient(models.Model):
    """Who the order goes to, and who bought it: personal data, in a table of its own so that it can be purged.

    `area` is the state or province, where the country writes one. `buyer_…` is who the invoice goes to and where, also
    where that is the same; all of it is empty for an order that was taken in before it was kept.
    `gift_message` is what stands on the card of a present, `customer_note` what the customer has to say to who makes
    it, in lines; empty where there is none.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="recipient")
    email = models.EmailField(max_length=320)  # Saleor takes longer ones than people have
    # As long as Saleor takes them: what does not fit here could never be accepted.
    name = models.CharField(max_length=513)
    company = models.CharField(max_length=256, blank=True)
    street = models.CharField(max_length=256)
    street_extra = models.CharField(max_length=256, blank=True)
    postal_code = models.CharField(max_length=20)
    city = models.CharField(max_length=256)
    area = models.CharField(max_length=128, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=128, blank=True)
    buyer_name = models.CharField(max_length=513, blank=True)
    buyer_company = models.CharField(max_length=256, blank=True)
    buyer_street = models.CharField(max_length=256, blank=True)
    buyer_street_extra = models.CharField(max_length=256, blank=True)
    buyer_postal_code = models.CharField(max_length=20, blank=True)
    buyer_city = models.CharField(max_length=256, blank=True)
    buyer_area = models.CharField(max_length=128, blank=True)
    buyer_country = models.CharField(max_length=2, blank=True)
    gift_message = models.TextField(max_length=WORDS_LENGTH, blank=True)
    customer_note = models.TextField(max_length=WORDS_LENGTH, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ontvanger")
        verbose_name_plural = _("ontvangers")

    def __str__(self) -> str:
        return str(self.order_id)

    @property
    def bought_by(self) -> str:
        """The name of who bought it; of who gets it, as long as nobody told us."""
        return self.buyer_name if self.buyer_country else self.name


class Line(models.Model):
    """A line of an order; `gross_minor` and `net_minor` are the whole line, after discounts.

    Workshops and staff read `product_name` and `variant_name`; what Saleor calls them in the language of the order,
    where that is something else, its customer reads (`name_told`, `variant_told`). `voucher_net_minor` is the part of
    its discount, without VAT, that the voucher of the order gave; `promotion_gross_minor` the part, with VAT, that
    everybody got at that time.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    saleor_id = models.CharField(max_length=64, unique=True)
    product_code = models.CharField(_("productcode"), max_length=250, blank=True)
    product_name = models.CharField(_("product"), max_length=386)
    variant_name = models.CharField(_("uitvoering"), max_length=255, blank=True)
    translated_product_name = models.CharField(max_length=386, blank=True, default="", db_default="")
    translated_variant_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    sku = models.CharField(max_length=255, blank=True)
    quantity = models.PositiveIntegerField(_("aantal"))
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    undiscounted_gross_minor = models.BigIntegerField()
    undiscounted_net_minor = models.BigIntegerField(default=0)
    voucher_net_minor = models.BigIntegerField(default=0)
    promotion_gross_minor = models.BigIntegerField(default=0)
    tax_basis_points = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("orderlijn")
        verbose_name_plural = _("orderlijnen")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"

    @property
    def name_told(self) -> str:
        return self.translated_product_name or self.product_name

    @property
    def variant_told(self) -> str:
        return self.translated_variant_name or self.variant_name

    @property
    def price_minor(self) -> int:
        """What everybody paid for it, VAT included, before what was taken off this order alone; staff may also have
        raised a price by hand."""
        return max(self.undiscounted_gross_minor - self.promotion_gross_minor, self.gross_minor)


class Refund(life.Living):
    """Money of an order that goes back, and what for: written before Saleor is asked, booked once it was paid.

    `name` is its part of the ledger's keys: ours, or for one that was made elsewhere the id of Saleor's grant.
    `amount_minor` is what the customer gets.
    """

    LIFE = REFUND

    class State(models.TextChoices):
        ASKED = "asked", _("Gevraagd")
        GRANTED = "granted", _("Toegekend in Saleor")
        UNDER_WAY = "under_way", _("Onderweg")
        PAID = "paid", _("Terugbetaald")
        FAILED = "failed", _("Mislukt")
        BY_BANK = "by_bank", _("Per overschrijving")
        WITHDRAWN = "withdrawn", _("Ging niet door")

    class Kind(models.TextChoices):
        """What came back with it: what is still to be made stops only for what is not wanted any more."""

        NOT_WANTED = "not_wanted", _("Niet meer gewenst")
        CAME_BACK = "came_back", _("Komt of kwam terug")
        GESTURE = "gesture", _("Tegemoetkoming")
        OWED = "owed", _("Tegoed van de klant")
        UNSAID = "unsaid", _("Nog te zeggen")
        WHOLE = "whole", _("Alles ging terug")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    name = models.CharField(max_length=64, unique=True, default=refund_name)
    granted_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    transaction_id = models.CharField(max_length=128, blank=True)
    """Saleor's transaction whose money goes back."""
    kind = models.CharField(_("soort"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.ASKED)
    amount_minor = models.BigIntegerField()
    includes_shipping = models.BooleanField()
    """Whether all that was left of the shipping goes back with it."""
    shipping_minor = models.BigIntegerField(default=0)
    """What of it is for the shipping."""
    told_minor = models.BigIntegerField(default=0)
    """What of the customer's money its mail told: less than `amount_minor` where they had read of some of it before."""
    bearer = models.CharField(max_length=16, default="platform")
    """The policy by which an amount for no unit is borne (`revenue.reversal.Bearer`)."""
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    booked_at = models.DateTimeField(null=True, blank=True)
    account_asked_at = models.DateTimeField(null=True, blank=True)
    """When the customer was last asked for an account number; None where it never went by bank."""

    class Meta:
        verbose_name = _("terugbetaling")
        verbose_name_plural = _("terugbetalingen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order} · {self.amount_minor}"


class RefundStep(life.Step):
    """The history of a refund."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="steps")
    dispute = models.CharField(max_length=255, blank=True)
    """Stripe's id of the lost dispute that paid it, where one did."""


class RefundAccount(models.Model):
    """Where a customer wants money back: personal data, in a table of its own so that it can be purged.

    The latest counts, until a bank file has it; former ones are the history. On one that was `refused_at`, the bank
    could not pay.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="accounts")
    holder = models.CharField(_("van wie de rekening is"), max_length=120)
    iban = models.CharField("IBAN", max_length=34)
    given_at = models.DateTimeField(_("opgegeven op"))
    given_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The operator who typed it; None: the customer did."""
    refused_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("rekening van een klant")
        verbose_name_plural = _("rekeningen van klanten")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.masked

    @property
    def in_groups(self) -> str:
        """The whole number as people write and check it, in groups of four."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))

    @property
    def masked(self) -> str:
        """Enough of the number for whoever knows it: country, check digits and the last four."""
        return f"{self.iban[:4]} •••• {self.iban[-4:]}" if self.iban else ""


class RefundLine(models.Model):
    """Of a line: units that were given back, and the amount for them; no units where a gesture was made for it."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "line"], name="one_refund_line_a_line")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"
