"""What a payment app answers to a session webhook: read it, and turn it into an event of the transaction."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.common.store import Document, Transaction
from sandbox.saleor.core import Core
from sandbox.saleor.money import to_minor
from sandbox.saleor.payment_effects import settle
from sandbox.saleor.transaction_state import add_event, recount
from sandbox.saleor.webhooks import SyncAnswer

_RESULTS = ("CHARGE_SUCCESS", "CHARGE_FAILURE", "CHARGE_REQUEST", "CHARGE_ACTION_REQUIRED")
_WITH_REFERENCE = ("CHARGE_SUCCESS", "CHARGE_REQUEST")
_ACTIONS = ("CHARGE", "REFUND", "CANCEL")
MESSAGE_LENGTH = 512


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


def read_session_answer(body: dict[str, Any], requested: int) -> SessionAnswer:
    """Raises UnreadableAnswerError. The amount is the requested one where none is answered."""
    result = str(body.get("result", "")).upper()
    if result not in _RESULTS:
        raise UnreadableAnswerError(f"Incorrect value for field: result, value: {body.get('result')!r}.")
    reference = body.get("pspReference") or ""
    if not isinstance(reference, str) or (result in _WITH_REFERENCE and not reference):
        raise UnreadableAnswerError("Missing value for field: pspReference.")
    actions = body.get("actions")
    if actions is not None and (not isinstance(actions, list) or any(a not in _ACTIONS for a in actions)):
        raise UnreadableAnswerError(f"Incorrect value for field: actions, value: {actions!r}.")
    return SessionAnswer(
        result=result,
        reference=reference,
        amount=requested if body.get("amount") is None else _amount(body["amount"]),
        message=str(body.get("message") or "")[:MESSAGE_LENGTH],
        external_url=str(body.get("externalUrl") or ""),
        actions=actions,
    )


def _amount(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise UnreadableAnswerError(f"Incorrect value for field: amount, value: {value!r}.")
    try:
        return to_minor(Decimal(value))
    except InvalidOperation as error:
        raise UnreadableAnswerError(f"Incorrect value for field: amount, value: {value!r}.") from error


def take_session_answer(
    core: Core, tx: Transaction, transaction: Document, request_id: int, answer: SyncAnswer
) -> Document:
    """Write the answer down as an event and return it. Whatever went wrong is a CHARGE_FAILURE."""
    before = transaction["amounts"]
    request = next(e for e in transaction["events"] if e["id"] == request_id)
    try:
        if answer.body is None:
            raise UnreadableAnswerError(answer.failure)
        read = read_session_answer(answer.body, request["amount"])
    except UnreadableAnswerError as error:
        failure = str(error)[:MESSAGE_LENGTH]
        event = add_event(core, tx, transaction, "CHARGE_FAILURE", request["amount"], message=failure, counted=False)
        transaction["message"] = failure
        settle(core, tx, transaction, before)
        return event
    more = {"pspReference": read.reference, "message": read.message, "externalUrl": read.external_url}
    if read.result == "CHARGE_REQUEST":
        event = request
        request |= {**more, "amount": read.amount, "counted": True}
        recount(transaction)
    else:
        event = add_event(core, tx, transaction, read.result, read.amount, **more)
    transaction |= {
        "message": read.message,
        "externalUrl": read.external_url or transaction["externalUrl"],
        "pspReference": read.reference or transaction["pspReference"],
        "actions": transaction["actions"] if read.actions is None else read.actions,
    }
    settle(core, tx, transaction, before)
    return event
