"""Refunds as an operator asks for them here."""

from collections.abc import Mapping
from dataclasses import replace

from fulfilment.errors import GatewayError
from fulfilment.flows import request_refund
from fulfilment.flows.plan_refund import Choice
from fulfilment.gateways.saleor.values import SaleorRefund
from fulfilment.orders.models import Refund
from fulfilment.production.models import Task
from tests.support import remote
from tests.support.bought import NOW, Bought


def not_wanted(found: Bought, units: Mapping[int, int] | None = None, *, shipping: bool = False) -> Choice:
    """Units (position of the line → units) that nobody wants any more."""
    return Choice(Refund.Kind.NOT_WANTED, _by_id(found, units), shipping=shipping)


def came_back(found: Bought, units: Mapping[int, int] | None = None, *, shipping: bool = False) -> Choice:
    """Units (position of the line → units) that were shipped and come back."""
    return Choice(Refund.Kind.CAME_BACK, _by_id(found, units), shipping=shipping)


def _by_id(found: Bought, units: Mapping[int, int] | None) -> dict[int, int]:
    return {found.line(at): count for at, count in (units or {}).items()}


def ask(found: Bought, choice: Choice, *, reason: str = "Kras", seen: str | None = None) -> Refund:
    """The operator presses the button."""
    saleor = found.saleor.as_saleor()
    return request_refund.request(found.order.public_id, choice, reason=reason, saleor=saleor, now=NOW, seen=seen)


def paid(found: Bought, refund: Refund) -> None:
    """Stripe paid what was asked, and Saleor tells it of the grant that it made for us."""
    lines = dict(refund.lines.filter(quantity__gt=0).values_list("line__saleor_id", "quantity"))
    found.refund(refund.amount_minor, lines, shipping=refund.includes_shipping, granted_id=refund.granted_id or "")


def failed(
    found: Bought,
    lines: dict[str, int],
    *,
    shipping: bool = False,
    granted_id: str = "granted-1",
    keys: tuple[str, ...] = (),
) -> None:
    """Saleor notes that a refund of these failed, which it asked for by these keys."""
    granted = SaleorRefund(granted_id, "FAILURE", 1, "", shipping, lines, keys)
    others = tuple(one for one in found.remote.refunds if one.id != granted_id)
    found.tell(replace(found.remote, refunds=(*others, granted)))


class Refusing(remote.SaleorInMemory):
    """A Saleor that grants a refund and then does not ask for it."""

    def request_granted_refund(self, transaction_id: str, refund_id: str) -> None:
        raise GatewayError("no", retry=False, code="INVALID")


def leave(found: Bought, at: int, count: int) -> Task:
    """So many units of a line left their workshop."""
    task = Task.objects.get(lines__line=found.line(at))
    Task.objects.filter(pk=task.pk).update(state=Task.State.READY)
    line = task.lines.get(line=found.line(at))
    line.shipped_quantity += count
    line.save(update_fields=["shipped_quantity"])
    return task
