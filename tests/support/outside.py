"""What every stand-in for another machine looks at when it is asked: that nothing of ours is held meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def asked_from_outside_of_transactions() -> None:
    """Fail the test where a transaction of ours is open: its locks would last as long as another machine takes.

    The transaction that a test itself may run in is none of ours.
    """
    ours = [block for block in connection.atomic_blocks if not block._from_testcase]  # type: ignore[attr-defined]
    assert not ours, "another machine is asked while a transaction of ours is open"


@contextmanager
def undone() -> Iterator[None]:
    """An example of a test in a transaction of its own, which leaves nothing behind and is none of ours either."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
