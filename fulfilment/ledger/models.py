"""Double entry. Nothing here is ever updated or deleted: a correction is an entry that reverses another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One cause, booked once: `key` says what caused it, `digest` what was booked for it."""

    key = models.CharField(_("sleutel"), max_length=200, unique=True)
    kind = models.CharField(_("soort"), max_length=32)
    happened_at = models.DateTimeField(_("gebeurd op"))
    recorded_at = models.DateTimeField(_("geboekt op"))
    policy = models.JSONField(_("afspraken"), default=dict)
    digest = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("boeking")
        verbose_name_plural = _("boekingen")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """An amount above zero from one account to another: an entry that does not balance cannot be written."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    debit = models.CharField(_("debet"), max_length=32)
    credit = models.CharField(_("credit"), max_length=32)
    amount_minor = models.BigIntegerField(_("bedrag (cent)"))
    currency = models.CharField(_("munt"), max_length=3)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, blank=True)
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, null=True, blank=True)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, null=True, blank=True)
    vat_basis_points = models.PositiveIntegerField(_("btw-tarief"), null=True, blank=True)

    class Meta:
        verbose_name = _("journaalpost")
        verbose_name_plural = _("journaalposten")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="posting_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_moves_between_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["partner", "credit"], name="postings_partner_credit"),
            models.Index(fields=["partner", "debit"], name="postings_partner_debit"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} → {self.credit} {self.amount_minor}"
