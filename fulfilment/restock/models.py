"""Who wants one mail once something that is sold out can be bought again. A row is gone with that mail."""

import secrets

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


def wish_public_id() -> str:
    return f"rsw_{secrets.token_urlsafe(12)}"


class RestockWish(models.Model):
    """Somebody wants to be mailed, once, when a variant is there again: from `confirmed_at` on, which they themselves
    pressed in a mail to that address.

    `channel`, `product_id` and `variant_id` are Saleor's; what it is called is in the `language` of the page on which
    it was asked.
    """

    public_id = models.CharField(max_length=32, unique=True, default=wish_public_id, editable=False)
    email = models.EmailField(_("e-mailadres"), max_length=254)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=255)
    product_id = models.CharField(max_length=64)
    variant_id = models.CharField(max_length=64)
    product_name = models.CharField(_("product"), max_length=250)
    variant_name = models.CharField(_("uitvoering"), max_length=255, blank=True)
    asked_at = models.DateTimeField(_("gevraagd op"))
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)

    class Meta:
        verbose_name = _("wens om verwittigd te worden")
        verbose_name_plural = _("wensen om verwittigd te worden")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(Upper("email"), "channel", "variant_id", name="one_restock_wish_an_address")
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def what(self) -> str:
        """What is waited for, as people call it."""
        return f"{self.product_name}, {self.variant_name}" if self.variant_name else self.product_name
