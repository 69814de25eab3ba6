"""Keeping an order as it was bought: its row, its recipient and its lines in one statement, by hand for its speed."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import Model

from fulfilment.orders.models import Line, Order, Recipient


def keep(order: Order, recipient: Recipient | None, lines: Sequence[Line]) -> None:
    """Write an order that is new, with who it goes to and its lines; order and lines are given their ids.

    `IntegrityError` for an order or a line that stands there already.
    """
    belongings: list[Recipient | Line] = [*([recipient] if recipient else []), *lines]
    values = [getattr(order, name) for name in _attributes(Order, "")]
    for row in belongings:
        values += [getattr(row, name) for name in _attributes(type(row), "order")]
    with connection.cursor() as cursor:
        cursor.execute(_insert(recipient is not None, len(lines)), values)
        order.pk, line_ids = cursor.fetchone()
    for line, pk in zip(lines, line_ids, strict=True):
        line.pk = pk
    for row in belongings:
        row.order = order


def set_routed(order: Order, now: datetime) -> None:
    """All of it is with those who make it."""
    order.routed_at = now
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET routed_at = %s WHERE id = %s", [now, order.pk])


@cache
def _insert(has_recipient: bool, lines: int) -> str:
    """In VALUES each `%s` has the type of its column; ids are given in the order of the rows."""
    recipients = f", recipient AS ({_rows(Recipient, 1)})" if has_recipient else ""
    own = _rows(Line, lines) + " RETURNING id" if lines else "SELECT 0 AS id WHERE FALSE"
    return (
        f"WITH kept AS ({_rows(Order, 1, of='')} RETURNING id){recipients}, line AS ({own}) "  # noqa: S608 - our names
        "SELECT (SELECT id FROM kept), (SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM line)"
    )


def _rows(model: type[Model], count: int, *, of: str = "order") -> str:
    """The INSERT of rows that belong to the order."""
    names = ", ".join([f"{of}_id"] * bool(of) + [_columns(model)[name] for name in _attributes(model, of)])
    row = ", ".join(["(SELECT id FROM kept)"] * bool(of) + ["%s"] * len(_attributes(model, of)))
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES {', '.join([f'({row})'] * count)}"  # noqa: S608


def _columns(model: type[Model]) -> dict[str, str]:
    """By the attribute that holds it, each column that is not the row's own id."""
    return {field.attname: f'"{field.column}"' for field in model._meta.concrete_fields if not field.primary_key}


@cache
def _attributes(model: type[Model], of: str) -> list[str]:
    return [name for name in _columns(model) if name != f"{of}_id"]
