"""Customers in a storm: each fills a basket at Saleor, goes to Stripe's page, pays, and tries again as people do.

They speak to Saleor as the shop does, with the shop's own documents; the shop's pages are left out.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from demo.storm_orders import Wish

DOCUMENTS = Path(__file__).parents[1] / "shop" / "saleor" / "operations"
GATEWAY = "sociaalgemaakt.payment"
CHANNEL = "consumer"
READS = httpx.Timeout(8.0)
PAYS = httpx.Timeout(30.0)
"""Seconds; Saleor waits for the payment app itself."""
TRIES = 40
SHELF = """query($channel: String!) {
  products(first: 100, channel: $channel) { edges { node { slug variants { id trackInventory } } } }
}"""
ADDRESS = {
    "firstName": "An",
    "streetAddress1": "Kouter 1",
    "postalCode": "9000",
    "city": "Gent",
    "country": "BE",
}


class GaveUp(Exception):
    """A customer who tried too often and went away, without having paid."""


@dataclass(frozen=True)
class Ready:
    """A customer before Stripe's open `page`; `reference` is ours of the payment."""

    wish: Wish
    checkout: str
    page: str
    reference: str


@dataclass(frozen=True)
class Paid:
    """What a customer knows who has paid: `at` is the moment (unix seconds) at which Stripe said so."""

    wish: Wish
    checkout: str
    reference: str
    session: str
    at: float


@dataclass(frozen=True)
class Shelf:
    """What there is to buy, by product slug: the id of its first variant; what is made to order, and what runs out."""

    variants: Mapping[str, str]
    made: Sequence[str]
    stocked: Sequence[str]


class Refused(Exception):
    """Saleor answered, and will not; the codes of why."""


class Customer:
    """Whoever buys; any number at the same time."""

    def __init__(self, shelf: "Shelf") -> None:
        self._shelf = shelf
        self._http = httpx.Client(timeout=READS)
        self._saleor, self._shop = os.environ["SALEOR_API_URL"], os.environ["SHOP_URL"]

    def buy(self, wish: Wish) -> Paid:
        """From nothing to a paid page. Raises GaveUp."""
        lines = dict(wish.lines)
        for _try in range(TRIES):
            try:
                return self.pay(self.come_to_pay(wish, lines))
            except Refused:  # something is sold out: then what is always made
                left = {slug: quantity for slug, quantity in lines.items() if slug in self._shelf.made}
                lines = left or {self._shelf.made[0]: 1}
        raise GaveUp(f"order {wish.number} came to nothing")

    def come_to_pay(self, wish: Wish, quantities: Mapping[str, int]) -> Ready:
        """From nothing to the open page: products by slug, and how many. Raises Refused, GaveUp."""
        checkout = self._fill_basket(wish, quantities)
        page, reference = self._payment_page(checkout)
        return Ready(wish, checkout, page, reference)

    def pay(self, ready: Ready) -> Paid:
        """Press on Stripe's page. Raises Refused, GaveUp."""
        if ready.wish.is_declined_first:
            self._press(ready.page, "decline", ready.wish.method)
        self._press(ready.page, "pay", ready.wish.method)
        session = ready.page.rpartition("/")[2].partition("?")[0]
        return Paid(ready.wish, ready.checkout, ready.reference, session, time.time())

    def _fill_basket(self, wish: Wish, quantities: Mapping[str, int]) -> str:
        lines = [{"variantId": self._shelf.variants[slug], "quantity": many} for slug, many in quantities.items()]
        made = self._write("checkoutCreate", input={"channel": CHANNEL, "lines": lines, "languageCode": "NL"})
        checkout: str = made["checkout"]["id"]
        self._write("checkoutEmailUpdate", id=checkout, email=wish.email)
        address = {**ADDRESS, "lastName": f"Storm {wish.number}"}
        self._write("checkoutShippingAddressUpdate", id=checkout, address=address)
        self._write("checkoutBillingAddressUpdate", id=checkout, address=address)
        deliveries = self._write("deliveryOptionsCalculate", id=checkout, language="NL")["deliveries"]
        self._write("checkoutDeliveryMethodUpdate", id=checkout, delivery=deliveries[0]["id"])
        if wish.code:  # free delivery is given once it is known which
            self._give_code(checkout, wish.code)
        return checkout

    def _give_code(self, checkout: str, code: str) -> None:
        try:
            self._write("checkoutAddPromoCode", id=checkout, code=code)
        except Refused:
            return  # the basket is not for this code: then without

    def _payment_page(self, checkout: str) -> tuple[str, str]:
        """The address of Stripe's page and our reference of the payment. Raises Refused."""
        key = uuid4().hex
        for _try in range(TRIES):
            given = {"success_url": f"{self._shop}/nl/bedankt/", "cancel_url": f"{self._shop}/nl/afrekenen/overzicht/"}
            gateway = {"id": GATEWAY, "data": {**given, "language": "nl"}}
            payload = self._write("transactionInitialize", PAYS, id=checkout, gateway=gateway, key=key)
            data = payload["data"] or {}
            if data.get("url"):
                return str(data["url"]), str(data["reference"])
            if (data.get("refusal") or {}).get("code") == "NOT_FOR_SALE":
                raise Refused("NOT_FOR_SALE")
            key = uuid4().hex  # "the payment service does not answer": once more
            time.sleep(1.0)
        raise GaveUp(f"no page to pay {checkout} on")

    def _press(self, page: str, action: str, method: str) -> None:
        for _try in range(TRIES):
            try:
                answer = self._http.post(page, data={"action": action, "method": method})
            except httpx.TransportError:
                time.sleep(0.5)
                continue
            if answer.status_code == 303 or "Al betaald" in answer.text:
                return
            raise Refused(f"Stripe's page answered {answer.status_code}")
        raise GaveUp(f"Stripe's page {page} is away")

    def _write(self, operation: str, timeout: httpx.Timeout = READS, **variables: Any) -> Any:
        """The payload of a mutation, asked again as long as no answer of Saleor's came. Raises Refused, GaveUp."""
        document = (DOCUMENTS / f"{operation}.graphql").read_text()
        body = {"operationName": operation, "query": document, "variables": variables}
        for _try in range(TRIES):
            payload = self._answer(body, timeout)
            if payload is None:
                time.sleep(0.3)
                continue
            if payload[operation]["errors"]:
                raise Refused(", ".join(error["code"] for error in payload[operation]["errors"]))
            return payload[operation]
        raise GaveUp(f"{operation} was never answered")

    def _answer(self, body: Mapping[str, object], timeout: httpx.Timeout) -> Any:
        """`data` of what Saleor answered; None where that is no answer."""
        try:
            answer = self._http.post(self._saleor, json=body, timeout=timeout)
            told = answer.json()
        except (httpx.TransportError, ValueError):
            return None
        return told.get("data") if answer.status_code == 200 else None


def look_at_shelf() -> Shelf:
    """What the shop sells, by a document of our own: the shop's asks for more, and for other things each time."""
    body = {"query": SHELF, "variables": {"channel": CHANNEL}}
    answer = httpx.post(os.environ["SALEOR_API_URL"], json=body, timeout=READS)
    found = {edge["node"]["slug"]: edge["node"]["variants"][0] for edge in answer.json()["data"]["products"]["edges"]}
    made = [slug for slug, variant in found.items() if not variant["trackInventory"]]
    return Shelf({slug: variant["id"] for slug, variant in found.items()}, made, sorted(found.keys() - set(made)))
