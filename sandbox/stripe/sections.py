"""What the control page shows of Stripe, in tables."""

from sandbox.common.control import Action, Panel, Row, Section
from sandbox.common.faults import Switch
from sandbox.common.store import Document, Reader
from sandbox.common.web import moment, money
from sandbox.common.worker import Clock
from sandbox.stripe import ledger
from sandbox.stripe.settings import CURRENCY

SWITCHES = (
    Switch("error_next_calls", "count", "Laat oproepen mislukken", "Zoveel POST-oproepen krijgen antwoord 500."),
    Switch("lose_next_answers", "count", "Verlies antwoorden", "Uitgevoerd, maar de oproeper krijgt 504."),
    Switch("fail_next_refunds", "count", "Laat terugbetalingen mislukken", "De bank weigert zoveel terugbetalingen."),
    Switch("fail_next_payouts", "count", "Laat uitbetalingen mislukken", "De bank weigert zoveel uitbetalingen."),
)
PAYOUT = Action(
    "/control/payout",
    "Betaal nu uit naar de bank",
    "Alles wat beschikbaar is; na enkele seconden staat het op de bank.",
)
_STATES = {
    "open": "busy",
    "complete": "good",
    "expired": "",
    "succeeded": "good",
    "failed": "bad",
    "pending": "busy",
    "available": "good",
    "paid": "good",
    "canceled": "",
    "requires_payment_method": "busy",
}


class PanelOfMoney:
    """The balance on top of the page."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, reader: Reader) -> Panel:
        available, pending = ledger.balances(reader, self._clock())
        fees = sum(transaction["fee"] for transaction in reader.find("balance_transaction"))
        return Panel(
            [
                ("Beschikbaar", money(available, CURRENCY)),
                ("Onderweg naar beschikbaar", money(pending, CURRENCY)),
                ("Kosten tot nu toe", money(fees, CURRENCY)),
            ],
            [PAYOUT],
        )


def sections(clock: Clock) -> list[Section]:
    """The tables, in the order in which a payment goes through them."""
    return [
        Section(
            "checkout.session",
            "Betaalpagina's",
            ("Nummer", "Bedrag", "Gemaakt", "Vervalt", "Toestand"),
            lambda d: _row(d, d["amount_total"], moment(d["created"]), moment(d["expires_at"]), d["status"]),
            detail=_session_detail,
        ),
        Section(
            "payment_intent",
            "Betalingen",
            ("Nummer", "Bedrag", "Groep", "Gemaakt", "Toestand"),
            lambda d: _row(d, d["amount"], d["transfer_group"] or "–", moment(d["created"]), d["status"]),
            detail=lambda reader, d: _all(reader, "charge", {"payment_intent": d["id"]}),
        ),
        Section(
            "charge",
            "Afschrijvingen",
            ("Nummer", "Bedrag", "Manier", "Terugbetaald", "Toestand"),
            lambda d: _row(
                d, d["amount"], d["payment_method_details"]["type"], money(d["amount_refunded"], CURRENCY), d["status"]
            ),
            detail=lambda reader, d: _all(reader, "refund", {"charge": d["id"]}),
        ),
        Section(
            "balance_transaction",
            "Bewegingen",
            ("Nummer", "Bedrag", "Kosten", "Soort", "Toestand"),
            lambda d: _row(d, d["amount"], money(d["fee"], CURRENCY), d["type"], ledger.as_of(d, clock())["status"]),
        ),
        Section(
            "refund",
            "Terugbetalingen",
            ("Nummer", "Bedrag", "Afschrijving", "Gemaakt", "Toestand"),
            lambda d: _row(d, d["amount"], d["charge"], moment(d["created"]), d["status"]),
        ),
        Section(
            "payout",
            "Uitbetalingen",
            ("Nummer", "Bedrag", "Gemaakt", "Komt aan", "Toestand"),
            lambda d: _row(d, d["amount"], moment(d["created"]), moment(d["arrival_date"]), d["status"]),
        ),
        Section(
            "event",
            "Gebeurtenissen",
            ("Nummer", "Soort", "Over", "Gemaakt"),
            lambda d: Row(d["id"], (d["id"], d["type"], d["data"]["object"]["id"], moment(d["created"]))),
        ),
    ]


def _row(document: Document, amount: int, *cells: str) -> Row:
    return Row(document["id"], (document["id"], money(amount, CURRENCY), *cells), _STATES.get(cells[-1], ""))


def _all(reader: Reader, kind: str, where: dict[str, str]) -> list[tuple[str, Document]]:
    return [(found["id"], found) for found in reader.find(kind, where)]


def _session_detail(reader: Reader, session: Document) -> list[tuple[str, Document]]:
    content = reader.require("session_content", session["id"])
    intent = reader.get("payment_intent", session["payment_intent"] or "")
    return [("Inhoud", content), *([("Betaling", intent)] if intent else [])]
