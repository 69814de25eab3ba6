"""Statements by which a customer withdraws from a purchase: kept as they were made, and never changed."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def withdrawal_public_id() -> str:
    return f"wdr_{secrets.token_urlsafe(12)}"


class Withdrawal(models.Model):
    """A statement about (a part of) an order. `name` and `email` are what the customer typed: where the acknowledgement
    went, which need not be where the order's mails go."""

    public_id = models.CharField(max_length=32, unique=True, default=withdrawal_public_id, editable=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="withdrawals")
    latest_refund = models.ForeignKey("orders.Refund", on_delete=models.PROTECT, null=True, related_name="+")
    """The last refund of the order before the statement, if any: up to it they are for other units."""
    form_key = models.CharField(max_length=80, unique=True)
    name = models.CharField(_("naam"), max_length=200)
    email = models.EmailField(_("e-mailadres"))
    said_at = models.DateTimeField(_("verklaard op"))

    class Meta:
        verbose_name = _("herroeping")
        verbose_name_plural = _("herroepingen")
        ordering = ["said_at", "pk"]

    def __str__(self) -> str:
        return f"{self.order} · {self.said_at:%Y-%m-%d}"

    @property
    def stopped_quantity(self) -> int:
        return sum(line.stopped_quantity for line in self.lines.all())

    @property
    def returned_quantity(self) -> int:
        return sum(line.returned_quantity for line in self.lines.all())


class WithdrawalLine(models.Model):
    """Units of an order's line that the statement is about: those that had not left their workshop, which nobody makes
    any more, and those that had, which come back."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="withdrawal_lines")
    stopped_quantity = models.PositiveIntegerField(default=0)
    returned_quantity = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "line"], name="one_withdrawal_line_a_line"),
            models.CheckConstraint(
                condition=Q(stopped_quantity__gt=0) | Q(returned_quantity__gt=0), name="something_is_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"

    @property
    def quantity(self) -> int:
        return self.stopped_quantity + self.returned_quantity
