"""Marking outside objects as dirty, and claiming them one worker at a time."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import NullIf

from fulfilment.inbox.models import Mark

LEASE = timedelta(seconds=90)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)


def mark(kind: str, object_id: str, now: datetime) -> bool:
    """Note that an outside object just changed, or may have; one statement, whatever came before.

    True where a worker is to be told: it was clean, or only the sweep had found it, or it failed and may do better now.
    Else one was told of it already, or is at it and will look again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inbox_mark (kind, object_id, counter, handled, marked_at, failures, news) "
            "VALUES (%s, %s, 1, 0, %s, 0, 1) ON CONFLICT (kind, object_id) DO UPDATE SET "
            "counter = inbox_mark.counter + 1, "
            "marked_at = CASE WHEN inbox_mark.counter > inbox_mark.handled "
            "THEN inbox_mark.marked_at ELSE excluded.marked_at END, "
            "news = CASE WHEN inbox_mark.counter > inbox_mark.handled THEN inbox_mark.news ELSE 0 END + 1 "
            "RETURNING news = 1 OR failures > 0",
            [kind, object_id, now],
        )
        [is_to_be_told] = cursor.fetchone()
    return bool(is_to_be_told)


def mark_found(kind: str, object_ids: Iterable[str], now: datetime) -> list[str]:
    """Note that the sweep found these; those of them that were clean, of which a worker is to be told.

    What waits for a worker or for its next try already stays as it is. One statement for all of them, in the order of
    their names, so that two sweeps do not wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inbox_mark (kind, object_id, counter, handled, marked_at, failures, news) "
            "SELECT %s, found, 1, 0, %s, 0, 0 FROM unnest(%s::text[]) found WHERE NOT EXISTS "
            "(SELECT FROM inbox_mark known WHERE known.kind = %s AND known.object_id = found "
            "AND known.counter > known.handled) ON CONFLICT (kind, object_id) DO UPDATE SET "
            "counter = inbox_mark.counter + 1, marked_at = excluded.marked_at, news = 0 "
            "WHERE inbox_mark.counter = inbox_mark.handled RETURNING object_id",
            [kind, now, sorted(set(object_ids)), kind],
        )
        return [object_id for (object_id,) in cursor.fetchall()]


def claim(kind: str, object_id: str, now: datetime) -> tuple[int, datetime] | None:
    """Take a dirty object for `LEASE`; its counter and the end of the lease. None: it is clean, or somebody's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_mark SET leased_until = %s WHERE kind = %s AND object_id = %s AND counter > handled "
            "AND (leased_until IS NULL OR leased_until <= %s) RETURNING counter, leased_until",
            [now + LEASE, kind, object_id, now],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def settle(kind: str, object_id: str, counter: int, lease: datetime) -> bool:
    """The object was acted upon as it stood at `counter`; True where it has become dirty again since.

    Whoever took longer than its lease neither sets back what another worker did, nor ends that worker's lease.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_mark SET handled = GREATEST(handled, %s), failures = 0, not_before = NULL, "
            "leased_until = NULLIF(leased_until, %s) "
            "WHERE kind = %s AND object_id = %s RETURNING counter > handled AND leased_until IS NULL",
            [counter, lease, kind, object_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def give_back(kind: str, object_id: str, now: datetime, lease: datetime) -> int:
    """Acting failed: leave it dirty, wait longer each time. The number of failures in a row."""
    found = Mark.objects.get(kind=kind, object_id=object_id)
    wait = min(FIRST_WAIT * 2 ** min(found.failures, 12), LONGEST_WAIT)
    Mark.objects.filter(pk=found.pk).update(
        leased_until=NullIf(F("leased_until"), Value(lease)), failures=F("failures") + 1, not_before=now + wait
    )
    return found.failures + 1


def dirty(now: datetime, *, queue_time: timedelta = timedelta(), later: timedelta = timedelta()) -> QuerySet[Mark]:
    """Objects that wait for a worker, oldest first.

    Of those that never failed, only who waits longer than a message usually takes: `queue_time` for what just happened,
    `later` for what the sweep found.
    """
    return Mark.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=now),
        Q(not_before__isnull=True) | Q(not_before__lte=now),
        Q(failures__gt=0) | Q(news__gt=0, marked_at__lte=now - queue_time) | Q(marked_at__lte=now - later),
        counter__gt=F("handled"),
    ).order_by("marked_at")


def act(kind: str, object_id: str, now: datetime, do: Callable[[], object]) -> bool:
    """Claim an object, act on it, settle it. True where the caller should come back for it at once.

    An exception of `do` is passed on after the object was given back: the failure is counted and nothing is lost.
    """
    claimed = claim(kind, object_id, now)
    if claimed is None:
        return False
    counter, lease = claimed
    try:
        do()
    except Exception:
        give_back(kind, object_id, now, lease)
        raise
    return settle(kind, object_id, counter, lease)
