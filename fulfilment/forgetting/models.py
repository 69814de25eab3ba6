"""People who asked to be forgotten: what was asked, and how far it is. It holds no more than that takes."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _


def erasure_public_id() -> str:
    return f"fgt_{secrets.token_urlsafe(12)}"


class Erasure(models.Model):
    """Somebody, known by their address, is to be forgotten wherever nothing needs them any more.

    `email` stays only until that is done everywhere, and is empty afterwards. `address_hash` is a keyed hash, by which
    whoever has the key and the address can prove that it was done, and nobody can read whose it was.
    """

    public_id = models.CharField(max_length=32, unique=True, default=erasure_public_id, editable=False)
    address_hash = models.CharField(max_length=64, db_index=True)
    email = models.EmailField(max_length=320, blank=True)  # as long as a customer's may be
    asked_at = models.DateTimeField(_("gevraagd op"))
    asked_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """None where a command asked it: after a restore."""
    waits_for = models.CharField(max_length=300, blank=True)
    """What keeps some of it, in words, as of the last look; order numbers and no names."""
    done_at = models.DateTimeField(_("gedaan op"), null=True, blank=True)

    class Meta:
        verbose_name = _("verzoek om te vergeten")
        verbose_name_plural = _("verzoeken om te vergeten")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash"], condition=models.Q(done_at__isnull=True), name="one_open_erasure_an_address"
            )
        ]

    def __str__(self) -> str:
        return self.public_id
