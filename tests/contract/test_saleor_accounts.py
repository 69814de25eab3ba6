"""Customers' accounts: what Saleor asks, answers and tells our app, so that no answer says who has an account."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from pytest_django import Settings

from fulfilment.gateways.saleor.client import document as asked_by_fulfilment
from fulfilment.gateways.saleor.customers import customer_of
from shop.saleor.client import document
from tests.support.payment_app import Delivery
from tests.support.saleor_bench import ADDRESS, CHANNEL, SaleorBench
from tests.support.stripe_sandbox import until

PAGE = "http://127.0.0.1:9400/nl/account/bevestigen/"
_ADDRESSES: list[str] = []
"""Those of the accounts that were made."""
PASSWORD, OTHER = "een-goed-wachtwoord", "een-ander-wachtwoord"


@dataclass(frozen=True)
class Customer:
    """Somebody with an account that is confirmed."""

    saleor: SaleorBench
    email: str
    token: str
    refresh: str

    def ask(self, operation: str, **variables: Any) -> Any:
        return self.saleor.ask(document(operation), self.token, **variables)[operation]


@pytest.fixture(scope="module", autouse=True)
def _set_up(saleor: SaleorBench) -> Iterator[None]:
    """As `setup_saleor` leaves it: an account has the orders of its address once its password was typed again."""
    if saleor.sandbox is None:
        saleor.ask(
            """mutation { shopSettingsUpdate(input: {accountConfirmMergeMode: REQUIRE_PASSWORD,
              enableAccountConfirmationByEmail: true, allowLoginWithoutConfirmation: false}) { errors { code } } }""",
            saleor.staff_token,
        )
    yield
    saleor.staff.delete_customers(_ADDRESSES)


@pytest.fixture(autouse=True)
def _not_too_quick(saleor: SaleorBench) -> Iterator[None]:
    """Whoever typed a wrong password waits; the next test does not."""
    yield
    saleor.let_pass(3)


def new_address() -> str:
    _ADDRESSES.append(f"an-{uuid4().hex[:10]}@example.com")
    return _ADDRESSES[-1]


def register(saleor: SaleorBench, email: str, password: str = PASSWORD, url: str = PAGE) -> list[dict[str, Any]]:
    given = {"email": email, "password": password, "redirectUrl": url, "channel": CHANNEL, "languageCode": "NL"}
    answer: dict[str, Any] = saleor.ask(
        document("accountRegister"), input={**given, "firstName": "An", "lastName": "P"}
    )
    found: list[dict[str, Any]] = answer["accountRegister"]["errors"]
    return found


def told(saleor: SaleorBench, event: str, email: str) -> Delivery:
    """What our app hears."""
    return told_all(saleor, event, email, 1)[-1]


def told_all(saleor: SaleorBench, event: str, email: str, count: int) -> list[Delivery]:
    def found() -> list[Delivery]:
        heard = [one for one in saleor.app.deliveries("/accounts") if one.headers["Saleor-Event"] == event.lower()]
        return [one for one in heard if one.payload["user"]["email"] == email]

    until(lambda: len(found()) >= count, seconds=8 if saleor.sandbox else 60)
    return found()


def confirm(saleor: SaleorBench, email: str, token: str, password: str | None = PASSWORD) -> list[str]:
    answer = saleor.ask(document("confirmAccount"), email=email, key=token, password=password)
    return [error["code"] for error in answer["confirmAccount"]["errors"]]


def log_in(saleor: SaleorBench, email: str, password: str = PASSWORD) -> dict[str, Any]:
    answer: dict[str, Any] = saleor.ask(document("tokenCreate"), email=email, password=password)["tokenCreate"]
    return answer


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def customer(saleor: SaleorBench, email: str = "") -> Customer:
    email = email or new_address()
    assert register(saleor, email) == []
    confirmation = told(saleor, "ACCOUNT_CONFIRMATION_REQUESTED", email)
    assert confirm(saleor, email, confirmation.payload["token"]) == []
    found = log_in(saleor, email)
    assert found["errors"] == []
    return Customer(saleor, email, found["token"], found["refreshToken"])


@pytest.fixture(scope="module")
def an(saleor: SaleorBench) -> Customer:
    return customer(saleor)


def test_who_registers_is_told_to_our_app_with_a_link_and_is_confirmed_with_the_password(saleor: SaleorBench) -> None:
    email = new_address()
    assert register(saleor, email) == []
    heard = told(saleor, "ACCOUNT_CONFIRMATION_REQUESTED", email)
    assert saleor.verified(heard)
    link = urlsplit(heard.payload["redirectUrl"])
    assert heard.payload["redirectUrl"].startswith(f"{PAGE}?")
    assert parse_qs(link.query) == {"email": [email], "token": [heard.payload["token"]]}
    user = heard.payload["user"]
    assert (user["firstName"], user["languageCode"], user["isConfirmed"]) == ("An", "NL", False)
    assert codes(log_in(saleor, email)) == ["ACCOUNT_NOT_CONFIRMED"]
    token = heard.payload["token"]
    assert confirm(saleor, email, "gone-wrong") == ["INVALID"]
    assert confirm(saleor, email, token, None) == ["REQUIRED"]
    assert confirm(saleor, email, token, OTHER) == ["INVALID"]
    saleor.let_pass(2)
    assert confirm(saleor, email, token) == []
    found = log_in(saleor, email)
    assert (found["errors"], found["user"]["isStaff"]) == ([], False)


def test_an_address_that_has_an_account_is_answered_the_same_and_mailed_nothing(an: Customer) -> None:
    before = len(told_all(an.saleor, "ACCOUNT_CONFIRMATION_REQUESTED", an.email, 1))
    for typed in (an.email, an.email.upper()):
        assert register(an.saleor, typed, OTHER) == []
    time.sleep(0.3 if an.saleor.sandbox else 3)
    assert len(told_all(an.saleor, "ACCOUNT_CONFIRMATION_REQUESTED", an.email, 1)) == before
    assert log_in(an.saleor, an.email)["errors"] == []


@pytest.mark.parametrize(
    ("email", "password", "url", "field", "code"),
    [
        ("an@example.com", "kort", PAGE, "password", "PASSWORD_TOO_SHORT"),
        ("geen adres", PASSWORD, PAGE, "email", "INVALID"),
        ("an@example.com", PASSWORD, "https://elsewhere.example/x", "redirectUrl", "INVALID"),
    ],
)
def test_what_cannot_be_is_refused(
    saleor: SaleorBench, email: str, password: str, url: str, field: str, code: str
) -> None:
    assert [(error["field"], error["code"]) for error in register(saleor, email, password, url)] == [(field, code)]


def test_a_wrong_password_and_an_unknown_address_are_answered_the_same_and_the_next_waits(saleor: SaleorBench) -> None:
    email = customer(saleor).email
    for wrong in (new_address(), email):
        answer = log_in(saleor, wrong, OTHER)
        assert [(one["field"], one["code"]) for one in answer["errors"]] == [("email", "INVALID_CREDENTIALS")]
        assert codes(log_in(saleor, email)) == ["LOGIN_ATTEMPT_DELAYED"]
        saleor.let_pass(2)


def test_an_access_token_is_renewed_until_all_are_ended(saleor: SaleorBench) -> None:
    someone = customer(saleor)
    renewed = someone.ask("tokenRefresh", refresh=someone.refresh)
    assert renewed["errors"] == []
    assert saleor.ask(document("me"), renewed["token"])["me"]["email"] == someone.email
    assert codes(someone.ask("tokenRefresh", refresh=someone.token)) == ["JWT_INVALID_TOKEN"]
    assert codes(someone.ask("tokenRefresh", refresh="nonsense")) == ["JWT_DECODE_ERROR"]
    assert someone.ask("tokensDeactivateAll")["errors"] == []
    for token in (someone.token, renewed["token"]):
        assert saleor.refused(document("me"), token) == "InvalidTokenError"
    assert codes(saleor.ask(document("tokenRefresh"), refresh=someone.refresh)["tokenRefresh"]) == ["JWT_INVALID_TOKEN"]


def test_nobody_is_me(saleor: SaleorBench) -> None:
    assert saleor.ask(document("me"))["me"] is None
    assert saleor.refused(document("tokensDeactivateAll")) == "PermissionDenied"


def test_a_link_sets_a_password_once_and_leaves_logins_as_they_are(saleor: SaleorBench) -> None:
    someone = customer(saleor)
    asked = {"url": PAGE, "channel": CHANNEL}
    for email in (someone.email, new_address()):
        assert (
            saleor.ask(document("requestPasswordReset"), email=email, **asked)["requestPasswordReset"]["errors"] == []
        )
    heard = told(saleor, "ACCOUNT_SET_PASSWORD_REQUESTED", someone.email)
    assert parse_qs(urlsplit(heard.payload["redirectUrl"]).query)["token"] == [heard.payload["token"]]
    given = {"email": someone.email, "key": heard.payload["token"]}
    assert codes(saleor.ask(document("setPassword"), **given, password="kort")["setPassword"]) == ["PASSWORD_TOO_SHORT"]
    done = saleor.ask(document("setPassword"), **given, password=OTHER)["setPassword"]
    assert done["errors"] == []
    assert saleor.ask(document("me"), done["token"])["me"]["email"] == someone.email
    assert codes(saleor.ask(document("setPassword"), **given, password=PASSWORD)["setPassword"]) == ["INVALID"]
    assert someone.ask("me")["email"] == someone.email  # whoever was logged in still is
    # Asked again within the quarter of an hour: the same answer, and no mail.
    assert (
        saleor.ask(document("requestPasswordReset"), email=someone.email, **asked)["requestPasswordReset"]["errors"]
        == []
    )
    time.sleep(0.3 if saleor.sandbox else 3)
    assert len(told_all(saleor, "ACCOUNT_SET_PASSWORD_REQUESTED", someone.email, 1)) == 1


def test_who_sets_a_password_by_mail_is_confirmed(saleor: SaleorBench) -> None:
    email = new_address()
    register(saleor, email)
    saleor.ask(document("requestPasswordReset"), email=email, url=PAGE, channel=CHANNEL)
    token = told(saleor, "ACCOUNT_SET_PASSWORD_REQUESTED", email).payload["token"]
    done = saleor.ask(document("setPassword"), email=email, key=token, password=OTHER)["setPassword"]
    assert (done["errors"], done["user"]["isStaff"]) == ([], False)
    assert log_in(saleor, email, OTHER)["errors"] == []


def test_another_password_takes_the_former_one_and_ends_no_login(saleor: SaleorBench) -> None:
    someone = customer(saleor)
    assert codes(someone.ask("passwordChange", old=OTHER, new=OTHER)) == ["INVALID_CREDENTIALS"]
    assert codes(someone.ask("passwordChange", old=PASSWORD, new="kort")) == ["PASSWORD_TOO_SHORT"]
    assert someone.ask("passwordChange", old=PASSWORD, new=OTHER)["errors"] == []
    assert someone.ask("me")["email"] == someone.email
    assert log_in(saleor, someone.email, OTHER)["errors"] == []


def test_another_address_is_proven_by_a_link_to_it_and_ends_every_login(saleor: SaleorBench) -> None:
    someone, wanted = customer(saleor), new_address()
    asked = {"email": wanted, "url": PAGE, "channel": CHANNEL}
    assert codes(someone.ask("requestEmailChange", **asked, password=OTHER)) == ["INVALID_CREDENTIALS"]
    assert someone.ask("requestEmailChange", **asked, password=PASSWORD)["errors"] == []
    heard = told(saleor, "ACCOUNT_CHANGE_EMAIL_REQUESTED", someone.email)
    assert heard.payload["newEmail"] == wanted
    assert parse_qs(urlsplit(heard.payload["redirectUrl"]).query) == {"token": [heard.payload["token"]]}
    assert codes(someone.ask("confirmEmailChange", key="nonsense", channel=CHANNEL)) == ["JWT_INVALID_TOKEN"]
    assert someone.ask("confirmEmailChange", key=heard.payload["token"], channel=CHANNEL)["errors"] == []
    assert saleor.refused(document("me"), someone.token) == "InvalidTokenError"
    assert log_in(saleor, wanted)["errors"] == []


def test_an_address_of_another_account_is_refused_by_the_link_alone(saleor: SaleorBench, an: Customer) -> None:
    someone = customer(saleor)
    asked = {"email": an.email, "url": PAGE, "channel": CHANNEL, "password": PASSWORD}
    assert someone.ask("requestEmailChange", **asked)["errors"] == []
    token = told(saleor, "ACCOUNT_CHANGE_EMAIL_REQUESTED", someone.email).payload["token"]
    assert codes(someone.ask("confirmEmailChange", key=token, channel=CHANNEL)) == ["UNIQUE"]


def test_names_language_and_wishes_are_the_customers_own(saleor: SaleorBench) -> None:
    someone = customer(saleor)
    wishes = [{"key": "wishes", "value": '["SG-001"]'}]
    changed = {"firstName": "Anna", "languageCode": "FR", "metadata": wishes}
    assert someone.ask("accountUpdate", input=changed)["errors"] == []
    found = someone.ask("me")
    assert (found["firstName"], found["lastName"], found["languageCode"]) == ("Anna", "P", "FR")
    assert found["wishes"] == '["SG-001"]'
    assert saleor.refused(document("accountUpdate"), input={"firstName": "X"}) == "PermissionDenied"


def test_addresses_are_kept_changed_chosen_and_taken_out(saleor: SaleorBench) -> None:
    someone, another = customer(saleor), customer(saleor)
    made = someone.ask("accountAddressCreate", input=ADDRESS)
    assert made["errors"] == []
    key = made["address"]["id"]
    wrong = someone.ask("accountAddressCreate", input={**ADDRESS, "postalCode": "90"})
    assert [(one["field"], one["code"]) for one in wrong["errors"]] == [("postalCode", "INVALID")]
    for kind in ("SHIPPING", "BILLING"):
        assert someone.ask("accountSetDefaultAddress", id=key, type=kind)["errors"] == []
    assert (
        someone.ask("accountAddressUpdate", id=key, input={**ADDRESS, "city": "Aalst", "postalCode": "9300"})["errors"]
        == []
    )
    [found] = someone.ask("me")["addresses"]
    assert (found["city"], found["isDefaultShippingAddress"], found["isDefaultBillingAddress"]) == ("AALST", True, True)
    others = saleor.send({"query": document("accountAddressDelete"), "variables": {"id": key}}, another.token)[1]
    assert "errors" in others or others["data"]["accountAddressDelete"]["errors"], others
    assert someone.ask("accountAddressDelete", id=key)["errors"] == []
    assert someone.ask("me")["addresses"] == []


def test_a_basket_is_attached_once_and_found_from_anywhere(saleor: SaleorBench) -> None:
    someone, another = customer(saleor), customer(saleor)
    checkout = saleor.checkout(ready=False)
    attached = someone.ask("checkoutCustomerAttach", id=checkout)
    assert attached["errors"] == []
    [found] = someone.ask("me", channel=CHANNEL)["checkouts"]["edges"]
    assert found["node"]["id"] == checkout
    assert saleor.ask("query($id: ID!) { checkout(id: $id) { id email } }", id=checkout)["checkout"] == {
        "id": checkout,
        "email": someone.email,
    }
    for who in (someone, another):
        assert saleor.refused(document("checkoutCustomerAttach"), who.token, id=checkout) == "PermissionDenied"


def test_a_basket_that_a_customer_begins_is_theirs_and_knows_whose_it_is(saleor: SaleorBench) -> None:
    someone = customer(saleor)
    key = someone.ask("accountAddressCreate", input=ADDRESS)["address"]["id"]
    someone.ask("accountSetDefaultAddress", id=key, type="SHIPPING")
    lines = [{"variantId": saleor.variant()["id"], "quantity": 1}]
    made = someone.ask("checkoutCreate", input={"channel": CHANNEL, "lines": lines, "languageCode": "NL"})
    key = made["checkout"]["id"]
    [found] = someone.ask("me", channel=CHANNEL)["checkouts"]["edges"]
    assert found["node"]["id"] == key
    shown = saleor.ask("query($id: ID!) { checkout(id: $id) { email shippingAddress { city } } }", id=key)["checkout"]
    assert (shown["email"], shown["shippingAddress"]) == (someone.email, None)
    # Anybody with its id goes on filling it, as the shop does for who is not logged in any more.
    assert saleor.ask(document("checkoutLinesAdd"), id=key, lines=lines)["checkoutLinesAdd"]["errors"] == []


def test_a_guests_order_is_the_accounts_once_it_is_confirmed_and_a_later_one_at_once(saleor: SaleorBench) -> None:
    email = new_address()
    order = guest_order(saleor, email)
    someone = customer(saleor, email)
    assert orders_of(someone) == [order]
    later = guest_order(saleor, email)
    assert orders_of(someone) == [later, order]


def orders_of(someone: Customer) -> list[str]:
    """As fulfilment asks whose a token is, and what is theirs."""
    edges = someone.saleor.ask(asked_by_fulfilment("customer"), someone.token)["me"]["orders"]["edges"]
    return [edge["node"]["id"] for edge in edges]


def guest_order(saleor: SaleorBench, email: str) -> str:
    checkout = saleor.checkout()
    saleor.ask(
        "mutation($id: ID!, $e: String!) { checkoutEmailUpdate(id: $id, email: $e) { errors { code } } }",
        id=checkout,
        e=email,
    )
    saleor.pay(checkout)
    key: str = saleor.complete(checkout)["order"]["id"]
    return key


def test_fulfilment_knows_whose_a_token_is_as_long_as_it_is_good(saleor: SaleorBench, settings: Settings) -> None:
    settings.SALEOR_API_URL = saleor.api_url
    someone = customer(saleor)
    found = customer_of(someone.token)
    assert found is not None
    assert (found.email, found.name, found.language, found.order_ids) == (someone.email, "An", "NL", ())
    someone.ask("tokensDeactivateAll")
    for token in (someone.token, saleor.staff_token, "nonsense"):
        assert customer_of(token) is None
