"""The bank file: a SEPA credit transfer order, ISO 20022 pain.001.001.09."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sepaxml import SepaTransfer
from stdnum import bic as bic_number

SCHEMA = "pain.001.001.09"
# Letters are made plain by sepaxml afterwards; every other sign that banks do not take becomes a space.
_NOT_FOR_BANKS = re.compile(r"[^\w/\-?:().,'+ ]|_")


@dataclass(frozen=True)
class Payer:
    """Whose account the money leaves; `bic` may be empty."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Transfer:
    """One payment in cents of a euro; `end_to_end_id` comes back in the bank's reports (at most 35 characters)."""

    end_to_end_id: str
    name: str
    iban: str
    bic: str
    amount_minor: int
    remittance: str


class _Order(SepaTransfer):  # type: ignore[misc]
    """sepaxml draws random ids and reads the clock; ours come from the batch, so that one batch is one file."""

    def __init__(self, config: dict[str, object], message_id: str, made_at: datetime) -> None:
        self._message_id = message_id
        self._made_at = made_at
        super().__init__(config, schema=SCHEMA, clean=True)

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        stamps = {
            "MsgId": self._message_id,
            "PmtInfId": self._message_id,
            "CreDtTm": self._made_at.replace(microsecond=0).isoformat(),
        }
        for tag, text in stamps.items():
            for node in self._xml.iter(tag):
                node.text = text


def credit_transfer_file(
    *, payer: Payer, transfers: Iterable[Transfer], message_id: str, execute_on: date, made_at: datetime
) -> bytes:
    """The file for the bank, checked against the schema; a `sepaxml` ValidationError is a bug of ours.

    Payees are named without an address: banks refuse addresses that are not split in fields, and inside SEPA none is
    needed. A payee's BIC that is no BIC is left out, since the IBAN says which bank it is.
    """
    config: dict[str, object] = {
        "name": _plain(payer.name),
        "IBAN": _compact(payer.iban),
        "batch": True,
        "currency": "EUR",
    }
    if payer.bic:
        config["BIC"] = _compact(payer.bic)
    order = _Order(config, message_id, made_at)
    for transfer in transfers:
        payment: dict[str, object] = {
            "name": _plain(transfer.name),
            "IBAN": _compact(transfer.iban),
            "amount": transfer.amount_minor,
            "execution_date": execute_on,
            "description": _plain(transfer.remittance),
            "endtoend_id": transfer.end_to_end_id,
        }
        if bic_number.is_valid(transfer.bic):
            payment["BIC"] = _compact(transfer.bic)
        order.add_payment(payment)
    content = order.export(validate=True)
    assert isinstance(content, bytes)
    return content


def _plain(text: str) -> str:
    return " ".join(_NOT_FOR_BANKS.sub(" ", text.replace("&", "+")).split())


def _compact(number: str) -> str:
    return re.sub(r"\s", "", number).upper()
