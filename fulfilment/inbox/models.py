"""What the outside told us, kept before anything is done with it.

Whatever arrives only marks its object as dirty; a worker reads the object's current state and acts on that. So order,
duplicates and gaps of messages do not matter.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Mark(models.Model):
    """One row per outside object. Dirty while `counter` is ahead of `handled`; `leased_until` while a worker acts.

    `marked_at` is since when it is dirty. `news` counts what told us so since then, and 0 is the sweep's own finding:
    what just happened goes before that.
    """

    class Kind(models.TextChoices):
        ORDER = "order", "Saleor order"
        CHECKOUT = "checkout", "Saleor checkout"
        SESSION = "session", "Stripe Checkout Session"
        INTENT = "intent", "Stripe PaymentIntent"
        REFUND = "refund", "Stripe refund"
        REFUND_REQUEST = "refund_request", "refund that Saleor asked for"
        REFUND_ASKED = "refund_asked", "refund to ask of Saleor"
        BANK_REFUND = "bank_refund", "refund by bank to tell Saleor of"
        TRANSFER = "transfer", "money without an order, transferred back, to tell Saleor of"
        PAYOUT = "payout", "Stripe payout"
        DISPUTE = "dispute", "Stripe dispute"
        COLLECTION = "collection", "money to send from Stripe to the bank"
        PARCEL = "parcel", "parcel to report"
        RETURN = "return", "return to report"
        REASSIGNMENT = "reassignment", "work that moved to another warehouse"
        DROPPED = "dropped", "order of which something is not wanted any more, to tell Saleor of"
        CONFIRMATION = "confirmation", "order to confirm by mail"
        PRICES = "prices", "prices of every variant, and those before a reduction"
        RESTOCK = "restock", "what somebody waits for and may be there again"
        VAT_CHECK = "vat_check", "VAT number to look up"
        CUSTOMER_TYPE = "customer_type", "account whose price list changed, to tell Saleor of"
        INVOICE = "invoice", "invoice to send"
        FORGET = "forget", "person to forget"
        FORGET_ORDER = "forget_order", "order to make nobody's in Saleor"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    object_id = models.CharField(max_length=255)
    counter = models.BigIntegerField(default=1)
    handled = models.BigIntegerField(default=0)
    marked_at = models.DateTimeField()
    news = models.BigIntegerField(default=1)
    leased_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="one_mark_an_object")]
        indexes = [models.Index(fields=["marked_at"], condition=Q(counter__gt=F("handled")), name="dirty_marks")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class StripeEvent(models.Model):
    """Every event of Stripe, once, raw."""

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=64)
    body = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Stripe-bericht")
        verbose_name_plural = _("Stripe-berichten")

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class OpenIssue(models.Model):
    """Something that people must look at: one open row per kind and subject."""

    class Kind(models.TextChoices):
        UNROUTED = "unrouted", _("Niemand maakt dit")
        PAID_WITHOUT_ORDER = "paid_without_order", _("Betaald zonder bestelling")
        FOREIGN_MONEY = "foreign_money", _("Geld van een andere betaaldienst")
        PAID_TWICE = "paid_twice", _("Te veel betaald")
        REFUND_TO_DIVIDE = "refund_to_divide", _("Terugbetaling zonder lijnen")
        REFUND_UNCLEAR = "refund_unclear", _("Kwam het terug?")
        PAID_OUTSIDE = "paid_outside", _("Buiten onze betaaldienst betaald")
        MONEY_OWED = "money_owed", _("Klant heeft geld tegoed")
        REFUND_FAILED = "refund_failed", _("Terugbetaling mislukt")
        ACCOUNT_AWAITED = "account_awaited", _("Wacht op rekeningnummer")
        REFUND_TWICE = "refund_twice", _("Twee keer terugbetaald?")
        DISPUTE = "dispute", _("Betaling betwist")
        DISPUTE_DUE = "dispute_due", _("Betwisting: laatste dagen")
        DISPUTE_LOST = "dispute_lost", _("Betwisting verloren")
        STRIPE_DIFFERS = "stripe_differs", _("Boeken en Stripe verschillen")
        UNEXPLAINED = "unexplained", _("Geld zonder uitleg")
        CANCELLED_NOT_REFUNDED = "cancelled_not_refunded", _("Geannuleerd, niet terugbetaald")
        GATEWAY = "gateway", _("Ander systeem faalt")
        MAIL_AWAY = "mail_away", _("Mails vertrekken niet")
        SALEOR_APP = "saleor_app", _("Saleor kent onze app niet meer")
        SALEOR_HOOKS = "saleor_hooks", _("Saleor vertelt niet alles")
        NEIGHBOUR_AWAY = "neighbour_away", _("Ander systeem antwoordt niet")
        CLOCK_OFF = "clock_off", _("Klok loopt verkeerd")
        FAULT = "fault", _("Fout in het programma")
        TASK_DECLINED = "task_declined", _("Atelier maakt dit niet")
        TASK_LATER = "task_later", _("Een latere dag")
        TASK_BLOCKED = "task_blocked", _("Werk staat stil")
        TASK_UNACCEPTED = "task_unaccepted", _("Werk dat niemand aanneemt")
        TASK_LATE = "task_late", _("Werk is te laat")
        SHORT_OF_FIXED = "short_of_fixed", _("Minder dan het vaste bedrag")
        REPORT_FAILED = "report_failed", _("Verzending niet gemeld")
        NO_WAREHOUSE = "no_warehouse", _("Atelier zonder magazijn")
        RETURN_LATE = "return_late", _("Retour kwam niet aan")
        RETURN_TO_JUDGE = "return_to_judge", _("Retour nog na te kijken")
        RETURN_TO_REFUND = "return_to_refund", _("Retour nog terug te betalen")
        WITHDRAWN = "withdrawn", _("Herroepen, nog terug te betalen")
        NOT_RELEASED = "not_released", _("Niet vrijgegeven")
        STRIPE_BELOW_ZERO = "stripe_below_zero", _("In het rood bij Stripe")
        COLLECTION_FAILED = "collection_failed", _("Geld van Stripe kwam niet aan")
        COMPANY_AGAIN = "company_again", _("Bekend bedrijf, opnieuw aangevraagd")
        NO_PRICE_LIST = "no_price_list", _("Lid kan niet bij de prijslijst")
        INVOICE_REFUSED = "invoice_refused", _("Factuur geweigerd")
        NOT_FORGOTTEN = "not_forgotten", _("Nog niet vergeten in Saleor")

    kind = models.CharField(_("soort"), max_length=32, choices=Kind.choices)
    subject = models.CharField(_("onderwerp"), max_length=255)
    message = models.TextField(_("wat er is"))
    first_seen_at = models.DateTimeField(_("eerst gezien"))
    last_seen_at = models.DateTimeField(_("laatst gezien"))
    resolved_at = models.DateTimeField(_("opgelost op"), null=True, blank=True)

    class Meta:
        verbose_name = _("uitzondering")
        verbose_name_plural = _("uitzonderingen")
        ordering = ["-last_seen_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(resolved_at__isnull=True), name="one_open_exception_a_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Cursor(models.Model):
    """How far a sweep has read."""

    name = models.CharField(max_length=32, unique=True)
    position = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.position}"


class PutOff(models.Model):
    """What a round could not do, and how often: gone once it was done."""

    round = models.CharField(max_length=32)
    item = models.CharField(max_length=200)
    failures = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="one_count_an_item")]

    def __str__(self) -> str:
        return f"{self.round} {self.item}"
