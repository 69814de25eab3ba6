"""The whole stand-in for Stripe, put together."""

import time
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from sandbox.common.calls import Calls
from sandbox.common.control import ControlPage
from sandbox.common.disturbances import Disturbances
from sandbox.common.faults import Faults
from sandbox.common.outbox import Outbox
from sandbox.common.store import Store
from sandbox.common.timers import Timers
from sandbox.common.web import Program
from sandbox.common.worker import Clock
from sandbox.stripe.api import Api
from sandbox.stripe.control import MoneyControl
from sandbox.stripe.disputes import Disputes
from sandbox.stripe.events import POLICY, Events, Renderer, Signer
from sandbox.stripe.operations import operations
from sandbox.stripe.pages import PaymentPage
from sandbox.stripe.payouts import Payouts
from sandbox.stripe.refunds import Refunds
from sandbox.stripe.sections import SWITCHES, PanelOfMoney, sections
from sandbox.stripe.sessions import Sessions
from sandbox.stripe.settings import StripeSettings

HERE = Path(__file__).parent
_INDEXES = (
    *("state due_at", "due_at", "delivery", "created", "payment_intent", "charge", "type"),
    *("available_on", "source", "pending_reason"),
)


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
        refunds = Refunds(events, self.timers, self.faults)
        payouts = Payouts(events, self.timers, self.faults)
        disputes = Disputes(events, self.timers, refunds)
        self.api = Api(settings, self.store, self.faults, clock)
        self._pages = PaymentPage(self.store, checkout, clock)
        calls = Calls(("/v1/",), Disturbances(self.store, self.faults, clock, ("/v1/",)).around)
        self._control = ControlPage(
            "Stripe",
            settings=settings.sandbox,
            store=self.store,
            faults=self.faults,
            outbox=self.outbox,
            clock=clock,
            sections=sections(clock),
            panel=PanelOfMoney(clock),
            calls=calls.counts,
        )
        money = MoneyControl(self.store, clock, self._control, disputes=disputes, refunds=refunds, payouts=payouts)
        self.app = Program(
            [
                *self.api.routes(operations(checkout, refunds, payouts)),
                *self._pages.routes(),
                *money.routes(),
                *self._control.routes(),
            ],
            store=self.store,
            unavailable=self._unavailable,
            failed=self._failed,
            around=calls.around,
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
