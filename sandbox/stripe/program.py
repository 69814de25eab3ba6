"""The whole stand-in for Stripe, put together."""

import time
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from sandbox.common.control import ControlPage
from sandbox.common.faults import Faults
from sandbox.common.outbox import Outbox
from sandbox.common.store import Store
from sandbox.common.timers import Timers
from sandbox.common.web import Program, Route, redirect
from sandbox.common.worker import Clock
from sandbox.stripe import ledger
from sandbox.stripe.api import Api
from sandbox.stripe.events import NOBODY, POLICY, Events, Renderer, Signer
from sandbox.stripe.operations import operations
from sandbox.stripe.pages import PaymentPage
from sandbox.stripe.payouts import Payouts
from sandbox.stripe.refunds import Refunds
from sandbox.stripe.sections import SWITCHES, PanelOfMoney, sections
from sandbox.stripe.sessions import Sessions
from sandbox.stripe.settings import CURRENCY, StripeSettings

HERE = Path(__file__).parent
_INDEXES = ("state", "due_at", "delivery", "created", "payment_intent", "charge", "type")


class StripeSandbox:
    """One stand-in with its state. `app` is the WSGI program; nothing happens by itself before `start`."""

    def __init__(self, settings: StripeSettings, clock: Clock = time.time) -> None:
        self._clock = clock
        self.store = Store(settings.sandbox.state / "stripe.sqlite3", indexes=_INDEXES)
        self.faults = Faults(self.store, SWITCHES)
        self.outbox = Outbox(
            self.store,
            self.faults,
            policy=POLICY,
            render=Renderer(self.store, settings.webhook_url),
            sign=Signer(settings.webhook_secret),
            clock=clock,
        )
        self.timers = Timers(self.store, {}, clock)
        events = Events(self.outbox)
        checkout = Sessions(events, self.timers, settings.sandbox.stripe_url)
        self._payouts = Payouts(events, self.timers, self.faults)
        self.api = Api(settings, self.store, self.faults, clock)
        self._pages = PaymentPage(self.store, checkout, clock)
        self._control = ControlPage(
            "Stripe",
            settings=settings.sandbox,
            store=self.store,
            faults=self.faults,
            outbox=self.outbox,
            clock=clock,
            sections=sections(clock),
            panel=PanelOfMoney(clock),
        )
        calls = operations(checkout, Refunds(events, self.timers, self.faults), self._payouts)
        self.app = Program(
            [
                *self.api.routes(calls),
                *self._pages.routes(),
                Route("/control/payout", self._pay_out, ("POST",)),
                *self._control.routes(),
            ],
            store=self.store,
            unavailable=self._unavailable,
            failed=self._failed,
            assets=[HERE / "static"],
        )

    def start(self) -> None:
        """Deliver webhooks and let time pass, in the background."""
        self.outbox.start()
        self.timers.workers.start()

    def stop(self) -> None:
        """Finish what is being done and close the store."""
        self.timers.workers.stop()
        self.outbox.stop()
        self.store.close()

    def _unavailable(self, request: Request) -> Response | None:
        if not self.faults.is_down(self._clock()):
            return None
        return self._pages.down(request) if request.path.startswith("/pay/") else self.api.down(request)

    def _failed(self, request: Request, error: HTTPException) -> Response | None:
        return self.api.failed(request, error) or self._control.failed(error)

    def _pay_out(self, request: Request) -> Response:
        now = self._clock()
        with self.store.write() as tx:
            available, pending = ledger.balances(tx, now)
            if available > 0:
                self._payouts.create(tx, {"amount": available, "currency": CURRENCY}, NOBODY, now)
        if available > 0:
            return redirect("/control/?done=done")
        text = "Er is nog niets beschikbaar om uit te betalen."
        if pending > 0:
            text += " Wat klanten net betaalden, is enkele seconden later beschikbaar."
        return self._control.render("control/message.html", 409, title="Niets uit te betalen", text=text)
