"""`expand[]`: references replaced by what they refer to, as deep as Stripe allows."""

from collections.abc import Mapping, Sequence

from sandbox.common.store import Document, Reader
from sandbox.stripe import ledger
from sandbox.stripe.errors import ApiError

_REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "balance_transaction": {"source": ("charge", "refund", "payout", "dispute")},
    "charge": {"balance_transaction": ("balance_transaction",), "payment_intent": ("payment_intent",)},
    "checkout.session": {"payment_intent": ("payment_intent",)},
    "dispute": {"charge": ("charge",), "payment_intent": ("payment_intent",)},
    "payment_intent": {"latest_charge": ("charge",)},
    "payout": {
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
    },
    "refund": {
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
        "charge": ("charge",),
        "payment_intent": ("payment_intent",),
    },
}
"""Per kind of object, the fields that refer, and the kinds they may refer to."""
_DEEPEST = 4


def listed(path: str, data: Sequence[Document], has_more: bool = False) -> Document:
    """Stripe's list object."""
    return {"object": "list", "data": list(data), "has_more": has_more, "url": path}


def expanded(reader: Reader, document: Document, wanted: Sequence[str], now: float) -> Document:
    """The object with the wanted paths filled in; raises ApiError for a path that cannot be expanded."""
    document = as_shown(document, now)
    for path in wanted:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise ApiError(f"You cannot expand more than {_DEEPEST} levels of a property. ({path})", param="expand")
        _expand(reader, document, parts, path, now)
    return document


def as_shown(document: Document, now: float) -> Document:
    """What is stored of an object, or of those in a list, as it is shown at a moment."""
    if document["object"] == "list":
        return {**document, "data": [as_shown(item, now) for item in document["data"]]}
    return ledger.as_of(document, now) if document["object"] == "balance_transaction" else document


def _expand(reader: Reader, document: Document, parts: list[str], path: str, now: float) -> None:
    name, rest = parts[0], parts[1:]
    if document["object"] == "list" and name == "data" and rest:
        for item in document["data"]:
            _expand(reader, item, rest, path, now)
        return
    if isinstance(document.get(name), list) and document[name] and isinstance(document[name][0], dict):
        for item in document[name] if rest else ():
            _expand(reader, item, rest, path, now)
        return
    if name not in document or not isinstance(document[name], dict):
        document[name] = _referred(reader, document, name, path, now)
    if rest and document[name] is not None:
        _expand(reader, document[name], rest, path, now)


def _referred(reader: Reader, document: Document, name: str, path: str, now: float) -> Document | None:
    kind = document["object"]
    if (kind, name) == ("checkout.session", "line_items"):
        lines = reader.require("session_content", document["id"])["lines"]
        return listed(f"/v1/checkout/sessions/{document['id']}/line_items", lines)
    if (kind, name) == ("charge", "refunds"):
        refunds = reader.find("refund", {"charge": document["id"]}, newest_first=True, limit=10)
        return listed(f"/v1/charges/{document['id']}/refunds", refunds)
    kinds = _REFERENCES.get(kind, {}).get(name)
    if kinds is None:
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    reference = document[name]
    for candidate in kinds if reference else ():
        found = reader.get(candidate, reference)
        if found is not None:
            return as_shown(found, now)
    return None
