"""What comes back: units that left a workshop, how far they are on their way to it, and what it says of them."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfilment.life import Living, Step
from fulfilment.returns import life
from fulfilment.states import Table


def return_public_id() -> str:
    return f"rtn_{secrets.token_urlsafe(12)}"


class Return(Living):
    """Units of one task of an order that come back together to the workshop that they left.

    Its `public_id` stands in the reason that Saleor keeps, and by it a return that we told is known again.
    """

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("Aangekondigd")
        EXPECTED = "expected", _("Onderweg terug")
        RECEIVED = "received", _("Aangekomen")
        JUDGED = "judged", _("Nagekeken")
        LOST = "lost", _("Nooit aangekomen")
        WITHDRAWN = "withdrawn", _("De klant houdt het")

    class Reason(models.TextChoices):
        WITHDRAWAL = "withdrawal", _("De klant ziet ervan af")
        DAMAGED = "damaged", _("Kwam stuk aan")
        FAULTY = "faulty", _("Niet zoals het moest zijn")
        WRONG = "wrong", _("Verkeerd stuk gekregen")
        UNSAID = "unsaid", _("Geen reden gezegd")

    LIFE: ClassVar[Table] = life.RETURN

    public_id = models.CharField(max_length=32, unique=True, default=return_public_id, editable=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="returns")
    task = models.ForeignKey("production.Task", on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(_("reden"), max_length=16, choices=Reason.choices)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.ANNOUNCED)
    announced_at = models.DateTimeField(_("aangekondigd op"))
    announced_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who did it in the back office; nobody where the customer did, or staff in Saleor."""
    moved_at = models.DateTimeField(_("in deze stand sinds"))
    carrier = models.CharField(_("vervoerder"), max_length=32, blank=True)
    tracking_code = models.CharField(_("trackingcode"), max_length=80, blank=True)
    keeps_money_at = models.DateTimeField(null=True, blank=True)
    """When an operator decided that no (more) money goes back for it."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When the customer was told that it arrived."""
    reported_at = models.DateTimeField(null=True, blank=True)
    """Since when Saleor knows of all of it, from us or from its own staff."""

    class Meta:
        verbose_name = _("retour")
        verbose_name_plural = _("retouren")
        ordering = ["announced_at", "pk"]
        indexes = [models.Index(fields=["state", "moved_at"], name="returns_by_state")]

    def __str__(self) -> str:
        return f"{self.order} · {self.get_state_display()}"


class ReturnStep(Step):
    """The history of a return."""

    of_return = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="steps")


class ReturnLine(models.Model):
    """Units of a task's line within a return, and, once they were judged, how many are as new, to mend or spoilt."""

    of_return = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    task_line = models.ForeignKey("production.TaskLine", on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()
    as_new = models.PositiveIntegerField(default=0)
    to_mend = models.PositiveIntegerField(default=0)
    spoilt = models.PositiveIntegerField(default=0)
    known_to_saleor = models.PositiveIntegerField(default=0)
    """Units that staff returned in Saleor themselves: we do not tell it of them."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "task_line"], name="one_return_line_a_task_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_return_line_has_units"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("as_new") + F("to_mend") + F("spoilt")), name="no_more_judged_than_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.task_line_id}"


class Repaid(models.Model):
    """Units of a return whose money a refund gives back. A refund that was withdrawn gives none."""

    line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="repaid")
    refund = models.ForeignKey("orders.Refund", on_delete=models.PROTECT, related_name="returned")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "refund"], name="once_repaid_by_a_refund"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="something_is_repaid"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class Heard(models.Model):
    """What staff returned in Saleor, by the fulfilment that it made of it: taken in once."""

    saleor_fulfillment_id = models.CharField(max_length=64, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.saleor_fulfillment_id
