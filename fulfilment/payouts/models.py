"""Money by bank: rounds that staff approve, with a payout for each partner and each customer who gets money back; and
money from Stripe to the bank."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfilment.life import Living, Step
from fulfilment.payouts import life
from fulfilment.states import Table


# These ids travel in bank files, whose alphabet knows a hyphen but no underscore, and at most 35 characters.
def batch_public_id() -> str:
    return f"bat-{secrets.token_hex(12)}"


PAYOUT_PREFIX = "out-"
"""How the name of every payout begins, also where Saleor is told of one."""


def payout_public_id() -> str:
    return f"{PAYOUT_PREFIX}{secrets.token_hex(12)}"


def customer_of(order_number: str) -> str:
    """What staff read of a customer who gets money back: no more than which order it is about."""
    return str(_("Klant, bestelling %(number)s") % {"number": order_number})


def collection_public_id() -> str:
    return f"col-{secrets.token_hex(12)}"


class Batch(Living):
    """Payouts planned together, for one rail. `public_id` is the message id of its bank file."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Gepland")
        APPROVED = "approved", _("Goedgekeurd")
        FETCHED = "fetched", _("Bestand opgehaald")
        CONFIRMED = "confirmed", _("Afgehandeld")
        CANCELLED = "cancelled", _("Vervallen")
        WITHDRAWN = "withdrawn", _("Ingetrokken")

    LIFE: ClassVar[Table] = life.BATCH

    public_id = models.CharField(max_length=32, unique=True, default=batch_public_id, editable=False)
    rail = models.CharField(max_length=16, default="sepa")
    as_of = models.DateField(_("per"))
    state = models.CharField(_("stand"), max_length=16, choices=State.choices, default=State.PLANNED)
    currency = models.CharField(max_length=3)
    planned_at = models.DateTimeField(_("gepland op"))
    planned_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    approved_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("uitbetalingsronde")
        verbose_name_plural = _("uitbetalingsrondes")
        ordering = ["-planned_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rail", "currency"], condition=Q(state="planned"), name="one_planned_batch_a_rail"
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of} · {self.state}"


class BatchStep(Step):
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="steps")


class BankFile(models.Model):
    """The file of a round as it was handed out, with the day on which the bank is to pay; the last one holds.

    Made when it is fetched. Another is made only where its day went by and the bank did nothing with it.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="files")
    content = models.BinaryField()
    execute_on = models.DateField(_("uit te voeren op"))
    made_at = models.DateTimeField(_("opgehaald op"))
    made_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("bankbestand")
        verbose_name_plural = _("bankbestanden")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.batch} {self.execute_on}"


class Payout(Living):
    """One payee's money in a round; `public_id` is the end-to-end id that the bank gives back.

    The payee is a partner, or whoever gets a refund. A partner's name, account and bank are those of the plan, as the
    bank file has them: the partner's own may change afterwards. A customer's are personal data and stand in `account`
    alone: the one that counted when the file was fetched.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Gepland")
        SENT = "sent", _("Opgedragen")
        CONFIRMED = "confirmed", _("Betaald")
        FAILED = "failed", _("Mislukt")
        RETURNED = "returned", _("Teruggekomen")
        WITHDRAWN = "withdrawn", _("Ingetrokken")

    LIFE: ClassVar[Table] = life.PAYOUT

    public_id = models.CharField(max_length=32, unique=True, default=payout_public_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="payouts")
    partner = models.ForeignKey(
        "partners.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="payouts"
    )
    refund = models.ForeignKey("orders.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="payouts")
    account = models.ForeignKey(
        "orders.RefundAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="payouts"
    )
    amount_minor = models.BigIntegerField(_("bedrag (cent)"))
    name = models.CharField(max_length=120, blank=True, default="")
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    bic = models.CharField("BIC", max_length=11, blank=True)
    state = models.CharField(_("stand"), max_length=16, choices=State.choices, default=State.PLANNED)
    failure = models.CharField(_("waarom niet betaald"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("uitbetaling")
        verbose_name_plural = _("uitbetalingen")
        constraints = [
            models.UniqueConstraint(fields=["batch", "partner"], name="one_payout_a_partner"),
            models.UniqueConstraint(fields=["batch", "refund"], name="one_payout_a_refund"),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(state__in=["sent", "confirmed"]), name="a_refund_is_paid_once"
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=False, refund__isnull=True) | Q(partner__isnull=True, refund__isnull=False),
                name="payout_has_one_payee",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_pays_something"),
        ]

    def __str__(self) -> str:
        return f"{self.payee} {self.amount_minor}"

    @property
    def payee(self) -> str:
        """Who gets it, for staff."""
        return str(self.partner) if self.refund is None else customer_of(self.refund.order.number)

    def entry(self, what: str) -> str:
        """The ledger's key of what happened to it."""
        return f"payout:{self.public_id}:{what}"


class PayoutStep(Step):
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="steps")


class Collection(Living):
    """Money that Stripe is to send to our bank: kept before Stripe is asked, so that each is asked for once.

    `public_id` with `attempt` is Stripe's idempotency key, and stands on the payout at Stripe: Stripe may tell of it
    before we have heard its answer. One that was made in Stripe's dashboard is taken in when we hear of it.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Gevraagd")
        UNDER_WAY = "under_way", _("Onderweg")
        ARRIVED = "arrived", _("Op de bank")
        REFUSED = "refused", _("Geweigerd door Stripe")
        FAILED = "failed", _("Niet aangekomen")

    LIFE: ClassVar[Table] = life.COLLECTION

    public_id = models.CharField(max_length=32, unique=True, default=collection_public_id, editable=False)
    amount_minor = models.BigIntegerField(_("bedrag (cent)"))
    currency = models.CharField(max_length=3)
    state = models.CharField(_("stand"), max_length=16, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("gevraagd op"))
    asked_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=1)
    stripe_payout_id = models.CharField(max_length=255, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("geld van Stripe")
        verbose_name_plural = _("geld van Stripe")
        ordering = ["-asked_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="collection_moves_something")]

    def __str__(self) -> str:
        return f"{self.amount_minor} · {self.state}"


class CollectionStep(Step):
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="steps")
