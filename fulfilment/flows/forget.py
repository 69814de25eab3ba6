"""What is kept of people is forgotten once its time is over: a job for each row of `forgetting/table.py`.

Each job works in batches, each of which is a transaction of its own and asks nobody outside: killed at any moment, it
goes on where it was the next time.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from fulfilment.flows import forget_books, forget_companies
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.opt_in import KEY as OPT_IN
from fulfilment.flows.send_mail import ATTEMPTS
from fulfilment.flows.still_needed import account_ended_at, account_needed_because, ended_at, needed_because
from fulfilment.flows.tell_company import INVITATION
from fulfilment.flows.tell_company import KEY as COMPANY
from fulfilment.forgetting.models import Erasure
from fulfilment.forgetting.table import Kept, kept
from fulfilment.inbox.models import Mark, OpenIssue, StripeEvent
from fulfilment.inbox.rounds import each
from fulfilment.mail.models import Attachment, Mail
from fulfilment.newsletter.models import Subscription
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Recipient, Refund, RefundAccount, RefundStep
from fulfilment.partners.models import NOBODY, AccountChange, User
from fulfilment.partners.queries import empty_log_of
from fulfilment.production.models import Impediment, ImpedimentStep, Parcel, TaskStep
from fulfilment.restock.models import RestockWish
from fulfilment.returns.models import Return, ReturnStep
from fulfilment.withdrawals.models import Withdrawal

BATCH = 200

KEYS = (
    Q(key__startswith="password_reset:")
    | Q(key__startswith="customer_link:")
    | Q(key__startswith=OPT_IN)
    | Q(key__startswith=INVITATION)
    | Q(key__startswith="refund:", key__contains=":account:")
)
"""Mails whose link opens something for whoever has it: a password, a customer's account, the page that asks for an
account number, what confirms that an address wants mail, or a company that asks them to act for it."""

ONLY_ONCE = ("password_reset:", "customer_link:", "usr_", OPT_IN, "restock:", "newsletter:", COMPANY)
"""How the keys of mails begin that nothing could write twice: of those not even the key is kept."""


RECIPIENT = "orders.Recipient."
WHOSE = tuple(field.removeprefix(RECIPIENT) for field in kept("addresses").fields if field.startswith(RECIPIENT))
"""What of a recipient goes, by the table: all but where VAT was due, which is where the order went."""

BODY = {"text": "", "html": "", "unsubscribe": ""}
"""A mail of which nothing is left but that it went, to whom and about what."""


def deadline(row: Kept, now: datetime) -> datetime:
    """What ended before this moment is forgotten now."""
    how_long = getattr(settings, row.setting)
    if isinstance(how_long, timedelta):
        return now - how_long
    first = timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year - how_long)


# --- customers -------------------------------------------------------------------------------------------------------


def addresses(before: datetime, now: datetime) -> int:
    """Whose an order was, where it was over before that moment; how many orders that were."""
    rows = Recipient.objects.filter(purged_at=None, order__placed_at__lt=before)

    def empty(pk: int) -> bool:
        return empty_order(pk, now=now, before=before)

    return sum(each("forget_order", _every(rows, "order_id"), empty, named=str, now=now, tries=1))


@transaction.atomic
def empty_order(pk: int, *, now: datetime, before: datetime | None = None) -> bool:
    """Empty what tells whose an order was; False where something needs it, or it was over later than `before`.

    What the books need stays: numbers, amounts, VAT, the country and the postal code. Saleor is told by its mark.
    """
    order = lock_order(pk=pk)
    if needed_because(order, abandoned_before=before) or (before is not None and ended_at(order) > before):
        return False
    of_tasks = {"task__order": order}
    Recipient.objects.filter(order=order).update(**dict.fromkeys(WHOSE, ""), purged_at=now)
    Refund.objects.filter(order=order).exclude(reason="").update(reason="")
    RefundStep.objects.filter(refund__order=order).exclude(note="").update(note="")
    TaskStep.objects.filter(**of_tasks).exclude(note="").update(note="")
    Impediment.objects.filter(**of_tasks).update(note="", answer="")
    ImpedimentStep.objects.filter(impediment__task__order=order).exclude(note="").update(note="")
    Parcel.objects.filter(**of_tasks).exclude(tracking_code="").update(tracking_code="")
    Return.objects.filter(order=order).exclude(tracking_code="").update(tracking_code="")
    ReturnStep.objects.filter(of_return__order=order).exclude(note="").update(note="")
    Withdrawal.objects.filter(order=order).exclude(name="", email="").update(name="", email="")
    look_at(Mark.Kind.FORGET_ORDER, order.public_id, now)
    return True


def refund_accounts(before: datetime, now: datetime) -> int:
    """Account numbers of customers; how many."""
    rows = RefundAccount.objects.filter(purged_at=None, given_at__lt=before)

    def empty(pk: int) -> bool:
        return empty_account(pk, now=now, before=before)

    return sum(each("forget_account", _every(rows, "pk"), empty, named=str, now=now, tries=1))


@transaction.atomic
def empty_account(pk: int, *, now: datetime, before: datetime) -> bool:
    """Empty an account number; False where something needs it, or its refund ended later than `before`."""
    order_pk = Order.objects.values_list("pk", flat=True).get(refunds__accounts=pk)
    lock_order(pk=order_pk)
    account = RefundAccount.objects.select_related("refund").get(pk=pk)
    if account_needed_because(account) or account_ended_at(account) >= before:
        return False
    RefundAccount.objects.filter(pk=pk).update(holder="", iban="", purged_at=now)
    return True


def stripe_events(before: datetime, now: datetime) -> int:
    """What Stripe told: only that it was told was ever needed, and Stripe does not tell it again so late."""
    return _delete(StripeEvent.objects.filter(received_at__lt=before))


# --- mails -----------------------------------------------------------------------------------------------------------


def over(before: datetime) -> Q:
    """Mails that were sent before that moment, or given up: who waits to be sent keeps all of it."""
    given_up = Q(sent_at=None, failures__gte=ATTEMPTS, created_at__lt=before)
    return Q(sent_at__lt=before) | given_up


def mail_links(before: datetime, now: datetime) -> int:
    return _empty(Mail.objects.filter(over(before), KEYS).exclude(**BODY), **BODY)


def mail_texts(before: datetime, now: datetime) -> int:
    told = Mail.objects.filter(over(before))
    _delete(Attachment.objects.filter(mail__in=told))
    return _empty(told.exclude(**BODY), **BODY)


def mails(before: datetime, now: datetime) -> int:
    """To whom a mail went and about what. Its key stays where it keeps the same from being told twice."""
    ended = (AccountChange.State.IN_FORCE, AccountChange.State.STOPPED)
    changes = AccountChange.objects.filter(state__in=ended).exclude(told_to=[])
    _empty(changes.exclude(steps__at__gte=before), told_to=[])
    once = Q()
    for start in ONLY_ONCE:
        once |= Q(key__startswith=start)
    rows = Mail.objects.filter(over(before))
    gone = _delete(rows.filter(once))
    left = rows.exclude(to="", subject="", **BODY)
    return gone + _empty(left, to="", subject="", **BODY)


# --- who wants mail --------------------------------------------------------------------------------------------------


def unconfirmed(before: datetime, now: datetime) -> int:
    """What was asked for an address whose owner never said yes."""
    gone = _delete(Subscription.objects.filter(confirmed_at=None, ended_at=None, asked_at__lt=before))
    return gone + _delete(RestockWish.objects.filter(confirmed_at=None, asked_at__lt=before))


def restock_wishes(before: datetime, now: datetime) -> int:
    """What somebody waited for that never came."""
    return _delete(RestockWish.objects.filter(confirmed_at__lt=before))


def consents(before: datetime, now: datetime) -> int:
    """That somebody had agreed who left."""
    return _delete(Subscription.objects.filter(ended_at__lt=before))


# --- who works with us -----------------------------------------------------------------------------------------------


def sessions(before: datetime, now: datetime) -> int:
    """Logins that are over, and where they were."""
    gone = _delete(Session.objects.filter(expire_date__lt=now))
    return gone + _delete(UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")))


def deeds(before: datetime, now: datetime) -> int:
    """Django's own notes of what was done in the back office: what lasts of it stands in our own histories."""
    return _delete(LogEntry.objects.filter(action_time__lt=before))


def leavers(before: datetime, now: datetime) -> int:
    """Who they were whose account was switched off; what they did stays, as done by nobody any more."""
    rows = User.objects.filter(is_active=False).exclude(email__endswith=f"@{NOBODY}")
    rows = rows.exclude(events__pgh_created_at__gte=before).exclude(last_login__gte=before)
    return sum(each("forget_user", _every(rows, "pk"), empty_user, named=str, now=now, tries=1))


@transaction.atomic
def empty_user(pk: int) -> bool:
    """Empty a person whose account is off, in the log of changes too; False where it was switched on meanwhile."""
    user = User.objects.select_for_update().get(pk=pk)
    if user.is_active:
        return False
    for model in (EmailAddress, Authenticator, UserSession):
        model.objects.filter(user_id=pk).delete()
    LogEntry.objects.filter(content_type__model="user", object_id=str(pk)).delete()
    user.memberships.all().delete()
    user.email, user.first_name, user.last_name = f"{user.public_id}@{NOBODY}", "", ""
    user.set_unusable_password()
    user.save()
    empty_log_of(pk)
    return True


# --- the list, and those who asked -----------------------------------------------------------------------------------


def exceptions(before: datetime, now: datetime) -> int:
    return _delete(OpenIssue.objects.filter(resolved_at__lt=before))


def requests(before: datetime, now: datetime) -> int:
    return _delete(Erasure.objects.filter(done_at__lt=before))


JOBS: dict[str, Callable[[datetime, datetime], int]] = {
    "addresses": addresses,
    "mail_links": mail_links,
    "mail_texts": mail_texts,
    "mails": mails,
    "unconfirmed": unconfirmed,
    "restock_wishes": restock_wishes,
    "consents": consents,
    "refused_companies": forget_companies.refused,
    "members": forget_companies.members,
    "invitations": forget_companies.invitations,
    "stripe_events": stripe_events,
    "refund_accounts": refund_accounts,
    "exceptions": exceptions,
    "requests": requests,
    "sessions": sessions,
    "deeds": deeds,
    "leavers": leavers,
    "books": forget_books.books,
}
"""What empties each kind: of what ended before the first moment, at the second; how much it was."""


def forget(row: Kept, *, now: datetime) -> int:
    """Do the job of one kind; how much was forgotten."""
    return JOBS[row.name](deadline(row, now), now)


# --- in batches ------------------------------------------------------------------------------------------------------


def _every(rows: QuerySet[Model], name: str) -> Iterator[int]:
    """The numbers of rows, of which what is done to them may take some away."""
    last = 0
    while found := list(rows.filter(**{f"{name}__gt": last}).order_by(name).values_list(name, flat=True)[:BATCH]):
        yield from found
        last = found[-1]


def _in_batches(rows: QuerySet[Model], do: Callable[[QuerySet[Model]], int]) -> int:
    """Do something that takes rows out of `rows`, a batch at a time."""
    total = 0
    while found := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done = do(rows.model._default_manager.filter(pk__in=found))
        total += done
        if not done:
            break
    return total


def _delete(rows: QuerySet[Model]) -> int:
    return _in_batches(rows, lambda batch: batch.delete()[0])


def _empty(rows: QuerySet[Model], **fields: object) -> int:
    return _in_batches(rows, lambda batch: batch.update(**fields))
