"""Money to partners: batches that staff approve, and the payout of each partner in it."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


# These ids travel in bank files, whose alphabet knows a hyphen but no underscore, and at most 35 characters.
def batch_public_id() -> str:
    return f"bat-{secrets.token_hex(12)}"


def payout_public_id() -> str:
    return f"out-{secrets.token_hex(12)}"


class Batch(models.Model):
    """Payouts planned together, for one rail. The bank file is kept as it was handed to the bank.

    `fetched_at` and `fetched_by` say who had it first: who fetches it again must know that it may be at the bank.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Gepland")
        APPROVED = "approved", _("Goedgekeurd")
        CONFIRMED = "confirmed", _("Bevestigd door de bank")
        CANCELLED = "cancelled", _("Geannuleerd")

    public_id = models.CharField(max_length=32, unique=True, default=batch_public_id, editable=False)
    rail = models.CharField(max_length=16, default="sepa")
    as_of = models.DateField(_("per"))
    state = models.CharField(_("stand"), max_length=16, choices=State.choices, default=State.PLANNED)
    currency = models.CharField(max_length=3)
    planned_at = models.DateTimeField(_("gepland op"))
    planned_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    approved_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)
    file = models.BinaryField(null=True, blank=True)
    fetched_at = models.DateTimeField(_("opgehaald op"), null=True, blank=True)
    fetched_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

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


class Payout(models.Model):
    """One partner's money in a batch; `public_id` is the end-to-end id that the bank gives back."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Gepland")
        SENT = "sent", _("Verzonden")
        CONFIRMED = "confirmed", _("Betaald")
        FAILED = "failed", _("Mislukt")
        WITHDRAWN = "withdrawn", _("Ingetrokken")

    public_id = models.CharField(max_length=32, unique=True, default=payout_public_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="payouts")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="payouts")
    amount_minor = models.BigIntegerField(_("bedrag (cent)"))
    name = models.CharField(max_length=120)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True)
    state = models.CharField(_("stand"), max_length=16, choices=State.choices, default=State.PLANNED)
    final_at = models.DateTimeField(_("afgehandeld op"), null=True, blank=True)
    failure = models.CharField(_("waarom mislukt"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("uitbetaling")
        verbose_name_plural = _("uitbetalingen")
        constraints = [
            models.UniqueConstraint(fields=["batch", "partner"], name="one_payout_a_partner"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_pays_something"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.amount_minor}"
