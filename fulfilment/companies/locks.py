"""The lock of this room; its place among all others stands in `docs/architecture/locks.md`."""

from fulfilment.companies.models import Company


def lock_company(pk: int) -> Company:
    """The company, held until the transaction ends: who belongs to it, and what holds for it, changes one at a time."""
    return Company.objects.select_for_update().get(pk=pk)
