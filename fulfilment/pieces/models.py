"""What was made, piece by piece: its number in its edition, the page that its QR opens, and how it was cared for."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def piece_token() -> str:
    return secrets.token_urlsafe(12)


def note_public_id() -> str:
    return f"nte_{secrets.token_urlsafe(9)}"


class Edition(models.Model):
    """How many numbers of a product were given: its row is locked for the next, so that none is lost or given twice."""

    product_code = models.CharField(max_length=250, unique=True)
    given = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.product_code}: {self.given}"


class Piece(models.Model):
    """One object of an edition. The token opens its page, and tells nothing of its number.

    `task_line` is what it was made for; None where that is not wanted from this workshop any more: the object lies
    there, and is the next that it finishes. What is in a parcel stays what it is, also when it comes back or is lost.
    """

    token = models.CharField(max_length=32, unique=True, default=piece_token, editable=False)
    product_code = models.CharField(_("productcode"), max_length=250)
    sku = models.CharField(max_length=255, blank=True)
    number = models.PositiveIntegerField(_("nummer"))
    maker = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("gemaakt op"))
    task_line = models.ForeignKey(
        "production.TaskLine", on_delete=models.PROTECT, null=True, blank=True, related_name="pieces"
    )
    parcel = models.ForeignKey(
        "production.Parcel", on_delete=models.PROTECT, null=True, blank=True, related_name="pieces"
    )

    class Meta:
        verbose_name = _("stuk")
        verbose_name_plural = _("stukken")
        ordering = ["product_code", "number"]
        constraints = [
            models.UniqueConstraint(fields=["product_code", "number"], name="one_piece_a_number"),
            models.CheckConstraint(
                condition=Q(parcel__isnull=True) | Q(task_line__isnull=False), name="what_left_was_made_for_somebody"
            ),
        ]
        indexes = [models.Index(fields=["maker", "sku"], condition=Q(task_line__isnull=True), name="pieces_on_a_shelf")]

    def __str__(self) -> str:
        return f"{self.product_code} nr. {self.number}"


class CareNote(models.Model):
    """What whoever has the link wrote of a piece's care or repair. `on` is the day that they say it was."""

    LONGEST = 300

    public_id = models.CharField(max_length=32, unique=True, default=note_public_id, editable=False)
    piece = models.ForeignKey(Piece, on_delete=models.CASCADE, related_name="notes")
    form_key = models.CharField(max_length=80, unique=True)
    on = models.DateField(_("dag"))
    text = models.CharField(_("wat er gebeurde"), max_length=LONGEST)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("verzorging")
        verbose_name_plural = _("verzorging")
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.piece}: {self.on}"
