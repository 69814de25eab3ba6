"""What the shop asks for the page on which a customer says where their money may go back to."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import pgettext
from ninja import Field, Router, Schema

from fulfilment.errors import Refusal
from fulfilment.flows.refund_by_bank import faults, give_account, why_closed
from fulfilment.orders.models import Refund, RefundAccount
from fulfilment.orders.queries import account_of
from fulfilment.orders.tokens import read_account_token

router = Router()

Json = dict[str, object]


class NoSuchPage(Refusal):
    """The link is none of ours, or too old."""


def nothing_at_link() -> NoSuchPage:
    """Of a link that was mailed to whoever asked for something: never ours, ended, or forgotten."""
    return NoSuchPage("There is nothing at this link.", code="NOT_FOUND")


class Account(Schema):
    """An account as the customer typed it; `confirmed` once they saw it again and said yes."""

    holder: str = Field(max_length=200)
    iban: str = Field(max_length=100)
    confirmed: bool = False


@router.get("/{token}")
def refund(request: HttpRequest, token: str) -> Json:
    """For which order, how much, and how far it is."""
    found = _found(token)
    account = account_of(found)
    return {
        "number": found.order.number,
        "amount_minor": found.amount_minor,
        "currency": found.order.currency,
        "state": _state(found, account),
        "iban": account.masked if account else "",
        "was_refused": account is None and found.accounts.exclude(refused_at=None).exists(),
    }


@router.post("/{token}/account")
def account(request: HttpRequest, token: str, given: Account) -> Json:
    """Look at an account, or keep it where it is confirmed. `result`: wrong, right (`iban` whole), kept or closed."""
    found = _found(token)
    wrong = faults(holder=given.holder, iban=given.iban)
    if wrong:
        return _told("wrong", errors=dict(wrong))
    if closed := why_closed(found):
        return _told("closed", message=closed)
    shown = RefundAccount(holder=" ".join(given.holder.split()), iban="".join(given.iban.split()).upper())
    if given.confirmed:
        try:
            give_account(found.name, holder=given.holder, iban=given.iban, now=timezone.now())
        except Refusal as refusal:  # the file was fetched in the meantime
            return _told("closed", message=refusal.message)
        return _told("kept", holder=shown.holder, iban=shown.masked)
    # Whoever typed it is asked whether it is right: that takes the whole number, once.
    return _told("right", holder=shown.holder, iban=shown.in_groups)


def _told(
    result: str, *, errors: dict[str, str] | None = None, message: str = "", holder: str = "", iban: str = ""
) -> Json:
    return {"result": result, "errors": errors or {}, "message": message, "holder": holder, "iban": iban}


def _found(token: str) -> Refund:
    name = read_account_token(token, now=timezone.now())
    found = Refund.objects.select_related("order").filter(name=name).first() if name else None
    if found is None:
        raise NoSuchPage(pgettext("customer", "Deze link klopt niet (meer)."), code="NOT_FOUND")
    return found


def _state(refund: Refund, account: RefundAccount | None) -> str:
    """What the customer can do: give an account, change it, wait for the bank, nothing any more."""
    if refund.state == Refund.State.PAID:
        return "paid"
    if refund.state != Refund.State.BY_BANK:
        return "closed"
    if why_closed(refund):
        return "ordered"
    return "given" if account else "open"
