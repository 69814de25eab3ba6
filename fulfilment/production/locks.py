"""The lock of a task. The order's lock is always taken before it, so that two flows can never wait for each other."""

from fulfilment.production.models import Task


def lock_task(*, pk: int) -> Task:
    """The task, locked until the transaction ends; the caller holds its order."""
    return Task.objects.select_for_update().get(pk=pk)
