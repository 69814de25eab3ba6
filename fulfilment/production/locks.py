"""The locks of work. The order's is always taken before a task's, so that two flows can never wait for each other."""

from fulfilment import advisory
from fulfilment.production.models import Task


def lock_task(*, pk: int) -> Task:
    """The task, locked until the transaction ends; the caller holds its order."""
    return Task.objects.select_for_update().get(pk=pk)


def lock_code(producer_id: int, code: str) -> None:
    """Hold a tracking code of a workshop until the transaction ends: whoever comes next sees the parcel that has it.

    Taken last, after the order and the task: nobody waits for another lock while holding this one.
    """
    advisory.hold_until_commit(advisory.Space.CODE, f"{producer_id}:{code.upper()}")
