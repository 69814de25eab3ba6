"""Customers' accounts at Saleor as the shop's tests need them: what Saleor answers stands in
`tests/contract/test_saleor_accounts.py`."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "een-goed-wachtwoord"
KEY = "key-of-the-mail"
"""What stands in every link that was mailed."""


def wrong(code: str, name: str | None = None) -> dict[str, Any]:
    return {"errors": [{"field": name, "code": code, "message": code.lower()}]}


FINE: dict[str, Any] = {"errors": []}


@dataclass
class FakeCustomer:
    """One account."""

    email: str
    password: str = PASSWORD
    confirmed: bool = True
    staff: bool = False
    first_name: str = "An"
    last_name: str = "Peeters"
    language: str = "NL"
    wishes: list[str] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    checkout: str | None = None
    logins: int = 1
    """Tokens of another number are over."""

    @property
    def token(self) -> str:
        return f"access:{self.email}:{self.logins}"

    def shown(self) -> dict[str, Any]:
        baskets = [{"node": {"id": self.checkout}}] if self.checkout else []
        return {
            "email": self.email,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "languageCode": self.language,
            "isStaff": self.staff,
            "isConfirmed": self.confirmed,
            "metafield": lambda info, key: json.dumps(self.wishes),
            "addresses": self.addresses,
            "checkouts": lambda info, channel, first: {"edges": baskets},
        }


class FakeAccounts:
    """The part of Saleor that knows customers. ``mailed`` is what mails are about."""

    def __init__(self) -> None:
        self.customers: dict[str, FakeCustomer] = {}
        self._here = threading.local()
        self.mailed: list[tuple[str, str]] = []

    @property
    def who(self) -> FakeCustomer | None:
        """Of the request that this thread is at."""
        return getattr(self._here, "who", None)

    def come(self, authorization: str) -> bool:
        """Who sends the request; False for a token that is over."""
        token = authorization.removeprefix("Bearer ")
        self._here.who = next((one for one in self.customers.values() if token and one.token == token), None)
        return not token or self.who is not None

    def me(self, info: Any) -> dict[str, Any] | None:
        return self.who.shown() if self.who else None

    def accountRegister(self, info: Any, input: dict[str, Any]) -> dict[str, Any]:
        if input["email"] not in self.customers:
            names = {"first_name": input["firstName"], "last_name": input["lastName"]}
            made = FakeCustomer(input["email"], input["password"], confirmed=False, **names)
            self.customers[made.email] = made
            self.mailed.append(("confirm", made.email))
        return FINE

    def confirmAccount(self, info: Any, email: str, token: str, password: str | None = None) -> dict[str, Any]:
        found = self.customers.get(email)
        if found is None or token != KEY:
            return wrong("INVALID", "token")
        if found.password != password:
            return wrong("INVALID", "password")
        found.confirmed = True
        return FINE

    def tokenCreate(self, info: Any, email: str, password: str) -> dict[str, Any]:
        found = self.customers.get(email)
        if found is None or found.password != password:
            return {"user": None, **wrong("INVALID_CREDENTIALS", "email")}
        if not found.confirmed:
            return {"user": None, **wrong("ACCOUNT_NOT_CONFIRMED", "email")}
        return self._in(found)

    def _in(self, found: FakeCustomer) -> dict[str, Any]:
        return {"token": found.token, "refreshToken": f"re{found.token}", "user": found.shown(), "errors": []}

    def tokenRefresh(self, info: Any, **given: Any) -> dict[str, Any]:
        found = next((one for one in self.customers.values() if given["refreshToken"] == f"re{one.token}"), None)
        return {"token": found.token, "errors": []} if found else wrong("JWT_INVALID_TOKEN")

    def tokensDeactivateAll(self, info: Any) -> dict[str, Any]:
        assert self.who is not None
        self.who.logins += 1
        return FINE

    def requestPasswordReset(self, info: Any, email: str, **given: Any) -> dict[str, Any]:
        if email in self.customers:
            self.mailed.append(("password", email))
        return FINE

    def setPassword(self, info: Any, email: str, password: str, token: str) -> dict[str, Any]:
        found = self.customers.get(email)
        if found is None or token != KEY:
            return wrong("INVALID", "token")
        found.password, found.confirmed = password, True
        return self._in(found)

    def passwordChange(self, info: Any, **given: Any) -> dict[str, Any]:
        assert self.who is not None
        if self.who.password != given["oldPassword"]:
            return wrong("INVALID_CREDENTIALS", "oldPassword")
        self.who.password = given["newPassword"]
        return FINE

    def requestEmailChange(self, info: Any, password: str, **given: Any) -> dict[str, Any]:
        assert self.who is not None
        if self.who.password != password:
            return wrong("INVALID_CREDENTIALS", "password")
        self.mailed.append(("email", given["newEmail"]))
        return FINE

    def confirmEmailChange(self, info: Any, token: str, channel: str) -> dict[str, Any]:
        assert self.who is not None
        if token != KEY:
            return wrong("JWT_INVALID_TOKEN", "token")
        wanted = self.mailed[-1][1]
        if wanted in self.customers:
            return wrong("UNIQUE", "newEmail")
        del self.customers[self.who.email]
        self.who.email = wanted
        self.customers[wanted] = self.who
        return FINE

    def accountUpdate(self, info: Any, input: dict[str, Any]) -> dict[str, Any]:
        assert self.who is not None
        self.who.first_name = input.get("firstName", self.who.first_name)
        self.who.last_name = input.get("lastName", self.who.last_name)
        for one in input.get("metadata", ()):
            self.who.wishes = json.loads(one["value"])
        return FINE

    def accountAddressCreate(self, info: Any, input: dict[str, Any]) -> dict[str, Any]:
        assert self.who is not None
        made = {**_kept(input), "id": f"Address:{len(self.who.addresses) + 1}"}
        self.who.addresses.append({**made, "isDefaultShippingAddress": False, "isDefaultBillingAddress": False})
        return {"address": made, "errors": []}

    def accountAddressUpdate(self, info: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
        self._address(id).update(_kept(input))
        return FINE

    def accountAddressDelete(self, info: Any, id: str) -> dict[str, Any]:
        assert self.who is not None
        self.who.addresses.remove(self._address(id))
        return FINE

    def accountSetDefaultAddress(self, info: Any, id: str, type: str) -> dict[str, Any]:
        assert self.who is not None
        for one in self.who.addresses:
            one[f"isDefault{type.title()}Address"] = one["id"] == id
        return FINE

    def _address(self, key: str) -> dict[str, Any]:
        assert self.who is not None
        return next(one for one in self.who.addresses if one["id"] == key)

    def checkoutCustomerAttach(self, info: Any, id: str) -> dict[str, Any]:
        assert self.who is not None
        self.who.checkout = id
        return FINE


def _kept(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "city": given["city"].upper(), "country": {"code": given["country"], "country": given["country"]}}


ACCOUNT_OPERATIONS = (
    *("me", "accountRegister", "confirmAccount", "tokenCreate", "tokenRefresh", "tokensDeactivateAll"),
    *("requestPasswordReset", "setPassword", "passwordChange", "requestEmailChange", "confirmEmailChange"),
    *("accountUpdate", "accountAddressCreate", "accountAddressUpdate", "accountAddressDelete"),
    *("accountSetDefaultAddress", "checkoutCustomerAttach"),
)
