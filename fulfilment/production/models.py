"""The work of a workshop: tasks, how far they are, and the parcels that left."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fulfilment.life import Living, Step
from fulfilment.production import life


def task_public_id() -> str:
    return f"tsk_{secrets.token_urlsafe(12)}"


def impediment_public_id() -> str:
    return f"imp_{secrets.token_urlsafe(12)}"


def parcel_public_id() -> str:
    return f"pcl_{secrets.token_urlsafe(12)}"


class Task(Living):
    """What one producer makes of one order."""

    LIFE = life.TASK

    class State(models.TextChoices):
        WAITING = "waiting", _("Nieuw")
        ACCEPTED = "accepted", _("Aanvaard")
        MAKING = "making", _("In de maak")
        READY = "ready", _("Klaar voor verzending")
        SHIPPED = "shipped", _("Verzonden")
        DELIVERED = "delivered", _("Geleverd")
        DECLINED = "declined", _("Niet aangenomen")
        CANCELLED = "cancelled", _("Geannuleerd")
        MOVED = "moved", _("Naar een ander atelier")

    public_id = models.CharField(max_length=32, unique=True, default=task_public_id, editable=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="tasks")
    decision = models.ForeignKey("routing.Decision", on_delete=models.PROTECT, related_name="tasks")
    producer = models.ForeignKey(
        "partners.Partner", verbose_name=_("maker"), on_delete=models.PROTECT, related_name="tasks"
    )
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.WAITING)
    due_on = models.DateField(_("klaar tegen"))
    created_at = models.DateTimeField(_("aangemaakt op"))

    class Meta:
        verbose_name = _("taak")
        verbose_name_plural = _("taken")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["producer", "state", "due_on"], name="tasks_of_a_producer")]
        constraints = [models.UniqueConstraint(fields=["decision", "producer"], name="one_task_a_producer")]

    def __str__(self) -> str:
        return f"{self.order} · {self.producer}"


class PieceWork(models.Model):
    """How long one piece of a product takes at the bench, as the collection in Saleor says it; 0 of what lies ready."""

    product_code = models.CharField(max_length=250, unique=True)
    minutes = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.product_code}: {self.minutes} min"


class TaskLine(models.Model):
    """Units of an order line within a task: how many were asked, left the house, are no longer wanted, or moved to
    another workshop."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="task_lines")
    quantity = models.PositiveIntegerField()
    shipped_quantity = models.PositiveIntegerField(default=0)
    cancelled_quantity = models.PositiveIntegerField(default=0)
    moved_quantity = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]  # where part of a task has left, the rest stays where it stood on the page
        constraints = [
            models.UniqueConstraint(fields=["task", "line"], name="one_task_line_a_line"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped_quantity") + F("cancelled_quantity") + F("moved_quantity")),
                name="no_more_shipped_than_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"

    @property
    def asked_quantity(self) -> int:
        """Units that this workshop makes, shipped or not."""
        return self.quantity - self.cancelled_quantity - self.moved_quantity

    @property
    def open_quantity(self) -> int:
        """Units still to ship."""
        return self.asked_quantity - self.shipped_quantity


class TaskStep(Step):
    """The history of a task.

    A step that was pressed by mistake stays; the step after it `undoes` the state that it had led to.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("stand"), max_length=24, choices=Task.State.choices)
    undoes = models.CharField(max_length=24, choices=Task.State.choices, blank=True)

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


class Impediment(Living):
    """What keeps a workshop from a task, as it said itself: not us, later, or stuck.

    `told` is what the customer may know: one of our own sentences, or nothing. `note` and `answer` are between the
    workshop and the operator. `due_on` is the later day and `former_due_on` the one before it; no other kind has them.
    """

    LIFE = life.IMPEDIMENT

    class State(models.TextChoices):
        OPEN = "open", _("Gemeld")
        SETTLED = "settled", _("Beantwoord")
        TAKEN_BACK = "taken_back", _("Teruggenomen")
        OVER = "over", _("Voorbij")

    class Kind(models.TextChoices):
        DECLINED = "declined", _("Wij maken dit niet")
        LATER = "later", _("Het wordt later")
        BLOCKED = "blocked", _("Het werk staat stil")

    class Reason(models.TextChoices):
        BUSY = "busy", _("We hebben te veel werk")
        SKILL = "skill", _("Wij kunnen dit niet maken")
        MATERIAL = "material", _("Er is geen materiaal")
        MACHINE = "machine", _("Een machine is stuk")
        PEOPLE = "people", _("Er zijn te weinig mensen")
        QUESTION = "question", _("We hebben een vraag")

    class Told(models.TextChoices):
        NOTHING = "", _("Niets")
        ANOTHER_WORKSHOP = (
            "another_workshop",
            pgettext_lazy("customer", "We zoeken een ander atelier dat dit voor je maakt."),
        )
        MORE_TIME = "more_time", pgettext_lazy("customer", "Het maken vraagt meer tijd dan we dachten.")
        MATERIAL = "material", pgettext_lazy("customer", "We wachten nog op materiaal.")
        MACHINE = "machine", pgettext_lazy("customer", "Een van onze machines wordt hersteld.")

    public_id = models.CharField(max_length=32, unique=True, default=impediment_public_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="impediments")
    form_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.OPEN)
    kind = models.CharField(_("wat er is"), max_length=16, choices=Kind.choices)
    reason = models.CharField(_("waarom"), max_length=16, choices=Reason.choices)
    told = models.CharField(_("wat de klant mag weten"), max_length=24, choices=Told.choices, blank=True)
    note = models.CharField(_("erbij verteld"), max_length=300, blank=True)
    answer = models.CharField(_("antwoord"), max_length=300, blank=True)
    due_on = models.DateField(_("klaar tegen"), null=True, blank=True)
    former_due_on = models.DateField(_("was klaar tegen"), null=True, blank=True)
    said_at = models.DateTimeField(_("gezegd op"))
    said_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("hinder")
        verbose_name_plural = _("hinder")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "kind"], condition=Q(state="open"), name="one_open_impediment_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.get_kind_display()}"


class ImpedimentStep(Step):
    """The history of an impediment."""

    impediment = models.ForeignKey(Impediment, on_delete=models.PROTECT, related_name="steps")


class Reminder(models.Model):
    """A task was too silent or too late, and somebody was told: once per stage and per day that it is `about`."""

    class Stage(models.TextChoices):
        UNACCEPTED = "unaccepted", _("Niemand neemt dit aan: het atelier kreeg een mail")
        UNACCEPTED_STILL = "unaccepted_still", _("Niemand neemt dit aan: bij de uitzonderingen gezet")
        LATE = "late", _("Te laat: het atelier kreeg een mail")
        LATE_STILL = "late_still", _("Te laat: bij de uitzonderingen gezet")

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reminders")
    stage = models.CharField(max_length=24, choices=Stage.choices)
    about = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task", "stage", "about"], name="one_reminder_a_stage")]

    def __str__(self) -> str:
        return f"{self.task} {self.stage}"


class Parcel(models.Model):
    """What left the workshop in one go. `saleor_fulfillment_id` is empty until Saleor has heard of it."""

    public_id = models.CharField(max_length=32, unique=True, default=parcel_public_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="parcels")
    form_key = models.CharField(max_length=64, unique=True)
    carrier = models.CharField(_("vervoerder"), max_length=32)
    tracking_code = models.CharField(_("trackingcode"), max_length=80, blank=True)
    shipped_at = models.DateTimeField(_("verzonden op"))
    at_point_since = models.DateTimeField(_("ligt klaar sinds"), null=True, blank=True)
    """Since when it lies at the collection point where its customer comes for it, as far as anybody said."""
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
