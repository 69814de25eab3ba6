"""Moments: whole microseconds since 1970 (UTC) inside, ISO 8601 on the wire."""

from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment(seconds: float) -> int:
    """The moment of a unix time."""
    return round(seconds * 1_000_000)


def of_moment(at: int) -> datetime:
    """The moment as a time that knows its zone."""
    return _START + at * _MICROSECOND


def to_iso(at: int) -> str:
    """As the API writes it."""
    return of_moment(at).isoformat()


def from_iso(text: str) -> int:
    """Raises ValueError where the text is no moment; without an offset it counts as UTC."""
    read = datetime.fromisoformat(text)
    return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - _START) // _MICROSECOND
