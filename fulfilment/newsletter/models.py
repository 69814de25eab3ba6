"""Who agreed to get our newsletter: by whom, when, and to which text. What is sent to them is written elsewhere."""

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


def subscription_public_id() -> str:
    return f"nws_{secrets.token_urlsafe(12)}"


class Subscription(models.Model):
    """An address that asked for the newsletter; it gets it from `confirmed_at` on, until `ended_at`.

    `text_version` names the text that was agreed to. Once it ended, no address is left: `address_hash` is a keyed hash,
    by which whoever has the key and the address can prove that it had agreed, and nobody can read whose it was.
    """

    public_id = models.CharField(max_length=32, unique=True, default=subscription_public_id, editable=False)
    email = models.EmailField(_("e-mailadres"), max_length=254, blank=True)
    address_hash = models.CharField(max_length=64, blank=True)
    language = models.CharField(_("taal"), max_length=8)
    text_version = models.CharField(_("tekst"), max_length=32)
    asked_at = models.DateTimeField(_("gevraagd op"))
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)
    ended_at = models.DateTimeField(_("uitgeschreven op"), null=True, blank=True)

    class Meta:
        verbose_name = _("inschrijving voor de nieuwsbrief")
        verbose_name_plural = _("inschrijvingen voor de nieuwsbrief")
        ordering = ["confirmed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                Upper("email"), condition=Q(ended_at__isnull=True), name="one_subscription_an_address"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, address_hash="") | Q(ended_at__isnull=False, email=""),
                name="what_ended_has_no_address",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
