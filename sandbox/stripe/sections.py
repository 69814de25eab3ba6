"""What the control page shows of Stripe, in tables."""

from sandbox.common.control import Action, Input, Panel, Row, Section
from sandbox.common.faults import Switch
from sandbox.common.store import Document, Reader
from sandbox.common.web import moment, money
from sandbox.common.worker import Clock
from sandbox.stripe import ledger
from sandbox.stripe.disputes import may_happen, open_disputes_minor
from sandbox.stripe.refunds import waiting_minor
from sandbox.stripe.settings import CURRENCY

SWITCHES = (
    Switch("error_next_calls", "count", "Laat oproepen mislukken", "Zoveel POST-oproepen krijgen antwoord 500."),
    Switch("lose_next_answers", "count", "Verlies antwoorden", "Uitgevoerd, maar de oproeper krijgt 504."),
    Switch("fail_next_refunds", "count", "Laat terugbetalingen mislukken", "De bank weigert zoveel terugbetalingen."),
    Switch("fail_next_payouts", "count", "Laat uitbetalingen mislukken", "De bank weigert zoveel uitbetalingen."),
    Switch("return_next_payouts", "count", "Laat uitbetalingen terugkomen", "Na “betaald” stuurt de bank ze terug."),
    Switch(
        "refund_without_balance",
        "choice",
        "Terugbetalen zonder saldo",
        "Gewoon: onder € −25 wacht een kaart op saldo en wordt Bancontact geweigerd.",
        choices=(("pend", "alles wacht, vanaf nul"), ("refuse", "alles wordt geweigerd, vanaf nul")),
    ),
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
    "needs_response": "bad",
    "under_review": "busy",
    "warning_needs_response": "busy",
    "warning_under_review": "busy",
    "won": "good",
    "lost": "bad",
}
_DISPUTING = (
    ("fraudulent", "“Dat was ik niet”"),
    ("product_not_received", "Niets gekregen"),
    ("product_unacceptable", "Niet wat het moest zijn"),
    ("credit_not_processed", "Geld niet teruggekregen"),
    ("duplicate", "Twee keer betaald"),
    ("unrecognized", "Kent de betaling niet"),
)
_DECISIONS = {
    "evidence": ("Stuur bewijs", "De bank bekijkt het."),
    "escalate": ("Laat de bank het geld nemen", "Uit de vraag wordt een betwisting."),
    "win": ("Win", "Het geld komt terug, de kosten niet."),
    "lose": ("Verlies", "Het geld blijft bij de klant."),
    "close": ("Sluit de vraag", "De bank laat het erbij."),
}


class PanelOfMoney:
    """The balance on top of the page."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, reader: Reader) -> Panel:
        available, pending = ledger.balances(reader, self._clock())
        fees = reader.total("balance_transaction", "fee")
        return Panel(
            [
                ("Beschikbaar", money(available, CURRENCY)),
                ("Onderweg naar beschikbaar", money(pending, CURRENCY)),
                ("Kosten tot nu toe", money(fees, CURRENCY)),
                ("In betwisting", money(open_disputes_minor(reader), CURRENCY)),
                ("Terugbetaling wacht op saldo", money(waiting_minor(reader), CURRENCY)),
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
            detail=lambda reader, d: [
                *_all(reader, "refund", {"charge": d["id"]}),
                *_all(reader, "dispute", {"charge": d["id"]}),
            ],
            actions=_on_charge,
        ),
        Section(
            "dispute",
            "Betwistingen",
            ("Nummer", "Bedrag", "Reden", "Antwoorden voor", "Toestand"),
            lambda d: _row(d, d["amount"], d["reason"], moment(d["evidence_details"]["due_by"]), d["status"]),
            actions=lambda d: [
                Action(f"/control/dispute/{d['id']}/{what}", *_DECISIONS[what]) for what in may_happen(d["status"])
            ],
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
            actions=lambda d: _failing("refund", d, ("pending", "succeeded"), "Het geld komt niet bij de klant aan."),
        ),
        Section(
            "payout",
            "Uitbetalingen",
            ("Nummer", "Bedrag", "Gemaakt", "Komt aan", "Toestand"),
            lambda d: _row(d, d["amount"], moment(d["created"]), moment(d["arrival_date"]), d["status"]),
            actions=lambda d: _failing("payout", d, ("pending", "paid"), "De bank stuurt het geld terug."),
        ),
        Section(
            "event",
            "Gebeurtenissen",
            ("Nummer", "Soort", "Over", "Gemaakt"),
            lambda d: Row(d["id"], (d["id"], d["type"], d["data"]["object"]["id"], moment(d["created"]))),
        ),
    ]


def _on_charge(charge: Document) -> list[Action]:
    if not charge["paid"] or charge["payment_method_details"]["type"] != "card":
        return []
    inputs = (
        Input("reason", "Reden", choices=_DISPUTING),
        Input("kind", "Soort", choices=(("chargeback", "betwisting"), ("inquiry", "alleen een vraag"))),
        Input("amount", "Bedrag in cent"),
    )
    text = "Zonder bedrag: alles wat nog niet terugbetaald is."
    return [Action(f"/control/charge/{charge['id']}/dispute", "Laat de klant betwisten", text, inputs)]


def _failing(kind: str, document: Document, may: tuple[str, ...], text: str) -> list[Action]:
    return (
        [Action(f"/control/{kind}/{document['id']}/fail", "Laat mislukken", text)] if document["status"] in may else []
    )


def _row(document: Document, amount: int, *cells: str) -> Row:
    return Row(document["id"], (document["id"], money(amount, CURRENCY), *cells), _STATES.get(cells[-1], ""))


def _all(reader: Reader, kind: str, where: dict[str, str]) -> list[tuple[str, Document]]:
    return [(found["id"], found) for found in reader.find(kind, where)]


def _session_detail(reader: Reader, session: Document) -> list[tuple[str, Document]]:
    content = reader.require("session_content", session["id"])
    intent = reader.get("payment_intent", session["payment_intent"] or "")
    return [("Inhoud", content), *([("Betaling", intent)] if intent else [])]
