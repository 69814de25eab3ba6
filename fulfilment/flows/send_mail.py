"""Sending what was written. A mail is locked while it is handed over, so that no two workers send the same."""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fulfilment.errors import GatewayError
from fulfilment.gateways import mailbox
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.mail.models import Mail

log = logging.getLogger(__name__)

ATTEMPTS = 8
"""How often a mail is tried, each time after twice as long (1 minute, 2, 4, …), before a person must look."""


def send_mail(*, now: datetime) -> int:
    """Send every mail that waits, oldest first; how many were sent. A mail that fails is tried again later."""
    sent = 0
    waiting = Mail.objects.filter(_due(now), sent_at__isnull=True).order_by("created_at", "pk")
    for pk in waiting.values_list("pk", flat=True):
        sent += _send_one(pk, now)
    return sent


def _due(now: datetime) -> Q:
    return Q(failures__lt=ATTEMPTS) & (Q(not_before__isnull=True) | Q(not_before__lte=now))


@transaction.atomic
def _send_one(pk: int, now: datetime) -> bool:
    waiting = Mail.objects.select_for_update(skip_locked=True).filter(_due(now), pk=pk, sent_at__isnull=True)
    mail = waiting.first()
    if mail is None:
        return False
    try:
        if settings.MAIL_URL != mailbox.KEPT_ONLY:
            mailbox.send(_letter(mail), settings.MAIL_URL)
    except GatewayError as error:
        _put_off(mail, error, now)
        return False
    mail.sent_at = now
    mail.save(update_fields=["sent_at"])
    return True


def _letter(mail: Mail) -> mailbox.Letter:
    domain = urlsplit(settings.FULFILMENT_URL).hostname
    return mailbox.Letter(
        message_id=f"{mail.public_id}@{domain}",
        sender=settings.MAIL_FROM,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
    )


def _put_off(mail: Mail, error: GatewayError, now: datetime) -> None:
    log.warning("%s: %s", mail.public_id, error)
    mail.not_before = now + timedelta(minutes=2**mail.failures)
    mail.failures += 1
    mail.save(update_fields=["failures", "not_before"])
    if mail.failures == ATTEMPTS:
        message = _("Deze mail raakt niet weg: %(subject)s. De mailserver zegt: %(error)s")
        values = {"subject": mail.subject, "error": error}
        raise_issue(OpenIssue.Kind.GATEWAY, f"mail:{mail.public_id}", message % values, now)
