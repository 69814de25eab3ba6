"""Disputes: a cardholder asks their bank to take a payment back, and the bank decides. `life.py` has their life."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment import life
from fulfilment.payments.life import DISPUTE


class Dispute(life.Living):
    """A dispute as Stripe last told it; what it took and gave back stands in the ledger.

    `amount_minor` is what is disputed, `due_by` until when Stripe takes evidence. `reported_at` is when Saleor was told
    that the money is gone, `undone_at` when that it came back.
    """

    LIFE = DISPUTE

    class State(models.TextChoices):
        NEW = "new", _("Net gemeld")
        WARNING_NEEDS_RESPONSE = "warning_needs_response", _("Navraag: antwoord nodig")
        WARNING_UNDER_REVIEW = "warning_under_review", _("Navraag: de bank bekijkt ons antwoord")
        NEEDS_RESPONSE = "needs_response", _("Betwist: bewijs nodig")
        UNDER_REVIEW = "under_review", _("Betwist: de bank bekijkt ons bewijs")
        WON = "won", _("Gewonnen")
        LOST = "lost", _("Verloren: wie draagt het?")
        BORNE = "borne", _("Verloren")
        CLOSED = "closed", _("Afgesloten zonder gevolg")

    class Policy(models.TextChoices):
        """Who bears what was lost; recorded with its entry."""

        PLATFORM = "platform", _("Het platform")
        SHARED = "shared", _("Iedereen die aan de bestelling verdient")

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    stripe_dispute_id = models.CharField(max_length=255, unique=True)
    amount_minor = models.BigIntegerField(_("bedrag (cent)"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reden"), max_length=64)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.NEW)
    due_by = models.DateTimeField(_("bewijs vóór"), null=True, blank=True)
    opened_at = models.DateTimeField(_("gemeld op"))
    seen_at = models.DateTimeField(null=True, blank=True)
    """When we last looked at it at Stripe."""
    borne_by = models.CharField(_("gedragen door"), max_length=16, choices=Policy.choices, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("betwisting")
        verbose_name_plural = _("betwistingen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.stripe_dispute_id

    @property
    def name(self) -> str:
        """What exceptions and ledger keys call it."""
        return f"dispute:{self.stripe_dispute_id}"


class DisputeStep(life.Step):
    """What moved a dispute."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="steps")

    class Meta(life.Step.Meta):
        verbose_name = _("stap")
        verbose_name_plural = _("stappen")

    def told(self) -> str:
        """Where it came, in words."""
        return str(Dispute.State(self.state).label)
