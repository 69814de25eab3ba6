"""Payments through Stripe: one row per Stripe Checkout Session, committed before Stripe is called.

How they move stands in `life.py`; `fulfilment.life.move` alone writes a state.
"""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment import life
from fulfilment.payments.balance_models import BalanceCheck
from fulfilment.payments.dispute_models import Dispute, DisputeStep
from fulfilment.payments.life import PAYMENT, REFUND

__all__ = ["BalanceCheck", "Dispute", "DisputeStep", "Payment", "PaymentRefund", "PaymentRefundStep", "PaymentStep"]


def payment_reference() -> str:
    return f"pay_{secrets.token_urlsafe(16)}"


class Payment(life.Living):
    """An attempt to pay a checkout. `reference` is the public id that the shop polls.

    With `attempt` it makes Stripe's idempotency key: another attempt only where the answer to the former is known.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PAID = "paid", _("Betaald")
        ORDERED = "ordered", _("Bestelling gemaakt")
        FAILED = "failed", _("Mislukt")
        EXPIRED = "expired", _("Verlopen")
        RETURNING = "returning", _("Gaat terug")
        REFUNDED = "refunded", _("Terugbetaald")

    LIFE = PAYMENT

    class Because(models.TextChoices):
        """Why a paid checkout becomes no order."""

        BASKET_CHANGED = "basket_changed", _("het mandje veranderde tijdens het betalen")
        SOLD_OUT = "sold_out", _("iets is net uitverkocht")
        NO_DELIVERY = "no_delivery", _("de gekozen levering kan niet meer")
        CODE_OVER = "code_over", _("de kortingscode geldt niet meer")
        NOT_POSSIBLE = "not_possible", _("Saleor weigert de bestelling")

    reference = models.CharField(max_length=40, unique=True, default=payment_reference, editable=False)
    idempotency_key = models.CharField(max_length=255, unique=True)
    checkout_id = models.CharField(max_length=64, db_index=True)
    saleor_transaction_id = models.CharField(max_length=128, db_index=True)
    saleor_order_id = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField(_("bedrag (cent)"))
    currency = models.CharField(max_length=3)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.OPEN)
    because = models.CharField(_("waarom geen bestelling"), max_length=16, choices=Because.choices, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    stripe_session_id = models.CharField(max_length=255, blank=True, db_index=True)
    stripe_url = models.URLField(max_length=2000, blank=True)
    payment_intent_id = models.CharField(max_length=255, blank=True, db_index=True)
    fee_minor = models.BigIntegerField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    return_asked_at = models.DateTimeField(null=True, blank=True)
    """When Saleor was last asked to give it back, written before it is asked."""
    return_asks = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("begonnen op"))
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("betaling")
        verbose_name_plural = _("betalingen")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.reference


class PaymentStep(life.Step):
    """What moved a payment."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="steps")

    class Meta(life.Step.Meta):
        verbose_name = _("stap")
        verbose_name_plural = _("stappen")

    def told(self) -> str:
        """Where it came, in words."""
        return str(Payment.State(self.state).label)


class PaymentRefund(life.Living):
    """A refund that Saleor asked for; keyed by the request event's own idempotency key."""

    class State(models.TextChoices):
        ASKED = "asked", _("Gevraagd")
        PENDING = "pending", _("Onderweg")
        SUCCEEDED = "succeeded", _("Terugbetaald")
        FAILED = "failed", _("Mislukt")

    LIFE = REFUND

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    idempotency_key = models.CharField(max_length=255, unique=True)
    amount_minor = models.BigIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    stripe_refund_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    told_as = models.CharField(max_length=255, blank=True)
    """The reference that Saleor was answered where Stripe had none yet: its outcome is told under the same."""
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("terugbetaling via Stripe")
        verbose_name_plural = _("terugbetalingen via Stripe")

    def __str__(self) -> str:
        return f"{self.payment} −{self.amount_minor}"


class PaymentRefundStep(life.Step):
    """What moved a refund."""

    refund = models.ForeignKey(PaymentRefund, on_delete=models.PROTECT, related_name="steps")

    class Meta(life.Step.Meta):
        verbose_name = _("stap")
        verbose_name_plural = _("stappen")

    def told(self) -> str:
        """Where it came, in words."""
        return str(PaymentRefund.State(self.state).label)
