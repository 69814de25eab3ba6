"""Work that is finished → pieces with a number in their edition; what leaves in a parcel is known by its numbers.

Only what somebody designed is of an edition. Whoever calls holds the order and its task: the row of the edition is the
last to be locked, and a number that is rolled back was never given.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from fulfilment.agreements.models import Term
from fulfilment.partners.models import Partner
from fulfilment.pieces.locks import lock_edition
from fulfilment.pieces.models import Edition, Piece
from fulfilment.production.models import Parcel, Task, TaskLine
from fulfilment.routing.models import Assignment

FINISHED = (Task.State.READY, Task.State.SHIPPED, Task.State.DELIVERED)


def designers_of(task: Task) -> dict[int, list[str]]:
    """Names of designers by task line (id), in the rank of the agreement that the line was bought under."""
    agreements = dict(Assignment.objects.filter(decision_id=task.decision_id).values_list("line_id", "agreement_id"))
    names: dict[int, list[str]] = defaultdict(list)
    terms = Term.objects.filter(agreement_id__in=set(agreements.values()), partner__kind=Partner.Kind.DESIGNER)
    for agreement_id, name in terms.order_by("rank").values_list("agreement_id", "partner__name"):
        if name not in names[agreement_id]:
            names[agreement_id].append(name)
    return {
        line.pk: names[agreements[line.line_id]] for line in task.lines.all() if agreements.get(line.line_id) in names
    }


def settle(task: Task, now: datetime) -> None:
    """As many pieces for each line of a task as its workshop made for it; a repeat changes nothing."""
    free(task)
    if task.state not in FINISHED:
        return
    designed = designers_of(task)
    # In the order of their codes: who numbers two products at once waits for nobody who waits for them.
    for line in TaskLine.objects.filter(task=task).select_related("line").order_by("line__product_code", "pk"):
        missing = line.asked_quantity - line.pieces.count()
        if missing > 0 and line.pk in designed and line.line.product_code:
            _give(task, line, missing, now)


def free(task: Task) -> None:
    """What is stopped, or went to another workshop, after it was finished frees its piece: the object is there, and so
    is its number, for the next of that product that this workshop finishes. The last numbers first, as the first leave
    first."""
    for line in task.lines.all():
        pieces = list(line.pieces.order_by("number"))
        inside = [piece for piece in pieces if piece.parcel_id is None]
        surplus = min(len(pieces) - line.asked_quantity, len(inside))
        for piece in inside[len(inside) - surplus :] if surplus > 0 else []:
            piece.task_line = None
            piece.save(update_fields=["task_line"])


def _give(task: Task, line: TaskLine, count: int, now: datetime) -> None:
    code = line.line.product_code
    edition = lock_edition(code)
    same = {"product_code": code, "sku": line.line.sku, "maker_id": task.producer_id}
    on_the_shelf = Piece.objects.filter(**same, task_line=None)
    for piece in on_the_shelf.order_by("number")[:count]:
        piece.task_line = line
        piece.save(update_fields=["task_line"])
        count -= 1
    first = edition.given + 1
    Piece.objects.bulk_create(
        Piece(**same, number=number, made_at=now, task_line=line) for number in range(first, first + count)
    )
    if count:
        Edition.objects.filter(pk=edition.pk).update(given=edition.given + count)


def pack(parcel: Parcel, now: datetime) -> None:
    """The pieces that leave in a parcel: of each line the first that are still there, as its packing slip had them."""
    settle(parcel.task, now)
    for line_id, count in parcel.lines.values_list("task_line_id", "quantity"):
        going = [piece.pk for piece in to_pack({line_id: count})[line_id]]
        Piece.objects.filter(pk__in=going).update(parcel=parcel)


def to_pack(units: Mapping[int, int]) -> dict[int, list[Piece]]:
    """The pieces that so many units of each task line (id) would be, were they packed now."""
    rows = Piece.objects.filter(parcel=None)
    return {pk: list(rows.filter(task_line_id=pk).order_by("number")[:count]) for pk, count in units.items()}


def in_parcel(parcel: Parcel) -> dict[int, list[Piece]]:
    """The pieces in a parcel, by task line (id)."""
    found: dict[int, list[Piece]] = defaultdict(list)
    for piece in parcel.pieces.order_by("number"):
        found[piece.task_line_id or 0].append(piece)
    return dict(found)
