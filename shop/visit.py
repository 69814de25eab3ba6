"""What a visit remembers: which basket is the visitor's, the payment under way, and what a guest wishes for. Nothing
about the person; who is logged in stands in `login.py`."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from redis.exceptions import RedisError

from shop import settings
from shop.pages.asked import PageRequest
from shop.remembered import Messages, SessionStore

_CHECKOUT = "checkout_id"
_QUANTITY = "basket_quantity"
_ATTEMPT = "payment_attempt"
_LEFT = "left_payment"
_CODE = "discount_code"
_REFUSED_CODE = "refused_code"
_WISHES = "wishes"
_SEEN = "seen_prices"
_REMOVED = "removed"
_PASSED = "passed_steps"
_ONWARD = "onward"


class Visit:
    """The visitor's session, by the names of this shop."""

    def __init__(self, request: HttpRequest) -> None:
        self._session = request.session

    @property
    def checkout_id(self) -> str | None:
        value: str | None = self._session.get(_CHECKOUT)
        return value

    @property
    def basket_quantity(self) -> int:
        value: int = self._session.get(_QUANTITY, 0)
        return value

    def remember_basket(self, checkout_id: str, quantity: int) -> None:
        if (self.checkout_id, self.basket_quantity) != (checkout_id, quantity):
            self._session[_CHECKOUT] = checkout_id
            self._session[_QUANTITY] = quantity

    def forget_basket(self) -> None:
        """The basket became an order, or expired."""
        for key in (_CHECKOUT, _QUANTITY, _ATTEMPT, _CODE, _SEEN, _PASSED):
            self._session.pop(key, None)

    @property
    def passed_steps(self) -> tuple[str, ...]:
        """Steps of the checkout that were answered and of which Saleor keeps nothing."""
        return tuple(self._session.get(_PASSED, ()))

    def pass_step(self, step: str) -> None:
        if step not in self.passed_steps:
            self._session[_PASSED] = [*self.passed_steps, step]

    @property
    def code(self) -> str:
        """The discount code that the basket had when it was last shown, or empty."""
        value: str = self._session.get(_CODE, "")
        return value

    def remember_code(self, code: str) -> None:
        if self.code != code:
            self._session[_CODE] = code

    def keep_refused_code(self, typed: str, error: str) -> None:
        """For the next page, which shows it beside the field."""
        self._session[_REFUSED_CODE] = [typed, error]

    def take_refused_code(self) -> tuple[str, str]:
        """What was typed and why it was refused, once; both empty where nothing was."""
        typed, error = self._session.pop(_REFUSED_CODE, ("", ""))
        return typed, error

    @property
    def wishes(self) -> tuple[str, ...]:
        """Codes of products that a guest wishes for, the newest first."""
        return tuple(self._session.get(_WISHES, ()))

    def keep_wishes(self, codes: tuple[str, ...]) -> None:
        if self.wishes != codes:
            self._session[_WISHES] = list(codes)

    @property
    def seen_prices(self) -> dict[str, int]:
        """What each thing cost when a page last showed it, in cents, by the id of what is bought."""
        value: dict[str, int] = self._session.get(_SEEN, {})
        return value

    def remember_prices(self, prices: dict[str, int]) -> None:
        if self.seen_prices != prices:
            self._session[_SEEN] = prices

    def keep_removed(self, removed: Sequence[tuple[str, int, str]]) -> None:
        """What was just taken out (variant, how many, name), for the next page, which offers to put it back."""
        self._session[_REMOVED] = [list(one) for one in removed]

    def take_removed(self) -> list[tuple[str, int, str]]:
        """The same, once."""
        return [(variant, quantity, name) for variant, quantity, name in self._session.pop(_REMOVED, ())]

    def keep_onward(self, path: str) -> None:
        """Where somebody goes on once they are logged in, who first makes an account and confirms it by mail."""
        if path:
            self._session[_ONWARD] = path

    def take_onward(self) -> str:
        """The same, once; empty where they came for nothing else."""
        value: str = self._session.pop(_ONWARD, "")
        return value

    def leave_basket(self) -> None:
        """The basket is paid and becomes its order without us; what is chosen next goes in another."""
        self._session[_LEFT] = self.payment_reference
        self.forget_basket()

    def has_left(self, reference: str) -> bool:
        """Whether this payment was for a basket that the visitor has no longer."""
        return bool(reference) and self._session.get(_LEFT) == reference

    def attempt_key(self, fingerprint: str) -> str:
        """The idempotency key for paying exactly this basket: kept from page to page, so that a second press of the
        button is the same attempt; a new one once the basket changed or the attempt ended."""
        attempt: dict[str, str] | None = self._session.get(_ATTEMPT)
        if attempt is None or attempt["fingerprint"] != fingerprint:
            former = attempt["reference"] if attempt else ""
            attempt = {"key": secrets.token_urlsafe(18), "fingerprint": fingerprint, "reference": former}
            self._session[_ATTEMPT] = attempt
        return attempt["key"]

    @property
    def payment_reference(self) -> str:
        """The reference of the payment last begun for this basket, or empty."""
        attempt: dict[str, str] = self._session.get(_ATTEMPT) or {}
        return attempt.get("reference", "")

    def remember_payment(self, reference: str) -> None:
        self._session[_ATTEMPT] = {**self._session[_ATTEMPT], "reference": reference}

    def end_attempt(self) -> None:
        """The attempt failed, expired or was refused: paying again is another attempt."""
        self._session.pop(_ATTEMPT, None)


def context(request: HttpRequest) -> dict[str, Any]:
    """For every page: who sells, and how many pieces are in the basket as far as the visit knows."""
    return {
        "contact_email": settings.CONTACT_EMAIL,
        "seller": settings.SELLER,
        "is_demo": settings.IS_DEMO,
        "basket_quantity": _basket_quantity(request),
    }


def number_to_show(request: HttpRequest) -> int | None:
    """How many pieces are in the basket of whoever has this request's cookie, which is all of a visit that most pages
    show; 0 where there is no visit or it cannot be read. None where the next page has a message to tell as well."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return 0
    visit = SessionStore(key)
    try:
        number: int = visit.get(_QUANTITY, 0)
        return None if visit.get(Messages.session_key) else number
    except RedisError:
        return 0


def _basket_quantity(request: HttpRequest) -> int:
    """0 where it is not known: a page that merely names it does without Valkey."""
    if isinstance(request, PageRequest):
        return request.number
    if not hasattr(request, "session"):
        return 0
    try:
        return Visit(request).basket_quantity
    except RedisError:
        return 0
