"""Writing in the ledger: record once, or not at all."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from fulfilment.errors import Conflict
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry, Posting


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


def reversed_moves(moves: Sequence[Move]) -> list[Move]:
    """The same moves, backwards."""
    return [
        Move(move.credit, move.debit, move.amount, move.order_id, move.line_id, move.partner_id, move.vat_basis_points)
        for move in moves
    ]


def _digest(moves: Sequence[Move], currency: str) -> str:
    return hashlib.sha256(json.dumps([currency, [astuple(move) for move in moves]]).encode()).hexdigest()


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
    standing = Entry.objects.filter(key=key).values_list("digest", flat=True).first()
    if standing is not None:
        if standing != digest:
            raise Conflict(f"ledger key {key} was used for other moves")
        return None
    entry = Entry.objects.create(
        key=key,
        kind=kind,
        happened_at=happened_at,
        recorded_at=now,
        policy=policy or {},
        digest=digest,
        reverses=reverses,
    )
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            debit=move.debit,
            credit=move.credit,
            amount_minor=move.amount,
            currency=currency,
            order_id=move.order_id,
            line_id=move.line_id,
            partner_id=move.partner_id,
            vat_basis_points=move.vat_basis_points,
        )
        for move in moves
    )
    return entry


def reverse(entry: Entry, *, key: str, happened_at: datetime, now: datetime) -> Entry | None:
    """Book an entry backwards; once, since `reverses` is unique."""
    postings = list(entry.postings.order_by("pk"))
    moves = [
        Move(
            Account(posting.debit),
            Account(posting.credit),
            posting.amount_minor,
            posting.order_id,
            posting.line_id,
            posting.partner_id,
            posting.vat_basis_points,
        )
        for posting in postings
    ]
    return record(
        key,
        f"{entry.kind}_reversed",
        reversed_moves(moves),
        currency=postings[0].currency,
        happened_at=happened_at,
        now=now,
        reverses=entry,
    )
