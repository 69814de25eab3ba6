"""An exception about what failed → tried again at once, instead of when its turn comes."""

from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Least

from fulfilment.flows.dispatch import look_at
from fulfilment.flows.send_mail import ATTEMPTS
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail

KINDS = (
    OpenIssue.Kind.GATEWAY,
    OpenIssue.Kind.FAULT,
    OpenIssue.Kind.REPORT_FAILED,
    OpenIssue.Kind.NO_WAREHOUSE,
    OpenIssue.Kind.NO_PRICE_LIST,
    OpenIssue.Kind.NOT_FORGOTTEN,
)
"""Kinds of exceptions about something that a worker does, and did in vain."""

MAIL = "mail"


def can_try_again(issue: OpenIssue) -> bool:
    """Whether there is something to do that an operator can have done sooner; rounds come each minute by themselves."""
    of = issue.subject.partition(":")[0]
    return issue.resolved_at is None and issue.kind in KINDS and (of in Mark.Kind or of == MAIL)


def try_again(issue: OpenIssue, *, now: datetime) -> None:
    """Have it done; twice is as once. The exception leaves the list when it goes well, and not before."""
    assert can_try_again(issue)
    of, _colon, name = issue.subject.partition(":")
    if of == MAIL:
        once_more = Least("failures", Value(ATTEMPTS - 1))
        Mail.objects.filter(public_id=name, sent_at=None).update(failures=once_more, not_before=None)
    else:
        look_at(of, name, now)
