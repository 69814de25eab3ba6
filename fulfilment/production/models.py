"""The work of a workshop: tasks, how far they are, and the parcels that left."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def task_public_id() -> str:
    return f"tsk_{secrets.token_urlsafe(12)}"


def parcel_public_id() -> str:
    return f"pcl_{secrets.token_urlsafe(12)}"


class Task(models.Model):
    """What one producer makes of one order."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Nieuw")
        ACCEPTED = "accepted", _("Aanvaard")
        MAKING = "making", _("In de maak")
        READY = "ready", _("Klaar voor verzending")
        SHIPPED = "shipped", _("Verzonden")
        DELIVERED = "delivered", _("Geleverd")
        CANCELLED = "cancelled", _("Geannuleerd")

    public_id = models.CharField(max_length=32, unique=True, default=task_public_id, editable=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="tasks")
    decision = models.ForeignKey("routing.Decision", on_delete=models.PROTECT, related_name="tasks")
    producer = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="tasks")
    state = models.CharField(_("stand"), max_length=16, choices=State.choices, default=State.WAITING)
    due_on = models.DateField(_("te verzenden voor"))
    created_at = models.DateTimeField(_("aangemaakt op"))

    class Meta:
        verbose_name = _("taak")
        verbose_name_plural = _("taken")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["producer", "state", "due_on"], name="tasks_of_a_producer")]
        constraints = [models.UniqueConstraint(fields=["decision", "producer"], name="one_task_a_producer")]

    def __str__(self) -> str:
        return f"{self.order} · {self.producer}"


class TaskLine(models.Model):
    """Units of an order line within a task: how many, how many left the house, how many are no longer wanted."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="task_lines")
    quantity = models.PositiveIntegerField()
    shipped_quantity = models.PositiveIntegerField(default=0)
    cancelled_quantity = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]  # where part of a task has left, the rest stays where it stood on the page
        constraints = [
            models.UniqueConstraint(fields=["task", "line"], name="one_task_line_a_line"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped_quantity") + F("cancelled_quantity")),
                name="no_more_shipped_than_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"

    @property
    def open_quantity(self) -> int:
        """Units still to ship."""
        return self.quantity - self.shipped_quantity - self.cancelled_quantity


class TaskStep(models.Model):
    """The history of a task: written in the same transaction as the state it tells of.

    A step that was pressed by mistake stays; the step after it `undoes` the state that it had led to.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=16, choices=Task.State.choices)
    undoes = models.CharField(max_length=16, choices=Task.State.choices, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("stap")
        verbose_name_plural = _("stappen")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.task} → {self.state}"

    def told(self) -> str:
        """What happened, in words."""
        if not self.undoes:
            return self.get_state_display()
        if self.undoes == Task.State.DELIVERED:
            return gettext("Toch niet geleverd")
        return gettext("Teruggezet op “%(state)s”") % {"state": self.get_state_display()}


class Parcel(models.Model):
    """What left the workshop in one go. `saleor_fulfillment_id` is empty until Saleor has heard of it."""

    public_id = models.CharField(max_length=32, unique=True, default=parcel_public_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="parcels")
    form_key = models.CharField(max_length=64, unique=True)
    carrier = models.CharField(_("vervoerder"), max_length=32)
    tracking_code = models.CharField(_("trackingcode"), max_length=80, blank=True)
    shipped_at = models.DateTimeField(_("verzonden op"))
    delivered_at = models.DateTimeField(_("geleverd op"), null=True, blank=True)
    corrections = models.PositiveSmallIntegerField(_("keer verbeterd"), default=0)
    saleor_fulfillment_id = models.CharField(max_length=64, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pakket")
        verbose_name_plural = _("pakketten")
        ordering = ["shipped_at", "pk"]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_code}"


class ParcelLine(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    task_line = models.ForeignKey(TaskLine, on_delete=models.PROTECT, related_name="parcel_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "task_line"], name="one_parcel_line_a_task_line")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.task_line}"
