"""The bank file: a SEPA credit transfer order, ISO 20022 pain.001.001.09.

What is typed by people is refused where they type it; here a name that banks do not take is a bug of ours.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import sepaxml
from sepaxml import SepaTransfer
from stdnum import bic as bic_number

if TYPE_CHECKING:
    from xmlschema import XMLSchema

SCHEMA = "pain.001.001.09"
_NAME = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,70}")
_REMITTANCE = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,140}")
"""What banks take, and how much of it."""


@dataclass(frozen=True)
class Payer:
    """Whose account the money leaves, the name in SEPA's alphabet; `bic` may be empty."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Transfer:
    """One payment in cents of a euro; `end_to_end_id` comes back in the bank's reports (at most 35 characters).

    Name (70 characters) and remittance (140) in SEPA's alphabet; the IBAN of a SEPA country.
    """

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
        super().__init__(config, schema=SCHEMA, clean=False)

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
    """The file for the bank, checked against the schema.

    Payees are named without an address: banks refuse addresses that are not split in fields, and inside SEPA none is
    needed. A payee's BIC that is no BIC is left out, since the IBAN says which bank it is.
    """
    config: dict[str, object] = {
        "name": _checked(payer.name, _NAME),
        "IBAN": _compact(payer.iban),
        "batch": True,
        "currency": "EUR",
    }
    if payer.bic:
        config["BIC"] = _compact(payer.bic)
    order = _Order(config, message_id, made_at)
    for transfer in transfers:
        payment: dict[str, object] = {
            "name": _checked(transfer.name, _NAME),
            "IBAN": _compact(transfer.iban),
            "amount": transfer.amount_minor,
            "execution_date": execute_on,
            "description": _checked(transfer.remittance, _REMITTANCE),
            "endtoend_id": transfer.end_to_end_id,
        }
        if bic_number.is_valid(transfer.bic):
            payment["BIC"] = _compact(transfer.bic)
        order.add_payment(payment)
    content = order.export(validate=False)
    assert isinstance(content, bytes)
    _schema().validate(content.decode())
    return content


@cache
def _schema() -> "XMLSchema":
    """What banks hold a file against. Read once: it takes far longer than the check."""
    from xmlschema import XMLSchema  # it changes etree where it is imported, so only who needs it does

    return XMLSchema(str(files(sepaxml) / "schemas" / f"{SCHEMA}.xsd"))


def _checked(text: str, taken: re.Pattern[str]) -> str:
    assert taken.fullmatch(text), text
    return text


def _compact(number: str) -> str:
    return re.sub(r"\s", "", number).upper()
