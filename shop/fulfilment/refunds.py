"""Where money may go back to, of which fulfilment's storefront API is told."""

from dataclasses import dataclass
from urllib.parse import quote

from shop.fulfilment.client import LONGEST, ask
from shop.money import Money


@dataclass(frozen=True, slots=True)
class BankRefund:
    """Money that goes back by bank. State is one of open (an account is asked), given (it can still change), ordered,
    paid, closed. ``iban`` is masked; ``was_refused`` where the bank could not pay on the former one."""

    number: str
    amount: Money
    state: str
    iban: str
    was_refused: bool


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What became of an account: wrong (``errors`` by field), right, kept, or closed (``message`` says why).

    ``holder`` and ``iban`` are what was understood: the whole number where it is right and has to be looked at, masked
    once it is kept.
    """

    result: str
    errors: dict[str, str]
    message: str
    holder: str
    iban: str


def bank_refund(token: str) -> BankRefund | None:
    """The refund of a link; None for one that is not good (any more). Raises FulfilmentUnavailable."""
    body = ask("GET", f"refunds/{quote(token, safe='')}", LONGEST)
    if body is None:
        return None
    return BankRefund(
        number=body["number"],
        amount=Money(body["amount_minor"], body["currency"]),
        state=body["state"],
        iban=body["iban"],
        was_refused=body["was_refused"],
    )


def give_account(token: str, *, holder: str, iban: str, confirmed: bool) -> AccountAnswer | None:
    """Have an account looked at, or kept where it is ``confirmed``; None for a bad link. Raises FulfilmentUnavailable.

    Sent twice it is kept once.
    """
    given = {"holder": holder, "iban": iban, "confirmed": confirmed}
    body = ask("POST", f"refunds/{quote(token, safe='')}/account", LONGEST, given)
    if body is None:
        return None
    return AccountAnswer(
        result=body["result"],
        errors=body["errors"],
        message=body["message"],
        holder=body["holder"],
        iban=body["iban"],
    )
