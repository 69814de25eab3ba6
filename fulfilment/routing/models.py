"""Which workshop makes what: the plan made before payment, the decision once the order exists."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Plan(models.Model):
    """The route of a checkout, fixed when its payment is initialised, so that no agreement's end orphans money.

    `assignments` maps a product code to the id of the agreement that answered for it.
    """

    checkout_id = models.CharField(max_length=64, db_index=True)
    assignments = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("routeplan")
        verbose_name_plural = _("routeplannen")

    def __str__(self) -> str:
        return self.checkout_id


class Decision(models.Model):
    """How an order was divided over workshops and why. A change is a new decision that supersedes the old one."""

    class Reason(models.TextChoices):
        PLANNED = "planned", _("volgens het plan bij de betaling")
        IN_FORCE = "in_force", _("volgens de overeenkomsten van de besteldag")
        AGREEMENT_CAME = "agreement_came", _("er kwam een overeenkomst bij")
        REST_REFUNDED = "rest_refunded", _("de rest is terugbetaald")
        REASSIGNED = "reassigned", _("een ander atelier neemt het over")

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="routing_decisions")
    reason = models.CharField(_("reden"), max_length=32, choices=Reason.choices)
    refusals = models.JSONField(default=list)
    decided_at = models.DateTimeField(_("beslist op"))
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("routebeslissing")
        verbose_name_plural = _("routebeslissingen")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(superseded_by__isnull=True), name="one_routing_decision_holds"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.reason}"


class Assignment(models.Model):
    """A line goes to a producer, under an agreement."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="assignments")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="assignments")
    producer = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="assignments")
    agreement = models.ForeignKey("agreements.Agreement", on_delete=models.PROTECT, related_name="assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "line"], name="one_producer_a_line")]

    def __str__(self) -> str:
        return f"{self.line} → {self.producer}"
