"""Reading what customers withdrew from."""

from django.db.models import F, Sum
from django.db.models.expressions import Combinable

from fulfilment.withdrawals.models import WithdrawalLine


def stopped_units(order_id: int) -> dict[int, int]:
    """Units of an order's lines (by id) that were withdrawn from before they left."""
    return _units(order_id, F("stopped_quantity"))


def withdrawn_units(order_id: int) -> dict[int, int]:
    """All units of an order's lines (by id) that were withdrawn from, whether they had left or not."""
    return _units(order_id, F("stopped_quantity") + F("returned_quantity"))


def _units(order_id: int, counted: Combinable) -> dict[int, int]:
    rows = WithdrawalLine.objects.filter(withdrawal__order_id=order_id)
    found = rows.values_list("line_id").annotate(total=Sum(counted)).order_by()
    return {line_id: total for line_id, total in found if total}
