"""The operator's list of exceptions: what needs a person."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

LONGEST_SUBJECT = 255


def raise_issue(kind: str, subject: str, message: str, now: datetime) -> None:
    """Put something on the operator's list; while it stands there, only its message and its date are renewed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inbox_openissue (kind, subject, message, first_seen_at, last_seen_at) "
            "VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (kind, subject) WHERE resolved_at IS NULL "
            "DO UPDATE SET message = excluded.message, last_seen_at = excluded.last_seen_at",
            [kind, readable(subject)[:LONGEST_SUBJECT], readable(message), now, now],
        )


def readable(text: str) -> str:
    """A text as the database takes it, whatever came from outside: neither NUL nor half a character."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def resolve(kind: str, subject: str, now: datetime) -> None:
    """Take something off the list, since it solved itself or somebody solved it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_openissue SET resolved_at = %s WHERE kind = %s AND subject = %s AND resolved_at IS NULL",
            [now, kind, subject],
        )


def resolve_all(kinds: Collection[str], subject: str, now: datetime) -> None:
    """The same, of several kinds at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_openissue SET resolved_at = %s WHERE kind = ANY(%s) AND subject = %s AND resolved_at IS NULL",
            [now, list(map(str, kinds)), subject],
        )
