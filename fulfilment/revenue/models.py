"""Who earns what of each line, frozen with the terms and the tax regime of the day of the order."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Share(models.Model):
    """A partner's part of a line's net revenue, or of the shipping money (then `line` is empty).

    `amount_minor` is net; `vat_minor` is what the partner's own VAT adds to it; `withheld_minor` is the tax kept back.
    A decision that gives units to another workshop takes back what they brought (amounts below zero) beside the new
    shares: what a partner earns of a line is the sum of its shares in it.
    """

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="shares")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, null=True, blank=True, related_name="shares")
    decision = models.ForeignKey(
        "routing.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="shares")
    agreement = models.ForeignKey("agreements.Agreement", on_delete=models.PROTECT, null=True, blank=True)
    price_list = models.CharField(max_length=64, blank=True, default="")
    rank = models.PositiveSmallIntegerField()
    tax_regime = models.ForeignKey("partners.TaxRegime", on_delete=models.PROTECT, null=True, blank=True)
    amount_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField(default=0)
    vat_basis_points = models.PositiveIntegerField(default=0)
    withheld_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name = _("aandeel")
        verbose_name_plural = _("aandelen")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "decision", "line", "rank"], name="one_share_a_rank", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.amount_minor}"
