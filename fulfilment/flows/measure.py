"""How it is now, read from the database: a few statements, however much there is. Who asks says how long queues are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from fulfilment.flows.send_mail import ATTEMPTS
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.payments.models import BalanceCheck, Payment
from fulfilment.routing.models import Decision
from fulfilment.vitals.conditions import Limits
from fulfilment.vitals.measures import COUNTED, Present
from fulfilment.vitals.models import Sample, Sign

LATELY = timedelta(minutes=15)

UNDER_WAY = (
    Account.UNALLOCATED,
    Account.CUSTOMER,
    Account.STRIPE_TRANSIT,
    Account.PAYOUTS_TRANSIT,
    Account.DISPUTES,
)
"""Accounts on which money only passes: whose it is, or where it is, is not settled yet."""

DIFFERS = (OpenIssue.Kind.STRIPE_DIFFERS, OpenIssue.Kind.UNEXPLAINED)
"""What the nightly looks at the books put on the list."""

MONEY = "money:"
"""Before the name of an account, in the values of a sample."""


def limits() -> Limits:
    """From when on something is no longer well, by the settings."""
    return Limits(
        silence=settings.ALERT_SILENCE_SECONDS,
        neighbour=settings.ALERT_NEIGHBOUR_SECONDS,
        oldest=settings.ALERT_OLDEST_SECONDS,
        queued=settings.ALERT_QUEUED,
        paid_to_task=settings.ALERT_PAID_TO_TASK_SECONDS,
        mail=settings.ALERT_MAIL_SECONDS,
        webhooks=settings.ALERT_WEBHOOKS_REFUSED,
        books=settings.ALERT_BOOKS_SECONDS,
    )


def present(queues: Mapping[str, int] | None, *, now: datetime) -> Present:
    """How it is, in six statements. What takes longer to reckon is as the last sample has it."""
    by_kind = Mark.objects.filter(counter__gt=F("handled")).values("kind").order_by()
    marks = list(by_kind.annotate(count=Count("pk"), oldest=Min("marked_at")))
    standing = OpenIssue.objects.filter(resolved_at=None).values("kind").order_by()
    issues = list(standing.annotate(count=Count("pk"), said=Max("message")))
    exceptions = {issue["kind"]: issue["count"] for issue in issues}
    failing = Q(failures__gt=0, failures__lt=ATTEMPTS)
    mails = Mail.objects.filter(sent_at=None).aggregate(
        waiting=Count("pk"), failing=Count("pk", filter=failing), oldest=Min("created_at", filter=failing)
    )
    signs = list(Sign.objects.all())
    check = BalanceCheck.objects.first()
    samples = [dict(found) for found in _samples(now).values_list("values", flat=True)]
    latest = samples[-1] if samples else {}
    return Present(
        oldest_mark=max((_age(mark["oldest"], now) for mark in marks), default=0),
        marks={mark["kind"]: mark["count"] for mark in marks},
        queues=queues,
        exceptions=exceptions,
        said={issue["kind"]: issue["said"] for issue in issues},
        mails_waiting=mails["waiting"],
        mails_failing=mails["failing"],
        oldest_failing_mail=_age(mails["oldest"], now),
        ages={sign.name: _age(sign.well_at, now) for sign in signs if sign.well_at},
        ill={sign.name: sign.reason for sign in signs if _is_ill(sign)},
        money={name.removeprefix(MONEY): found for name, found in latest.items() if name.startswith(MONEY)},
        books_differ=sum(exceptions.get(kind, 0) for kind in DIFFERS) if check else None,
        books_age=_age(check.checked_at, now) if check else None,
        paid_to_task=latest.get("paid_to_task", 0),
        lately={name: sum(sample.get(name, 0) for sample in samples) for name in COUNTED},
    )


def money_under_way() -> dict[str, int]:
    """What stands on the accounts on which money only passes, in minor units: reads all postings."""
    balance = trial_balance()
    return {account.value: abs(balance.get(account, 0)) for account in UNDER_WAY}


def slowest(since: datetime) -> int:
    """Seconds from paid to task, of the slowest order routed since: of those that nothing but work kept waiting."""
    charged = Payment.objects.filter(checkout_id=OuterRef("checkout_id"), paid_at__isnull=False)
    last = charged.order_by().values("checkout_id").annotate(at=Max("paid_at")).values("at")
    orders = Order.objects.filter(routed_at__gt=since, released_at=None).exclude(checkout_id="")
    waited = (Decision.Reason.AGREEMENT_CAME, Decision.Reason.REST_REFUNDED)
    refused = OpenIssue.objects.filter(kind=OpenIssue.Kind.PAID_WITHOUT_ORDER).values("subject")
    by_saleor = Payment.objects.filter(reference__in=refused).values("checkout_id")
    late = orders.exclude(routing_decisions__reason__in=waited).exclude(checkout_id__in=by_saleor)
    found = late.annotate(took=F("routed_at") - Subquery(last)).aggregate(most=Max("took"))["most"]
    return max(round(found.total_seconds()), 0) if found else 0


def _samples(now: datetime) -> QuerySet[Sample]:
    return Sample.objects.filter(span=60, taken_at__gt=now - LATELY)


def _age(moment: datetime | None, now: datetime) -> int:
    return max(round((now - moment).total_seconds()), 0) if moment else 0


def _is_ill(sign: Sign) -> bool:
    return sign.ill_at is not None and (sign.well_at is None or sign.ill_at > sign.well_at)
