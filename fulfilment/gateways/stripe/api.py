"""What we ask of Stripe, through its own SDK: one method for each call. Every one may raise `GatewayError`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stripe

from fulfilment import metrics
from fulfilment.errors import GatewayError
from fulfilment.gateways.neighbours import STRIPE, not_asked, said_at
from fulfilment.gateways.stripe.values import (
    Balance,
    BankPayout,
    Dispute,
    Intent,
    Movement,
    Origin,
    PageLine,
    Refund,
    Session,
)
from fulfilment.outside import NO_ANSWER
from neighbours.neighbour import NotAsked

BROKEN = "stripe_broken"
"""Code of a `GatewayError` where Stripe answered that it failed itself."""

PAGE_LANGUAGES = {"nl", "fr", "en", "de"}
"""Languages in which the page is asked for; for any other, Stripe looks at the customer's browser."""


def is_kept(error: GatewayError) -> bool:
    """Whether Stripe keeps this answer for the idempotency key, failures of its own included: only another will do."""
    return error.code == BROKEN or not error.retry


class Stripe:
    """Stripe, as one account. A repeat with the same key is answered as the first time."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    def open_session(
        self,
        *,
        reference: str,
        idempotency_key: str,
        lines: Sequence[PageLine],
        currency: str,
        email: str,
        language: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        metadata: dict[str, str],
    ) -> Session:
        """Open a hosted payment page for the sum of these lines; the same key opens the same page."""
        params: Any = {
            "mode": "payment",
            "line_items": [_line_item(line, currency) for line in lines],
            "client_reference_id": reference,
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
            "locale": language if language in PAGE_LANGUAGES else "auto",
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "transfer_group": reference},
        }
        if email:
            params["customer_email"] = email
        with _asking("open a session"):
            made = self._v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
        return _session(made)

    def methods(self) -> tuple[str, ...]:
        """What a page can be paid with, by Stripe's names (`bancontact`): what the account has switched on and may
        take. Stripe leaves out what does not fit a page, its sum for one."""
        with _asking("tell how a page is paid"):
            found = self._v1.payment_method_configurations.list({"limit": 100})
            own = [one.to_dict() for one in found.auto_paging_iter() if one.is_default and not one.application]
        return tuple(sorted(name for one in own for name, set_to in one.items() if _is_offered(set_to)))

    def session(self, session_id: str) -> Session:
        with _asking("show a session"):
            return _session(self._v1.checkout.sessions.retrieve(session_id))

    def expire_session(self, session_id: str) -> Session:
        """Close a session that nobody paid; one that is no longer open is returned as it is."""
        found = self.session(session_id)
        if found.status != "open":
            return found
        try:
            with _asking("expire a session"):
                return _session(self._v1.checkout.sessions.expire(session_id))
        except GatewayError as error:
            if error.retry:
                raise
            return self.session(session_id)  # it was paid or expired between our two calls

    def intent(self, intent_id: str) -> Intent:
        with _asking("show a payment"):
            found: Any = self._v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge.balance_transaction"]})
        charge = found.latest_charge
        settled = charge.balance_transaction if charge else None
        return Intent(
            id=found.id,
            status=found.status,
            amount_received_minor=found.amount_received,
            currency=found.currency.upper(),
            reference=(found.metadata or {})["reference"] if found.metadata and "reference" in found.metadata else "",
            charge_id=charge.id if charge else "",
            charge_failed=bool(charge and charge.status == "failed"),
            failure_message=(charge.failure_message or "") if charge else "",
            charged_at=_moment(charge.created if charge else found.created),
            fee_minor=settled.fee if settled and not isinstance(settled, str) else None,
        )

    def create_refund(self, *, payment_intent_id: str, amount_minor: int, asked_by: str, attempt: int) -> Refund:
        """Pay back a part of a payment; `asked_by` is the key of the request, and with the attempt the same refund.

        The key also stands on the refund itself: Stripe may tell of it before we have heard the answer to this call.
        """
        params: Any = {"payment_intent": payment_intent_id, "amount": amount_minor, "metadata": {"asked_by": asked_by}}
        with _asking("refund"):
            made = self._v1.refunds.create(params, {"idempotency_key": f"refund:{asked_by}:{attempt}"})
        return _refund(made)

    def find_refund(self, *, payment_intent_id: str, asked_by: str) -> Refund | None:
        """The refund that was made for a request of which we never heard the end."""
        with _asking("list refunds"):
            found = self._v1.refunds.list({"payment_intent": payment_intent_id, "limit": 100})
            refunds = [_refund(refund) for refund in found.auto_paging_iter()]
        return next((refund for refund in refunds if refund.asked_by == asked_by), None)

    def refund(self, refund_id: str) -> Refund:
        with _asking("show a refund"):
            return _refund(self._v1.refunds.retrieve(refund_id))

    def send_to_bank(self, *, amount_minor: int, currency: str, asked_by: str, attempt: int) -> BankPayout:
        """Have Stripe send money to our bank; `asked_by` names the collection, and with the attempt the same payout.

        The name also stands on the payout itself: Stripe may tell of it before we have heard the answer to this call.
        """
        params: Any = {"amount": amount_minor, "currency": currency.lower(), "metadata": {"asked_by": asked_by}}
        with _asking("pay out to the bank"):
            made = self._v1.payouts.create(params, {"idempotency_key": f"collect:{asked_by}:{attempt}"})
        return _payout(made)

    def find_bank_payout(self, *, asked_by: str, since: datetime) -> BankPayout | None:
        """The payout that was made for a collection of which we never heard the end."""
        with _asking("list payouts"):
            found = self._v1.payouts.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
            payouts = [_payout(payout) for payout in found.auto_paging_iter()]
        return next((payout for payout in payouts if payout.asked_by == asked_by), None)

    def bank_payout(self, payout_id: str) -> BankPayout:
        with _asking("show a payout"):
            return _payout(self._v1.payouts.retrieve(payout_id))

    def balance(self, currency: str) -> Balance:
        """What is at Stripe in a currency."""
        with _asking("tell its balance"):
            found = self._v1.balance.retrieve()
        available, pending = (
            sum(part.amount for part in parts if part.currency == currency.lower())
            for parts in (found.available, found.pending)
        )
        return Balance(available, pending)

    def told_at(self) -> datetime | None:
        """What time it is at Stripe; None where it does not say."""
        with _asking("tell the time"):
            found: Any = self._v1.balance.retrieve()
        return said_at(found.last_response.headers)

    def dispute(self, dispute_id: str) -> Dispute:
        with _asking("show a dispute"):
            return _dispute(self._v1.disputes.retrieve(dispute_id))

    def disputes_since(self, moment: datetime) -> Iterator[Dispute]:
        """Disputes that were opened since a moment, newest first."""
        with _asking("list disputes"):
            params: Any = {"created": {"gte": int(moment.timestamp())}, "limit": 100}
            for found in self._v1.disputes.list(params).auto_paging_iter():
                yield _dispute(found)

    def movement(self, movement_id: str) -> Movement:
        with _asking("show what moved its balance"):
            return _movement(self._v1.balance_transactions.retrieve(movement_id))

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """What moved our money at Stripe from one moment until just before another, newest first."""
        created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        yield from self._movements({"created": created})

    def movements_of(self, source: str) -> Iterator[Movement]:
        """What moved our money at Stripe for a charge, a refund or a payout; Stripe tells none of a dispute here."""
        yield from self._movements({"source": source})

    def _movements(self, which: dict[str, Any]) -> Iterator[Movement]:
        with _asking("list what moved its balance"):
            params: Any = {**which, "limit": 100, "expand": ["data.source"]}
            for found in self._v1.balance_transactions.list(params).auto_paging_iter():
                yield _movement(found)

    def events_since(self, moment: datetime, types: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        """Events of these types since a moment, newest first: what a lost webhook would have told."""
        with _asking("list its events"):
            params: Any = {"created": {"gte": int(moment.timestamp())}, "types": list(types), "limit": 100}
            for event in self._v1.events.list(params).auto_paging_iter():
                yield event.to_dict()


@contextmanager
def _asking(what: str) -> Iterator[None]:
    with metrics.calling("Stripe", what), _told(what):
        yield


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        if isinstance(error.__cause__, NotAsked):
            raise not_asked(STRIPE, error.__cause__) from error
        told = f"Stripe did not {what}: {_in_short(error)}"
        raise GatewayError(told, retry=True, code=NO_ANSWER, at="Stripe") from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        # Below 400 it is no refusal but an answer that nobody can read: the same question gets the same answer anew.
        passing = status < 400 or status >= 500 or status == 409
        code = BROKEN if status >= 500 else error.code or ""
        told = f"Stripe refused to {what}: {error}"
        raise GatewayError(told, retry=passing, code=code, at="Stripe", status=status) from error


def _in_short(error: stripe.StripeError) -> str:
    """Why Stripe was not reached, without the SDK's advice and all that was asked: people read it in a mail."""
    cause = error.__cause__
    failed = cause.args[0] if cause and cause.args else error
    return str(getattr(failed, "reason", failed))


def _line_item(line: PageLine, currency: str) -> dict[str, Any]:
    """How many there are stands in the name: a line of three need not be three times a whole number of cents."""
    price = {
        "currency": currency.lower(),
        "unit_amount": line.amount_minor,
        "product_data": {"name": line.name},
    }
    return {"quantity": 1, "price_data": price}


def _is_offered(set_to: object) -> bool:
    return isinstance(set_to, dict) and bool(set_to.get("available"))


def _session(found: Any) -> Session:
    intent = found.payment_intent
    return Session(
        id=found.id,
        url=found.url or "",
        status=found.status or "",
        payment_status=found.payment_status,
        payment_intent_id=(intent if isinstance(intent, str) else getattr(intent, "id", "")) or "",
        origin=_origin(found),
    )


def _origin(found: Any) -> Origin | None:
    told = found.metadata.to_dict() if found.metadata else {}
    if not all(told.get(name) for name in ("reference", "saleor_transaction", "saleor_checkout")):
        return None
    return Origin(
        reference=told["reference"],
        saleor_transaction_id=told["saleor_transaction"],
        checkout_id=told["saleor_checkout"],
        amount_minor=found.amount_total or 0,
        currency=(found.currency or "").upper(),
        made_at=_moment(found.created),
        expires_at=_moment(found.expires_at),
    )


def _refund(found: Any) -> Refund:
    intent = found.payment_intent
    return Refund(
        id=found.id,
        status=found.status or "pending",
        amount_minor=found.amount,
        currency=found.currency.upper(),
        payment_intent_id=intent if isinstance(intent, str) else (intent.id if intent else ""),
        made_at=_moment(found.created),
        asked_by=_asked_by(found),
    )


def _payout(found: Any) -> BankPayout:
    return BankPayout(
        id=found.id,
        status=found.status,
        amount_minor=found.amount,
        currency=found.currency.upper(),
        made_at=_moment(found.created),
        asked_by=_asked_by(found),
        failure=found.failure_message or "",
    )


def _asked_by(found: Any) -> str:
    """The name of ours that stands on what we asked for."""
    return str(found.metadata["asked_by"]) if found.metadata and "asked_by" in found.metadata else ""


def _dispute(found: Any) -> Dispute:
    intent, due_by = found.payment_intent, found.evidence_details.due_by
    return Dispute(
        id=found.id,
        status=found.status,
        reason=found.reason,
        amount_minor=found.amount,
        currency=found.currency.upper(),
        payment_intent_id=(intent if isinstance(intent, str) else getattr(intent, "id", "")) or "",
        made_at=_moment(found.created),
        due_by=_moment(due_by) if due_by else None,
        movements=tuple(_movement(one) for one in found.balance_transactions),
    )


def _movement(found: Any) -> Movement:
    source = found.source
    told = source.to_dict() if source and not isinstance(source, str) else {"id": source or ""}
    intent = told.get("payment_intent") if told.get("object") == "charge" else ""
    return Movement(
        id=found.id,
        kind=found.reporting_category,
        source=str(told["id"]),
        amount_minor=found.amount,
        fee_minor=found.fee,
        currency=found.currency.upper(),
        made_at=_moment(found.created),
        payment_intent_id=str(intent or ""),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
