"""Saleor as the shop's tests need it: in memory, answering through the shop's real transport.

The shop's own documents are executed against the GraphQL schema of the sandbox, so a field that Saleor does not have,
or a value that it could not give, fails the test.
"""

import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from graphql import DocumentNode, build_schema, execute_sync, parse, validate

from tests.shop.fake_accounts import ACCOUNT_OPERATIONS, FakeAccounts
from tests.shop.shelves import COLLECTIONS, PAGES, collection, euros, gross
from tests.shop.translated import translations

ROOT = Path(__file__).parents[2]
SCHEMA = build_schema((ROOT / "sandbox" / "saleor" / "schema.graphql").read_text(encoding="utf-8"))


@cache
def document(text: str) -> DocumentNode:
    """A text that is valid in the schema. Read once: reading and judging it takes longer than answering it."""
    read = parse(text)
    assert not (wrong := validate(SCHEMA, read)), wrong
    return read


def refusal(code: str, field_name: str | None = None) -> dict[str, Any]:
    return {"field": field_name, "code": code, "message": code.lower(), "variants": None}


def offer(minor: int, *, minimum: int | None = None, name: str = "Aan huis geleverd") -> dict[str, Any]:
    """A way of delivering of the channel, and from which sum on."""
    return {
        "name": name,
        "translation": translations(name=name),
        "price": euros(minor),
        "minimumOrderPrice": None if minimum is None else euros(minimum),
        "minimumDeliveryDays": None,
        "maximumDeliveryDays": None,
    }


class FakeSaleor(FakeAccounts):
    """A Saleor with one small collection.

    ``refuse`` maps an operation to the errors that it answers, ``answer`` replaces every answer; ``calls`` has every
    operation with its variables, ``requests`` the HTTP requests themselves.
    """

    def __init__(self) -> None:
        super().__init__()
        self.products = collection()
        self.checkouts: dict[str, dict[str, Any]] = {}
        self.refuse: dict[str, list[dict[str, Any]]] = {}
        self.answer: httpx2.Response | Exception | None = None
        self.payment: dict[str, Any] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[httpx2.Request] = []
        self.shipping_minor = 950
        self.ways: dict[str, int] | None = None
        """The ways of delivering a basket and what each costs, where that is not the one for `shipping_minor`."""
        self.days: int | None = None
        """The most days that a parcel is on its way."""
        self.delivered = {country: [offer(950)] for country in ("BE", "NL")}
        """The ways of delivering to each country."""
        self.codes: dict[str, tuple[int, int]] = {"WELKOM": (10, 0), "VRIEND25": (5, 40_000), "GRATIS": (0, 0)}
        """Codes that are good: percents off the goods, and what these must come to. GRATIS makes the delivery free."""
        self.points: list[dict[str, Any]] = []
        """Where a basket can be collected."""
        self.notes: dict[tuple[str, str], str] = {}
        """Metadata, by the id of what it is about and its key."""
        self._numbers = itertools.count(1)
        self._root = {name: getattr(self, name) for name in (*_OPERATIONS, *ACCOUNT_OPERATIONS)} | {
            "products": self.listed,
            "shop": self.shop,
        }

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        body = json.loads(request.content)
        self.calls.append((body["operationName"], body["variables"]))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        if not self.come(request.headers.get("Authorization", "")):
            over = {"message": "Invalid token.", "extensions": {"exception": {"code": "InvalidTokenError"}}}
            return httpx2.Response(200, json={"errors": [over], "data": None})
        result = execute_sync(SCHEMA, document(body["query"]), self._root, variable_values=body["variables"])
        assert not result.errors, result.errors
        return httpx2.Response(200, json={"data": result.data})

    def operations(self) -> list[str]:
        return [name for name, _variables in self.calls]

    def variables_of(self, operation: str) -> dict[str, Any]:
        """The variables of the last call of an operation."""
        return next(variables for name, variables in reversed(self.calls) if name == operation)

    def variant(self, variant_id: str) -> dict[str, Any]:
        found: dict[str, Any] = next(v for p in self.products for v in p["variants"] if v["id"] == variant_id)
        return found

    # Fields of Saleor's Query type.

    def listed(self, info: Any, first: int, after: str | None = None, **arguments: Any) -> dict[str, Any]:
        begins = int(after or 0)
        ends = begins + first
        return {
            "pageInfo": {"hasNextPage": ends < len(self.products), "endCursor": str(ends)},
            "edges": [{"node": node} for node in self.products[begins:ends]],
        }

    def product(self, info: Any, slug: str, channel: str) -> dict[str, Any] | None:
        return next((node for node in self.products if node["slug"] == slug), None)

    def page(self, info: Any, slug: str) -> dict[str, Any] | None:
        return PAGES.get(slug)

    def shop(self, info: Any) -> dict[str, Any]:
        return {"availableShippingMethods": self._delivering, "countries": self._countries}

    def _countries(self, info: Any, filter: dict[str, bool]) -> list[dict[str, str]]:
        assert filter == {"attachedToShippingZones": True}
        return [{"code": code} for code in self.delivered]

    def _delivering(self, info: Any, channel: str, address: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return self.delivered.get((address or {"country": "BE"})["country"], [])

    def collection(self, info: Any, slug: str, channel: str) -> dict[str, Any] | None:
        return COLLECTIONS.get(slug)

    def checkout(self, info: Any, id: str) -> dict[str, Any] | None:
        stored = self.checkouts.get(id)
        if stored is None:
            return None
        code = stored["code"]
        goods = [self._costs(line) for line in stored["lines"].values()]
        off = sum(goods) * self.codes.get(code, (0, 0))[0] // 100
        subtotal = sum(goods) - off
        # Saleor spreads what a code takes off by the prices; the last line takes what is left.
        parts = [off * one // sum(goods) if off else 0 for one in goods[:-1]]
        parts.append(off - sum(parts))
        shipping = self.shipping_minor if stored["delivery"] and code != "GRATIS" else 0
        return {
            **stored,
            "id": id,
            "voucherCode": code or None,
            "discountName": f"Actie {code}" if code else None,
            "translatedDiscountName": "" if code else None,
            "lines": [
                {
                    "id": line_id,
                    "quantity": line["quantity"],
                    "undiscountedTotalPrice": euros(line["minor"] * line["quantity"]),
                    "totalPrice": gross(costs - part),
                    "variant": self.variant(line["variant"]),
                }
                for (line_id, line), costs, part in zip(stored["lines"].items(), goods, parts, strict=False)
            ],
            "subtotalPrice": gross(subtotal),
            "shippingPrice": gross(shipping),
            "totalPrice": gross(subtotal + shipping),
        }

    def _costs(self, line: dict[str, Any]) -> int:
        """What a line comes to with its promotion, without a code."""
        pricing = self.variant(line["variant"])["pricing"]
        minor = round(pricing["price"]["gross"]["amount"] * 100) if pricing["onSale"] else line["minor"]
        return int(minor * line["quantity"])

    # Fields of Saleor's Mutation type.

    def checkoutCreate(self, info: Any, input: dict[str, Any]) -> dict[str, Any]:
        checkout_id = f"Checkout:{next(self._numbers)}"
        if self.who is not None:
            self.who.checkout = checkout_id
        empty: dict[str, Any] = {
            "email": None,
            "shippingAddress": None,
            "billingAddress": None,
            "delivery": None,
            "chargeStatus": "NONE",
            "languageCode": input["languageCode"],
            "problems": [],
            "code": "",
            "deliveryMethod": None,
            "availableCollectionPoints": lambda info: self.points,
            "metafield": lambda info, key: self.notes.get((checkout_id, key)),
        }
        return self._change(
            "checkoutCreate", checkout_id, lambda: self._add({**empty, "lines": {}}, checkout_id, input["lines"])
        )

    def checkoutLinesAdd(self, info: Any, id: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        return self._change("checkoutLinesAdd", id, lambda: self._add(self.checkouts[id], id, lines))

    def checkoutLinesUpdate(self, info: Any, id: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        def change() -> None:
            kept = self.checkouts[id]["lines"]
            for line in lines:
                if line["quantity"] == 0:
                    kept.pop(line["lineId"])
                else:
                    kept[line["lineId"]]["quantity"] = line["quantity"]
            goods = sum(line["minor"] * line["quantity"] for line in kept.values())
            if goods < self.codes.get(self.checkouts[id]["code"], (0, 0))[1]:
                self.checkouts[id]["code"] = ""

        return self._change("checkoutLinesUpdate", id, change)

    def checkoutAddPromoCode(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        stored, code = self.checkouts[id], arguments["promoCode"]
        goods = sum(line["minor"] * line["quantity"] for line in stored["lines"].values())
        if code not in self.codes:
            return {"checkout": None, "errors": [refusal("INVALID", "promoCode")]}
        if goods < self.codes[code][1] or (code == "GRATIS" and not stored["delivery"]):
            return {"checkout": None, "errors": [refusal("VOUCHER_NOT_APPLICABLE", "promoCode")]}
        return self._change("checkoutAddPromoCode", id, lambda: self._set_code(stored, code))

    def checkoutRemovePromoCode(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        stored = self.checkouts[id]
        if stored["code"] != arguments["promoCode"]:
            return {"checkout": None, "errors": [refusal("INVALID", "promoCode")]}
        return self._change("checkoutRemovePromoCode", id, lambda: self._set_code(stored, ""))

    def _set_code(self, stored: dict[str, Any], code: str) -> None:
        stored["code"] = code
        if stored["delivery"]:
            stored["problems"] = [{"__typename": "CheckoutProblemDeliveryMethodStale"}]

    def checkoutLanguageCodeUpdate(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        language = arguments["languageCode"]
        return self._change("checkoutLanguageCodeUpdate", id, lambda: self.checkouts[id].update(languageCode=language))

    def checkoutEmailUpdate(self, info: Any, id: str, email: str) -> dict[str, Any]:
        return self._change("checkoutEmailUpdate", id, lambda: self.checkouts[id].update(email=email))

    def checkoutShippingAddressUpdate(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        def change() -> None:
            former = self.checkouts[id]
            assert not former["deliveryMethod"], "Saleor refuses it as long as it is collected"
            if former["delivery"]:
                former["problems"] = [{"__typename": "CheckoutProblemDeliveryMethodStale"}]
            former["shippingAddress"] = _address(arguments["shippingAddress"])

        return self._change("checkoutShippingAddressUpdate", id, change)

    def checkoutBillingAddressUpdate(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        given = _address(arguments["billingAddress"])
        return self._change("checkoutBillingAddressUpdate", id, lambda: self.checkouts[id].update(billingAddress=given))

    def deliveryOptionsCalculate(self, info: Any, id: str) -> dict[str, Any]:
        if id in self.checkouts:
            self.checkouts[id]["problems"] = []
        return {"deliveries": self._deliveries(), "errors": self.refuse.get("deliveryOptionsCalculate", [])}

    def checkoutDeliveryMethodUpdate(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        wanted, stored = arguments["deliveryMethodId"], self.checkouts[id]
        point = next((one for one in self.points if one["id"] == wanted), None)
        chosen = next((entry for entry in self._deliveries() if entry["id"] == wanted), None)
        said: dict[str, Any] = {"delivery": chosen, "deliveryMethod": point, "problems": []}
        if point:
            said["shippingAddress"] = _address({**_NOBODY, **_place(point)})
        elif stored["deliveryMethod"]:
            said["shippingAddress"] = None
        return self._change("checkoutDeliveryMethodUpdate", id, lambda: stored.update(said))

    def updateMetadata(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        self.notes |= {(id, given["key"]): given["value"] for given in arguments["input"]}
        return {"errors": []}

    def transactionInitialize(self, info: Any, id: str, **arguments: Any) -> dict[str, Any]:
        errors = self.refuse.get("transactionInitialize", [])
        if errors:
            return {"transaction": None, "transactionEvent": None, "data": None, "errors": errors}
        return {
            "transaction": {"id": "Transaction:1"},
            "transactionEvent": {"type": self.payment["type"], "message": self.payment.get("message", "")},
            "data": self.payment["data"],
            "errors": [],
        }

    def _deliveries(self) -> list[dict[str, Any]]:
        ways = {"Delivery:home": self.shipping_minor} if self.ways is None else self.ways
        days = {"maximumDeliveryDays": self.days}
        return [{"id": key, "shippingMethod": {**offer(price), **days}} for key, price in ways.items()]

    def _change(self, operation: str, checkout_id: str, change: Any) -> dict[str, Any]:
        errors = self.refuse.get(operation, [])
        if not errors and operation != "checkoutCreate" and checkout_id not in self.checkouts:
            errors = [refusal("NOT_FOUND", "id")]
        if errors:
            return {"checkout": None, "errors": errors}
        change()
        return {"checkout": self.checkout(None, checkout_id), "errors": []}

    def _add(self, stored: dict[str, Any], checkout_id: str, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            variant = self.variant(line["variantId"])
            key = f"Line:{variant['sku']}"
            kept = stored["lines"].setdefault(key, {"variant": variant["id"], "quantity": 0, "minor": variant["minor"]})
            kept["quantity"] += line["quantity"]
        self.checkouts[checkout_id] = stored


_OPERATIONS = (
    "shop",
    "product",
    "page",
    "collection",
    "checkout",
    "checkoutCreate",
    "checkoutLinesAdd",
    "checkoutLinesUpdate",
    "checkoutAddPromoCode",
    "checkoutRemovePromoCode",
    "checkoutEmailUpdate",
    "checkoutLanguageCodeUpdate",
    "checkoutShippingAddressUpdate",
    "checkoutBillingAddressUpdate",
    "deliveryOptionsCalculate",
    "checkoutDeliveryMethodUpdate",
    "transactionInitialize",
    "updateMetadata",
)


_NOBODY = dict.fromkeys(("firstName", "lastName", "companyName", "streetAddress2", "countryArea", "phone"), "")


def _place(point: dict[str, Any]) -> dict[str, Any]:
    return {**point["address"], "country": "BE"}


def collection_point(city: str = "GENT") -> dict[str, Any]:
    """Where customers come for what they bought."""
    hours = {"hours": "woensdag, van 11 tot 18 uur", "hours_en": "Wednesday, 11 am to 6 pm"}
    return {
        "__typename": "Warehouse",
        "id": "Warehouse:1",
        "name": "Sociaal Gemaakt, afhaalpunt",
        "metafield": lambda info, key: hours.get(key),
        "clickAndCollectOption": "ALL",
        "address": {"streetAddress1": "Voorbeeldkaai 1", "postalCode": "9000", "city": city},
    }


def _address(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "city": given["city"].upper(), "country": {"code": given["country"], "country": given["country"]}}
