"""Sending what was written: at least once, and once as long as nobody dies.

A mail is leased before it is handed over, and nothing is locked meanwhile. Whoever dies between the handing over and
our note of it leaves a mail that is sent again once the lease ends; its Message-ID stays, by which mail programs know a
double.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from fulfilment import metrics
from fulfilment.errors import GatewayError
from fulfilment.gateways import mailbox
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import TRIES
from fulfilment.mail.models import Mail
from fulfilment.outside import MAIL_AWAY, NOT_ASKED, THIS_MAIL, in_words

log = logging.getLogger(__name__)

ATTEMPTS = 8
"""How often a mail is handed over in vain, each time after twice as long (1 minute, 2, 4, …), before a person must
look. It is not tried for ever: a server that breaks off may have taken it."""

ROUND = 10
"""Mails of one round: with the longest that a mail server may take over each, a round ends before its leases."""

LEASE = timedelta(minutes=10)

OUT_OF_REACH = (NOT_ASKED, MAIL_AWAY)
"""Codes of errors that say nothing of a mail: however long a server is away, all go within a minute once it is back."""

SERVER = "mail:server"
"""What the list calls the mail server."""


def send_mail(*, now: datetime) -> int:
    """Send the mails that wait longest, `ROUND` at most; how many were sent. One that fails is tried again later.

    A server that takes none of them stands on the operator's list until it takes one. `ValueError` where `MAIL_URL` is
    no address of a mail server.
    """
    if settings.MAIL_URL != mailbox.KEPT_ONLY:
        mailbox.check(settings.MAIL_URL)
    waiting = Mail.objects.filter(_due(now)).order_by("created_at", "pk")
    sent = 0
    works = False
    away: GatewayError | None = None
    for pk in waiting.values_list("pk", flat=True)[:ROUND]:
        try:
            sent += _send_one(pk, now)
        except GatewayError as error:
            works = works or error.code == THIS_MAIL
            away = error
            if error.code in OUT_OF_REACH:
                break
    _watch_server(now, works=works or sent > 0, away=away)
    return sent


def _watch_server(now: datetime, *, works: bool, away: GatewayError | None) -> None:
    """What it did with this round says whether the server works; `away` is how it failed last."""
    if works:
        resolve(OpenIssue.Kind.MAIL_AWAY, SERVER, now)
    elif away is not None:
        message = _("De mailserver neemt geen mails aan. Ze worden bewaard en later verstuurd. %(why)s")
        raise_issue(OpenIssue.Kind.MAIL_AWAY, SERVER, message % {"why": in_words(away)}, now)


def _due(now: datetime) -> Q:
    return (
        Q(sent_at__isnull=True, failures__lt=ATTEMPTS)
        & (Q(not_before__isnull=True) | Q(not_before__lte=now))
        & (Q(leased_until__isnull=True) | Q(leased_until__lte=now))
    )


def _send_one(pk: int, now: datetime) -> bool:
    """Whether it was sent; `GatewayError` where the server did not take it, or is not to be asked now."""
    if not _leased(pk, now):
        return False
    mail = Mail.objects.get(pk=pk)
    try:
        if settings.MAIL_URL != mailbox.KEPT_ONLY:
            mailbox.send(_letter(mail), settings.MAIL_URL)
    except GatewayError as error:
        if error.code in OUT_OF_REACH:
            Mail.objects.filter(pk=pk).update(leased_until=None)
        else:
            _put_off(mail, error, now)
        raise
    except Exception as error:  # a letter that cannot be written holds up no other
        log.exception("%s", mail.public_id)
        _put_off(mail, error, now)
        return False
    Mail.objects.filter(pk=pk).update(sent_at=now, leased_until=None)
    metrics.MAILS.labels("sent").inc()
    if mail.failures >= TRIES:
        resolve(OpenIssue.Kind.GATEWAY, _subject(mail), now)
    return True


def _leased(pk: int, now: datetime) -> bool:
    """Whether the mail is ours to send for `LEASE`; else another worker has it."""
    return Mail.objects.filter(_due(now), pk=pk).update(leased_until=now + LEASE) > 0


def _letter(mail: Mail) -> mailbox.Letter:
    domain = urlsplit(settings.FULFILMENT_URL).hostname
    return mailbox.Letter(
        message_id=f"{mail.public_id}@{domain}",
        sender=settings.MAIL_FROM,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        unsubscribe=mail.unsubscribe,
        files=tuple((one.name, bytes(one.content), one.content_type) for one in mail.attachments.all()),
    )


@transaction.atomic
def _put_off(mail: Mail, error: Exception, now: datetime) -> None:
    log.warning("%s: %s", mail.public_id, error)
    metrics.MAILS.labels("failed").inc()
    wait = timedelta(minutes=2**mail.failures)
    Mail.objects.filter(pk=mail.pk).update(failures=F("failures") + 1, not_before=now + wait, leased_until=None)
    if mail.failures + 1 == (ATTEMPTS if isinstance(error, GatewayError) else TRIES):
        why = _("Zo kan hij niet geschreven worden. Kijk het adres na.")
        if isinstance(error, GatewayError):
            why = in_words(error)
        message = _("Deze mail raakt niet weg: %(subject)s. %(why)s")
        values = {"subject": mail.subject, "why": why}
        raise_issue(OpenIssue.Kind.GATEWAY, _subject(mail), message % values, now)


def _subject(mail: Mail) -> str:
    """What the exception about a mail is about."""
    return f"mail:{mail.public_id}"
