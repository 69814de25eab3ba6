"""What must be true: after every step, and once all is at rest. Each truth yields what contradicts it, in words."""

from collections.abc import Iterator

from django.db.models import F

from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.payments.models import Payment
from tests.hunt.money_truths import MoneyTruths
from tests.hunt.story import Sight
from tests.hunt.told_truths import ToldTruths
from tests.hunt.unit_truths import UnitTruths

Kind = OpenIssue.Kind

NEVER = (Kind.FAULT, Kind.NOT_RELEASED)
"""Exceptions of which each is a fault of ours."""

OVER = (Kind.UNEXPLAINED, Kind.STRIPE_DIFFERS)
"""Those of the accounts, which are over once all was heard."""


class Truths(MoneyTruths, UnitTruths, ToldTruths):
    """All of them."""

    def always(self) -> None:
        """What is true whatever is under way."""
        self._hold(self._no_fault(), self.money_always(), self.units_always(), self.told_always())

    def at_rest(self) -> None:
        """What is true when everybody could be reached and there was time enough."""
        self.sight = Sight()
        self._hold(self._nothing_waits(), self.money_at_rest(), self.units_at_rest(), self.told_at_rest())

    def _hold(self, *truths: Iterator[str]) -> None:
        wrong = [one for truth in truths for one in truth]
        assert not wrong, "\n".join([*wrong, "-- exceptions:", *(f"{one.kind} {one.subject}" for one in self.issues())])

    def _no_fault(self) -> Iterator[str]:
        yield from self.world.failures
        for issue in self.issues(*NEVER):
            yield f"exception {issue.kind} {issue.subject}: {issue.message}"

    def _nothing_waits(self) -> Iterator[str]:
        stuck = {issue.subject for issue in self.issues()}
        for mark in Mark.objects.filter(counter__gt=F("handled")):
            if f"{mark.kind}:{mark.object_id}" not in stuck:
                yield f"{mark.kind} {mark.object_id} waits for a worker"
        for issue in self.issues(Kind.GATEWAY, *OVER):
            if not issue.subject.startswith("mail:"):
                yield f"exception {issue.kind} {issue.subject}: {issue.message}"
        for mail in Mail.objects.filter(sent_at=None):
            if f"mail:{mail.public_id}" not in stuck:
                yield f"a mail waits: {mail.key}"
        for payment in Payment.objects.filter(state="paid"):
            if payment.reference not in stuck:
                yield f"{payment.reference} was paid, and nothing became of it"
