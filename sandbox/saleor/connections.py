"""Pages of a list: `first`, `after`, `edges` and `pageInfo`."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

from sandbox.saleor.core import Node

LONGEST = 100


def page_size(first: int | None) -> int:
    """The size of a page; raises GraphQLError where it is not given or above Saleor's limit."""
    if first is None:
        raise GraphQLError("You must provide a `first` or `last` value to properly paginate the connection.")
    if first > LONGEST:
        raise GraphQLError(
            f"Requesting {first} records on the connection exceeds the `first` limit of {LONGEST} records."
        )
    if first < 0:
        raise GraphQLError("Argument `first` must be a non-negative integer.")
    return first


def cursor(key: Sequence[Any]) -> str:
    """The opaque text of a place in a list."""
    return base64.b64encode(json.dumps(list(key)).encode()).decode()


def place(text: str | None) -> list[Any] | None:
    """The place that a cursor names; raises GraphQLError where it is no cursor."""
    if text is None:
        return None
    try:
        read = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise GraphQLError("Received cursor is invalid.") from error
    if not isinstance(read, list):
        raise GraphQLError("Received cursor is invalid.")
    return read


def connection(
    rows: Sequence[Any], size: int, key: Callable[[Any], Sequence[Any]], node: Callable[[Any], Node]
) -> Node:
    """The first `size` of `rows`, which hold one more where there is a next page."""
    shown = rows[:size]
    edges = [{"node": node(row), "cursor": cursor(key(row))} for row in shown]
    return {
        "pageInfo": {
            "hasNextPage": len(rows) > size,
            "hasPreviousPage": False,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
        "edges": edges,
    }
