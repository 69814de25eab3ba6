"""What a payment app answers to a session webhook: read it, and turn it into an event of the transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from sandbox.common.store import Document, Transaction
from sandbox.saleor.core import Core
from sandbox.saleor.money import to_minor
from sandbox.saleor.payment_effects import settle
from sandbox.saleor.transaction_state import add_event, recount, set_actions, store_transaction, tell
from sandbox.saleor.webhooks import SyncAnswer

_RESULTS = ("CHARGE_SUCCESS", "CHARGE_FAILURE", "CHARGE_REQUEST", "CHARGE_ACTION_REQUIRED")
_WITH_REFERENCE = ("CHARGE_SUCCESS", "CHARGE_REQUEST")
_ACTIONS = ("CHARGE", "REFUND", "CANCEL")
MESSAGE_LENGTH = 512
_CENT = Decimal("0.01")


class UnreadableAnswerError(ValueError):
    """The answer does not have the shape that Saleor's JSON schema asks; the text says where."""


@dataclass(frozen=True)
class SessionAnswer:
    """A session webhook's answer in the right shape; the amount in minor units."""

    result: str
    reference: str
    amount: int
    message: str
    external_url: str
    actions: list[str] | None


def read_session_answer(body: Mapping[str, Any], requested: int) -> SessionAnswer:
    """Raises UnreadableAnswerError. The amount is the requested one where none (or nothing) is answered."""
    result = body.get("result")
    if result not in _RESULTS:
        raise UnreadableAnswerError(f"Missing or invalid value for `result`: {result}.")
    return SessionAnswer(
        result=result,
        reference=read_reference(body, needed=result in _WITH_REFERENCE),
        amount=read_amount(body, requested),
        message=short(body.get("message")),
        external_url=_external_url(body.get("externalUrl")),
        actions=read_actions(body),
    )


def read_reference(body: Mapping[str, Any], *, needed: bool) -> str:
    """The provider's reference; raises UnreadableAnswerError."""
    reference = body.get("pspReference")
    if reference is not None and not isinstance(reference, str):
        raise UnreadableAnswerError(f"Incorrect value ({reference}) for field: pspReference.")
    if needed and not reference:
        raise UnreadableAnswerError("Missing value for field: pspReference.")
    return reference or ""


def read_amount(body: Mapping[str, Any], requested: int) -> int:
    """The answered amount, halves to even, or else the requested one; raises UnreadableAnswerError."""
    value = body.get("amount")
    if value is None:
        return requested
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise UnreadableAnswerError(f"Incorrect value ({value}) for field: amount.")
    try:
        return to_minor(Decimal(value).quantize(_CENT, ROUND_HALF_EVEN)) or requested
    except InvalidOperation as error:
        raise UnreadableAnswerError(f"Incorrect value ({value}) for field: amount.") from error


def read_actions(body: Mapping[str, Any]) -> list[str] | None:
    """The answered actions; those that Saleor does not know are passed over. Raises UnreadableAnswerError."""
    actions = body.get("actions")
    if actions is None:
        return None
    if not isinstance(actions, list):
        raise UnreadableAnswerError(f"Incorrect value ({actions}) for field: actions.")
    return [action for action in actions if action in _ACTIONS]


def short(message: object) -> str:
    """A message of at most the length that an event keeps."""
    text = str(message or "")
    return text if len(text) <= MESSAGE_LENGTH else f"{text[: MESSAGE_LENGTH - 1]}…"


def _external_url(value: object) -> str:
    if not value:
        return ""
    parts = urlsplit(str(value))
    if not (parts.scheme and parts.netloc):
        raise UnreadableAnswerError(f"Incorrect value ({value}) for field: externalUrl.")
    return str(value)


def take_session_answer(
    core: Core, tx: Transaction, transaction: Document, request_id: int, answer: SyncAnswer
) -> Document:
    """Write the answer down as an event and return it. Whatever went wrong is a CHARGE_FAILURE."""
    before = transaction["amounts"]
    request: Document = next(e for e in transaction["events"] if e["id"] == request_id)
    try:
        if answer.body is None:
            raise UnreadableAnswerError(answer.failure)
        read = read_session_answer(answer.body, request["amount"])
    except UnreadableAnswerError as error:
        return _failed(core, tx, transaction, request, str(error))
    more = {"pspReference": read.reference, "message": read.message, "externalUrl": read.external_url}
    if read.result == "CHARGE_REQUEST":
        event = request
        request |= {**more, "amount": read.amount, "counted": True}
        recount(transaction)
    else:
        told = tell(core, tx, transaction, read.result, read.amount, **more)
        if told is None:
            return _failed(core, tx, transaction, request, "This was told before, with another amount.")
        event = told
        request["pspReference"] = read.reference
    transaction["pspReference"] = read.reference or transaction["pspReference"]
    if read.result in _WITH_REFERENCE:
        if read.actions is not None:
            set_actions(transaction, read.actions)
        settle(core, tx, transaction, before)
    else:
        # No money moved: neither the checkout nor the order hears of it.
        store_transaction(core, tx, transaction)
    return event


def _failed(core: Core, tx: Transaction, transaction: Document, request: Document, cause: str) -> Document:
    more = {"pspReference": request["pspReference"], "message": short(cause)}
    event = add_event(core, tx, transaction, "CHARGE_FAILURE", request["amount"], counted=False, **more)
    store_transaction(core, tx, transaction)
    return event
