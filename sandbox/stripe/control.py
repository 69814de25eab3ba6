"""What the control page can let happen to the account's money, by button (form) and by test (JSON)."""

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Request, Response

from sandbox.common.control import ControlPage
from sandbox.common.store import Document, NotStoredError, Store, Transaction
from sandbox.common.web import Route, form_or_json, json_response, redirect
from sandbox.common.worker import Clock
from sandbox.stripe import ledger
from sandbox.stripe.disputes import Disputes
from sandbox.stripe.errors import ImpossibleError
from sandbox.stripe.events import NOBODY
from sandbox.stripe.payouts import Payouts
from sandbox.stripe.refunds import Refunds
from sandbox.stripe.settings import CURRENCY

Happening = Callable[[Transaction, float, Mapping[str, object]], Document]
"""What is let happen, with the time and the fields of the request; raises ImpossibleError, NotStoredError."""


class MoneyControl:
    """The addresses below `/control/` that move money. JSON is answered with the object that it was about."""

    def __init__(
        self, store: Store, clock: Clock, page: ControlPage, *, disputes: Disputes, refunds: Refunds, payouts: Payouts
    ) -> None:
        self._store = store
        self._clock = clock
        self._page = page
        self._disputes = disputes
        self._refunds = refunds
        self._payouts = payouts

    def routes(self) -> list[Route]:
        return [
            Route("/control/payout", self._pay_out, ("POST",)),
            Route("/control/charge/<charge_id>/dispute", self._dispute, ("POST",)),
            Route("/control/dispute/<dispute_id>/<what>", self._decide, ("POST",)),
            Route("/control/refund/<refund_id>/fail", self._fail_refund, ("POST",)),
            Route("/control/payout/<payout_id>/fail", self._fail_payout, ("POST",)),
        ]

    def _pay_out(self, request: Request) -> Response:
        def happen(tx: Transaction, now: float, wanted: Mapping[str, object]) -> Document:
            available, pending = ledger.balances(tx, now)
            if available > 0:
                return self._payouts.create(tx, {"amount": available, "currency": CURRENCY}, NOBODY, now)
            text = "Er is nog niets beschikbaar om uit te betalen."
            if pending > 0:
                text += " Wat klanten net betaalden, is enkele seconden later beschikbaar."
            raise ImpossibleError(text)

        return self._let(request, happen, lambda about: "/control/?done=done")

    def _dispute(self, request: Request, charge_id: str) -> Response:
        return self._let(
            request,
            lambda tx, now, wanted: self._disputes.open(
                tx,
                charge_id,
                amount=_cents(wanted.get("amount")),
                reason=str(wanted.get("reason") or "fraudulent"),
                is_inquiry=wanted.get("kind") == "inquiry",
                now=now,
            ),
            lambda about: f"/control/dispute/{about['id']}?done=done",
        )

    def _decide(self, request: Request, dispute_id: str, what: str) -> Response:
        return self._let(
            request,
            lambda tx, now, wanted: self._disputes.happen(
                tx, dispute_id, what, now, fee_returned=wanted.get("fee_returned") in (True, "1")
            ),
            lambda about: f"/control/dispute/{dispute_id}?done=done",
        )

    def _fail_refund(self, request: Request, refund_id: str) -> Response:
        return self._let(
            request,
            lambda tx, now, wanted: self._refunds.fail(tx, refund_id, str(wanted.get("reason") or "declined"), now),
            lambda about: f"/control/refund/{refund_id}?done=done",
        )

    def _fail_payout(self, request: Request, payout_id: str) -> Response:
        return self._let(
            request,
            lambda tx, now, wanted: self._payouts.fail(tx, payout_id, now),
            lambda about: f"/control/payout/{payout_id}?done=done",
        )

    def _let(self, request: Request, happen: Happening, afterwards: Callable[[Document], str]) -> Response:
        is_json = request.mimetype == "application/json"
        try:
            wanted = form_or_json(request)
            with self._store.write() as tx:
                about = happen(tx, self._clock(), wanted)
        except NotStoredError:
            return self._refuse(is_json, 404, "Dit is hier niet.")
        except ImpossibleError as error:
            return self._refuse(is_json, 409, str(error))
        except ValueError as error:
            return self._refuse(is_json, 400, str(error))
        return json_response(about) if is_json else redirect(afterwards(about))

    def _refuse(self, is_json: bool, status: int, text: str) -> Response:
        if is_json:
            return json_response({"error": {"message": text}}, status)
        return self._page.render("control/message.html", status, title="Dat ging niet", text=text)


def _cents(raw: object) -> int | None:
    """A whole number of cents, or None for nothing given; raises ValueError."""
    if raw in (None, ""):
        return None
    if isinstance(raw, bool) or not str(raw).isdecimal():
        raise ValueError(f"{raw!r} is geen geheel aantal cent")
    return int(str(raw))
