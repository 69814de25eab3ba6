"""What the control page shows of this stand-in: orders, checkouts, payments with their events, apps."""

from collections.abc import Callable

from sandbox.common.control import Panel, Row, Section
from sandbox.common.store import Document, Reader
from sandbox.common.web import moment
from sandbox.saleor.core import Core

_COLOURS = {"FULL": "good", "OVERCHARGED": "busy", "PARTIAL": "busy", "NONE": ""}


def _at(microseconds: int) -> str:
    return moment(microseconds / 1_000_000)


def _checkout(document: Document) -> Row:
    pieces = sum(line["quantity"] for line in document["lines"])
    cells = (document["email"] or "–", str(pieces), document["chargeStatus"], _at(document["updatedAt"]))
    return Row(document["id"], cells, _COLOURS[document["chargeStatus"]])


SECTIONS = [
    Section("checkout", "Winkelmandjes", ("Klant", "Stuks", "Betaald", "Gewijzigd"), _checkout),
]


def panel(core: Core) -> Callable[[Reader], Panel]:
    """The figures on top of the first page."""

    def figures(reader: Reader) -> Panel:
        return Panel([("Winkelmandjes", str(reader.count("checkout")))])

    return figures
