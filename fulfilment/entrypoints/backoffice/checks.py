"""Whether the books agree with Stripe and all money that waits has a reason: the last look, and looking now."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.flows.audit_money import audit_money
from fulfilment.flows.check_balance import check_balance
from fulfilment.gateways.stripe.connect import connected
from fulfilment.inbox.models import OpenIssue
from fulfilment.payments.models import BalanceCheck

KINDS = (OpenIssue.Kind.STRIPE_DIFFERS, OpenIssue.Kind.UNEXPLAINED)
SHOWN = 20


def last_check() -> dict[str, Any]:
    """What the page of the accounts shows of it."""
    standing = OpenIssue.objects.filter(kind__in=KINDS, resolved_at=None).order_by("first_seen_at")
    check = BalanceCheck.objects.first()
    return {
        "check": check,
        "check_left": check.stripe_minor - check.ledger_minor - check.under_way_minor if check else 0,
        "differing": standing[:SHOWN],
        "differing_count": standing.count(),
    }


def check_now() -> str:
    """Look now; the sentence that says how it went. `GatewayError` while Stripe is away."""
    now = timezone.now()
    waiting = audit_money(now=now)
    found = check_balance(connected(), now=now)
    if found.is_right and not waiting:
        return _("Gecontroleerd: de boeken kloppen met Stripe, en al het geld dat wacht, heeft een reden.")
    return _("Gecontroleerd: hieronder staat wat niet klopt.")
