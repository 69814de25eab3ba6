"""Reading work. Every query begins with the producers that somebody may act for: there is no other way in."""

from collections.abc import Collection

from django.db.models import QuerySet

from fulfilment.production.models import Parcel, Task


def tasks_of(producer_ids: Collection[int]) -> QuerySet[Task]:
    """All tasks of these producers, soonest first."""
    return Task.objects.filter(producer_id__in=producer_ids)


def parcels_of(producer_ids: Collection[int]) -> QuerySet[Parcel]:
    """All parcels that left these producers, oldest first."""
    return Parcel.objects.filter(task__producer_id__in=producer_ids)


def open_units(task: Task) -> dict[int, int]:
    """Units still to ship, by task line."""
    return {line.pk: line.open_quantity for line in task.lines.all()}


def is_all_delivered(task: Task) -> bool:
    """Whether every parcel of the task arrived; False where none left."""
    arrivals = list(task.parcels.values_list("delivered_at", flat=True))
    return bool(arrivals) and all(arrivals)
