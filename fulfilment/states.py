"""States that move along a table: {state: {event: next state}}."""

from collections.abc import Mapping

from fulfilment.errors import Refusal

Table = Mapping[str, Mapping[str, str]]


def advance(table: Table, state: str, event: str, *, message: str) -> str:
    """The state after `event`; a `Refusal` with `message` where the table has no such step."""
    following = table.get(state, {}).get(event)
    if following is None:
        raise Refusal(message, code="WRONG_STATE")
    return following
