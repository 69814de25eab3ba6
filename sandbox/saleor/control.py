"""What the control page shows of this stand-in: orders, checkouts, payments with their events, apps."""

from collections.abc import Callable

from sandbox.common.control import Panel, Row, Section
from sandbox.common.store import Document, Reader
from sandbox.common.web import moment, money
from sandbox.saleor.core import Core

_SHOWN = 60
_PAID = {"FULL": "good", "OVERCHARGED": "busy", "PARTIAL": "busy", "NONE": ""}
_STATUS = {"UNFULFILLED": "busy", "PARTIALLY_FULFILLED": "busy", "FULFILLED": "good", "CANCELED": "bad"}


def _at(microseconds: int) -> str:
    return moment(microseconds / 1_000_000)


def _checkout(document: Document) -> Row:
    pieces = sum(line["quantity"] for line in document["lines"])
    failure = document["completion_failure"]
    state = "bad" if failure else _PAID[document["chargeStatus"]]
    paid = f"{document['chargeStatus']} ({failure})" if failure else document["chargeStatus"]
    cells = (document["email"] or "zonder e-mail", str(pieces), _at(document["updatedAt"]), paid)
    return Row(document["id"], cells, state)


def _order(document: Document) -> Row:
    total = document["total"]
    cells = (
        f"nr. {document['number']}",
        document["userEmail"],
        money(total["gross"], total["currency"]),
        _at(document["updatedAt"]),
        document["status"],
    )
    return Row(document["id"], cells, _STATUS.get(document["status"], ""))


def _order_parts(reader: Reader, order: Document) -> list[tuple[str, Document]]:
    parts = [("Transactie", t) for t in reader.find("transaction", {"order": order["id"]})]
    parts += [("Verzending", f) for f in reader.find("fulfillment", {"order": order["id"]})]
    return parts + [("Toegekende terugbetaling", g) for g in reader.find("granted_refund", {"order": order["id"]})]


def _transaction(document: Document) -> Row:
    amounts, currency = document["amounts"], document["currency"]
    last = document["events"][-1]["type"] if document["events"] else "–"
    cells = (
        document["name"],
        money(amounts["charged"], currency),
        money(amounts["refunded"] + amounts["refund_pending"], currency),
        _at(document["modified"]),
        last,
    )
    return Row(document["id"], cells, "bad" if last.endswith("FAILURE") else "good" if amounts["charged"] > 0 else "")


def _app(document: Document) -> Row:
    cells = (
        document["identifier"],
        document["name"],
        document["version"],
        str(len(document["webhooks"])),
        "actief" if document["is_active"] else "uit",
    )
    return Row(document["id"], cells, "good" if document["is_active"] else "")


def _installation(document: Document) -> Row:
    told = document["message"] or "–"
    shown = told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"
    cells = (document["app_name"], document["manifest_url"], shown, document["status"])
    return Row(document["id"], cells, "bad" if document["status"] == "FAILED" else "busy")


def _stock(document: Document) -> Row:
    free = document["quantity"] - document["allocated"]
    cells = (document["sku"], document["warehouse"], str(document["quantity"]), str(document["allocated"]), str(free))
    return Row(f"{document['sku']}@{document['warehouse']}", cells, "good" if free > 0 else "bad")


def _promotion(document: Document) -> Row:
    until = _at(document["ends"]) if document["ends"] is not None else "–"
    rules = ", ".join(f"{rule['value']} {rule['type']}" for rule in document["rules"])
    state = {"started": "loopt", "ended": "voorbij"}.get(document["told"], "nog niet begonnen")
    cells = (document["name"], rules, _at(document["starts"]), until, state)
    return Row(document["id"], cells, "good" if document["told"] == "started" else "")


SECTIONS = [
    Section("order", "Bestellingen", ("Bestelling", "Klant", "Totaal", "Gewijzigd", "Status"), _order, _order_parts),
    Section("checkout", "Winkelmandjes", ("Klant", "Stuks", "Gewijzigd", "Betaald"), _checkout),
    Section(
        "transaction",
        "Transacties",
        ("App", "Betaald", "Terug of onderweg terug", "Gewijzigd", "Laatste gebeurtenis"),
        _transaction,
    ),
    Section("app", "Apps", ("Naam in het manifest", "Naam", "Versie", "Webhooks", "Toestand"), _app),
    Section("installation", "Installaties", ("App", "Manifest", "Melding", "Status"), _installation),
    Section("promotion", "Promoties", ("Promotie", "Korting", "Vanaf", "Tot", "Toestand"), _promotion),
    Section("stock", "Voorraad", ("Artikel", "Magazijn", "Aanwezig", "Gereserveerd", "Vrij"), _stock),
]


def panel(core: Core) -> Callable[[Reader], Panel]:
    """The figures on top of the first page."""

    def figures(reader: Reader) -> Panel:
        stuck = [c for c in reader.find("checkout", {"authorizeStatus": "FULL"}) if c["completion_failure"]]
        return Panel(
            [
                ("Producten", str(len(core.catalogue.file.products))),
                ("Bestellingen", str(reader.count("order"))),
                ("Betaald zonder bestelling", str(len(stuck))),
                ("Apps", str(reader.count("app", {"is_active": True}))),
            ]
        )

    return figures
