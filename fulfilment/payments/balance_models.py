"""How it went each time that the ledger was held against Stripe's balance."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BalanceCheck(models.Model):
    """One look: both totals in minor units, what of their difference was under way, and how many things differed."""

    checked_at = models.DateTimeField()
    stripe_minor = models.BigIntegerField()
    ledger_minor = models.BigIntegerField()
    under_way_minor = models.BigIntegerField()
    differences = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("controle van het saldo bij Stripe")
        verbose_name_plural = _("controles van het saldo bij Stripe")
        ordering = ["-checked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.checked_at} {self.differences}"
