"""Writing in the ledger: record once, or not at all."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from fulfilment.errors import Conflict
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry


@dataclass(frozen=True)
class Move:
    """`amount` minor units leave `debit` for `credit`, tagged with what they belong to (ids of rows)."""

    debit: Account
    credit: Account
    amount: int
    order_id: int | None = None
    line_id: int | None = None
    partner_id: int | None = None
    vat_basis_points: int | None = None

    def to(self, former: Account, present: Account) -> "Move":
        """The same move, with one account in the place of another."""
        debit, credit = (present if end is former else end for end in (self.debit, self.credit))
        return replace(self, debit=debit, credit=credit)


# Written by hand: an order writes some thirty postings, and this is where its time would go.
# One statement, so that an entry never stands without its postings, also where the caller has no transaction.
INSERT = """
WITH entry AS (
    INSERT INTO ledger_entry (key, kind, happened_at, recorded_at, policy, digest, reverses_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id
), postings AS (
    INSERT INTO ledger_posting
        (entry_id, currency, debit, credit, amount_minor, order_id, line_id, partner_id, vat_basis_points)
    SELECT entry.id, %s, wanted.* FROM entry, unnest(
        %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[]
    ) AS wanted
)
SELECT id FROM entry
"""


def reversed_moves(moves: Sequence[Move]) -> list[Move]:
    """The same moves, backwards."""
    return [
        Move(move.credit, move.debit, move.amount, move.order_id, move.line_id, move.partner_id, move.vat_basis_points)
        for move in moves
    ]


def _digest(moves: Sequence[Move], currency: str) -> str:
    return hashlib.sha256(json.dumps([currency, [_values(move) for move in moves]]).encode()).hexdigest()


def _values(move: Move) -> tuple[str, str, int, int | None, int | None, int | None, int | None]:
    """A move in the order of the columns of `INSERT`."""
    tags = (move.order_id, move.line_id, move.partner_id, move.vat_basis_points)
    return (move.debit.value, move.credit.value, move.amount, *tags)


def record(
    key: str,
    kind: str,
    moves: Sequence[Move],
    *,
    currency: str,
    happened_at: datetime,
    now: datetime,
    policy: dict[str, str] | None = None,
    reverses: Entry | None = None,
) -> Entry | None:
    """Write an entry once; None when it stood there already, or when there is nothing to move.

    The caller holds the lock of what the entry is about; the unique key is the net under it. `Conflict` when the
    same key was used for other moves.
    """
    moves = [move for move in moves if move.amount]
    if not moves:
        return None
    digest = _digest(moves, currency)
    entry = Entry(
        key=key,
        kind=kind,
        happened_at=happened_at,
        recorded_at=now,
        policy=policy or {},
        digest=digest,
        reverses=reverses,
    )
    columns: list[list[Any]] = [list(column) for column in zip(*map(_values, moves), strict=True)]
    head: list[Any] = [key, kind, happened_at, now, json.dumps(entry.policy), digest, entry.reverses_id]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*head, currency, *columns])
        made = cursor.fetchone()
    if made is not None:
        entry.pk = made[0]
        return entry
    if Entry.objects.values_list("digest", flat=True).get(key=key) != digest:
        raise Conflict(f"ledger key {key} was used for other moves")
    return None


def moves_of(entry: Entry) -> list[Move]:
    """What an entry moved."""
    return [
        Move(
            Account(posting.debit),
            Account(posting.credit),
            posting.amount_minor,
            posting.order_id,
            posting.line_id,
            posting.partner_id,
            posting.vat_basis_points,
        )
        for posting in entry.postings.order_by("pk")
    ]


def reverse(entry: Entry, *, key: str, happened_at: datetime, now: datetime) -> Entry | None:
    """Book an entry backwards; once, since `reverses` is unique."""
    return record(
        key,
        f"{entry.kind}_reversed",
        reversed_moves(moves_of(entry)),
        currency=entry.postings.values_list("currency", flat=True)[0],
        happened_at=happened_at,
        now=now,
        reverses=entry,
    )
