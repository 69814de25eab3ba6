"""Somebody who buys a lamp: what is typed, and what fulfilment tells of the payment."""

from typing import Any

from django.test import Client

from shop.answers import NAME

PAGE = "https://checkout.stripe.example/c/pay/cs_1"
PAYABLE = {"type": "CHARGE_ACTION_REQUIRED", "data": {"url": PAGE, "reference": "pay_1"}}
"""What Saleor answers to who wants to pay."""
CHECKOUT = "/nl/afrekenen/"
NEXT = f"{CHECKOUT}#nu"
"""Where a step leads that was answered well."""
CONTACT = {"email": "an@voorbeeld.be"}
ADDRESS = {
    "billing_same": "on",
    "shipping-first_name": "An",
    "shipping-last_name": "Peeters",
    "shipping-street": "Kouter 12",
    "shipping-postal_code": "9000",
    "shipping-city": "Gent",
    "shipping-country": "BE",
    "shipping-phone": "0470 12 34 56",
}


def step(name: str) -> str:
    """The address of a step of the checkout."""
    return f"{CHECKOUT}?stap={name}"


class Browser(Client):
    """Goes where the answer to a form is read, and nowhere else by itself."""

    def post(self, path: str, data: Any = None, *given: Any, **how: Any) -> Any:  # type: ignore[override]
        response = super().post(path, data, *given, **how)
        if response.status_code == 303 and f"{NAME}=" in response["Location"]:
            kept = {name: value for name, value in how.items() if name in ("headers", "secure")}
            return self.get(response["Location"], **kept)
        return response


def browser(**how: Any) -> Client:
    """Where somebody looks at our pages, and sends the forms on them."""
    return Browser(headers={"Sec-Fetch-Site": "same-origin"}, **how)


def fill(client: Client) -> Any:
    """A lamp in the basket."""
    return client.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})


def review(client: Client) -> None:
    """From a filled basket to the overview."""
    client.post(step("contact"), CONTACT)
    client.post(step("manier"), {"way": "home"})  # is asked where it can be collected
    client.post(step("adres"), ADDRESS)
    client.post(step("extra"), {})
    client.get(CHECKOUT)


def payment(state: str, because: str = "") -> dict[str, Any]:
    """A payment of € 298,50 as the storefront API tells it."""
    told = {"reference": "pay_1", "state": state, "because": because, "order": None}
    return {**told, "amount_minor": 29850, "currency": "EUR"}


def pay(client: Client, total: str = "29850") -> Any:
    """The button that orders."""
    return client.post("/nl/afrekenen/betalen/", {"total": total})
