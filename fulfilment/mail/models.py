"""Every mail to people: written in the transaction that causes it, sent by a worker."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def mail_public_id() -> str:
    return f"mail_{secrets.token_urlsafe(12)}"


class Mail(models.Model):
    """A mail; `key` says what caused it, so that it is written once."""

    public_id = models.CharField(max_length=40, unique=True, default=mail_public_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    to = models.EmailField(_("aan"), max_length=320)  # as long as a customer's may be
    subject = models.CharField(_("onderwerp"), max_length=250)
    text = models.TextField()
    html = models.TextField()
    unsubscribe = models.CharField(max_length=500, blank=True)
    """The address by which whoever gets it wants no more of its kind; empty where there is no such kind."""
    created_at = models.DateTimeField(_("geschreven op"))
    sent_at = models.DateTimeField(_("verzonden op"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("mislukte pogingen"), default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    """While a worker hands it to the mail server; one that died in the meantime leaves it to the next."""

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], condition=Q(sent_at__isnull=True), name="mails_to_send")]

    def __str__(self) -> str:
        return self.subject


class Attachment(models.Model):
    """A file that goes with a mail, and is forgotten with its text."""

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("bijlage")
        verbose_name_plural = _("bijlagen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
