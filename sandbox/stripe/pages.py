"""Stripe's hosted payment page, as the customer sees it: pay, be refused, or walk away. Works without JavaScript."""

from pathlib import Path

from werkzeug.wrappers import Request, Response

from sandbox.common.store import Document, Store
from sandbox.common.web import Route, page, redirect, templates
from sandbox.common.worker import Clock
from sandbox.stripe.sessions import Sessions
from sandbox.stripe.settings import SHOP_NAME

HERE = Path(__file__).parent
METHODS = {"bancontact": "Bancontact", "card": "Kaart"}


class PaymentPage:
    """The addresses below `/pay/`."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._templates = templates(HERE / "templates", program="Stripe", shop=SHOP_NAME, methods=METHODS)

    def routes(self) -> list[Route]:
        return [Route("/pay/<session_id>", self._show), Route("/pay/<session_id>", self._submit, ("POST",))]

    def down(self, request: Request) -> Response:
        """What the customer sees while Stripe is pretended to be out of reach."""
        text = "De betaalpagina is even niet bereikbaar. Probeer het over enkele minuten opnieuw."
        return page(self._templates, "pay/over.html", 503, title="Even geduld", text=text, link=None, session=None)

    def _show(self, request: Request, session_id: str) -> Response:
        session = self._store.get("checkout.session", session_id)
        if session is None:
            return self._unknown()
        if session["status"] != "open" or session["expires_at"] <= self._clock():
            return self._over(session)
        content = self._store.require("session_content", session_id)
        return page(
            self._templates,
            "pay/open.html",
            session=session,
            lines=content["lines"],
            refused="refused" in request.args,
            chosen=_chosen(request.args.get("method"), session),
        )

    def _submit(self, request: Request, session_id: str) -> Response:
        session = self._store.get("checkout.session", session_id)
        if session is None:
            return self._unknown()
        method = _chosen(request.form.get("method"), session)
        declines = request.form.get("action") == "decline"
        with self._store.write() as tx:
            happen = self._sessions.decline if declines else self._sessions.pay
            done = happen(tx, session_id, method, self._clock())
        if done is None:
            return self._over(self._store.require("checkout.session", session_id))
        if declines:
            return redirect(f"/pay/{session_id}?refused&method={method}")
        return redirect(success_address(done))

    def _unknown(self) -> Response:
        text = "Deze betaalpagina bestaat niet. Ga terug naar de winkel en begin opnieuw."
        return page(self._templates, "pay/over.html", 404, title="Niet gevonden", text=text, link=None, session=None)

    def _over(self, session: Document) -> Response:
        if session["status"] == "complete":
            title, text = "Al betaald", "Deze bestelling is betaald. Je hoeft niets meer te doen."
            link = success_address(session)
        else:
            title = "Verlopen"
            text = (
                "Deze betaalpagina is verlopen en er is niets betaald. Ga terug naar de winkel om opnieuw te betalen."
            )
            link = session["cancel_url"]
        return page(self._templates, "pay/over.html", title=title, text=text, link=link, session=session)


def success_address(session: Document) -> str:
    """Where the customer goes after paying, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", str(session["id"]))


def _chosen(method: str | None, session: Document) -> str:
    allowed: list[str] = [name for name in METHODS if name in session["payment_method_types"]]
    return method if method in allowed else allowed[0]
