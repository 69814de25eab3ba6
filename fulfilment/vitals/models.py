"""How the whole of it is: the last sign of life of each part, what was measured, and what is wrong since when."""

from django.db import models
from django.db.models import Q


class Sign(models.Model):
    """The last time that a part was seen well, and ill, with why. Nobody is asked when this is read."""

    class Name(models.TextChoices):
        ORDERS = "orders", "worker of orders and money"
        ROUNDS = "rounds", "worker of the rounds and mail"
        BEAT = "beat", "clock"
        SALEOR = "saleor", "Saleor"
        STRIPE = "stripe", "Stripe"

    name = models.CharField(max_length=16, choices=Name.choices, unique=True)
    well_at = models.DateTimeField(null=True, blank=True)
    ill_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Sample(models.Model):
    """What was measured in the `span` seconds until `taken_at`.

    `values` by the name of a measure (`measures.py`): of what stands there the worst, of what is counted how much came.
    `totals` is how far the counters had come, of which the next sample takes the difference.
    """

    span = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    values = models.JSONField()
    totals = models.JSONField(default=dict)

    class Meta:
        ordering = ["taken_at"]
        constraints = [models.UniqueConstraint(fields=["span", "taken_at"], name="one_sample_a_moment")]

    def __str__(self) -> str:
        return f"{self.taken_at} {self.span}"


class Alarm(models.Model):
    """A condition that does not hold, since when. Operators are told once that it began and once that it is over.

    `well_since` is since when it holds again: what comes and goes within minutes is one alarm.
    """

    condition = models.CharField(max_length=32)
    reason = models.TextField()
    began_at = models.DateTimeField()
    well_since = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition"], condition=Q(over_at__isnull=True), name="one_open_alarm_a_condition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.condition} {self.began_at}"
