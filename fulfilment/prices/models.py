"""What each variant cost, from when on: what has to be told beside a reduction."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PriceSeen(models.Model):
    """From `since` on a variant cost so much in a channel, as its customers read it; one row for each change.

    `minor` is None while it is not for sale there. `is_reduced`: Saleor announces it as a reduction.
    """

    variant_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField(null=True)
    is_reduced = models.BooleanField()
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("prijs")
        verbose_name_plural = _("prijzen")
        constraints = [
            models.UniqueConstraint(fields=["variant_id", "channel", "since"], name="one_price_at_a_time"),
            models.CheckConstraint(condition=Q(minor__gte=0) | Q(minor__isnull=True), name="no_price_below_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} in {self.channel}: {self.minor} {self.currency}"
