"""The basket, which is a Saleor checkout, and the way to its payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shop import settings
from shop.money import Money, is_sold_in
from shop.saleor import reached
from shop.saleor.catalogue import money_from
from shop.saleor.client import Saleor
from shop.saleor.errors import SaleorRefusal
from shop.saleor.lines import Line, line_from
from shop.saleor.texts import said, told_in

GONE_CODES = frozenset({"NOT_FOUND"})


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``country`` is the ISO 3166 code, ``area`` the state or province where a country writes one."""

    first_name: str
    last_name: str
    company: str
    street: str
    street_extra: str
    postal_code: str
    city: str
    area: str
    country: str
    phone: str

    def as_input(self) -> dict[str, str]:
        """Saleor's ``AddressInput``."""
        return {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "companyName": self.company,
            "streetAddress1": self.street,
            "streetAddress2": self.street_extra,
            "postalCode": self.postal_code,
            "city": self.city,
            "countryArea": self.area,
            "country": self.country,
            "phone": self.phone,
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way of delivery that Saleor calculated for this checkout. ``days`` is the most that there are between the
    workshop and the door, None where nobody says."""

    id: str
    name: str
    price: Money
    days: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """A place where customers come for what they bought; ``hours`` is when, in words, or empty."""

    id: str
    name: str
    street: str
    postal_code: str
    city: str
    hours: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """The basket with everything that is known about it. Prices are gross.

    ``subtotal``, ``shipping`` and ``total`` are what there is to pay, ``goods`` and ``delivery_price`` what it would be
    without the code; ``discount_name`` is what that is called, and is empty where none was given. ``language``,
    as Saleor names it, becomes the order's, in which its mails are written. ``gift_message`` is what shall stand on the
    card of a present, ``note`` what the customer has to say, in lines; empty where there is none. ``points`` are where
    it may be collected, ``point`` where it will be: then it goes to no address of the customer's.
    """

    id: str
    language: str
    email: str
    shipping_address: Address | None
    billing_address: Address | None
    delivery: Delivery | None
    delivery_is_outdated: bool
    point: Point | None
    points: tuple[Point, ...]
    subtotal: Money
    shipping: Money
    total: Money
    tax: Money
    is_charged: bool
    voucher_code: str
    discount_name: str
    gift_message: str
    note: str
    lines: tuple[Line, ...]

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def pieces(self) -> dict[str, int]:
        """How many of each product there are, by its code."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.product.code] = found.get(line.product.code, 0) + line.quantity
        return found

    @property
    def goods(self) -> Money:
        return Money(sum(line.total.minor for line in self.lines), self.total.currency)

    @property
    def delivery_price(self) -> Money:
        """Without a code for the delivery, which takes nothing off the goods, it is what there is to pay."""
        is_for_delivery = bool(self.voucher_code) and self.goods == self.subtotal
        return self.delivery.price if self.delivery and is_for_delivery else self.shipping

    @property
    def discount(self) -> Money:
        """What is taken off, of goods and delivery together."""
        return Money(self.goods.minor + self.delivery_price.minor - self.total.minor, self.total.currency)

    @property
    def saved(self) -> Money:
        """The discount as a sum shows it: below zero."""
        return Money(-self.discount.minor, self.total.currency)

    @property
    def has_address(self) -> bool:
        return bool(self.email and (self.shipping_address or self.point) and self.billing_address)

    @property
    def has_delivery(self) -> bool:
        """Whether it is said how its customer gets it, and still holds."""
        return self.point is not None or (self.delivery is not None and not self.delivery_is_outdated)


def checkout(saleor: Saleor, checkout_id: str) -> Checkout | None:
    """The checkout, or None once it became an order or expired, or where it is in a currency that we do not sell in.

    Raises SaleorError.
    """
    asked = {"id": checkout_id, **told_in(saleor.language), "hours": f"hours_{saleor.language.lower()}"}
    node = saleor.read("checkout", asked)["checkout"]
    if node is None or not is_sold_in(node["totalPrice"]["gross"]["currency"]):
        return None
    problems = node["problems"] or ()
    available = {
        problem["line"]["id"]: problem["availableQuantity"] or 0
        for problem in problems
        if problem["__typename"] == "CheckoutLineProblemInsufficientStock"
    }
    unavailable = {
        problem["line"]["id"]
        for problem in problems
        if problem["__typename"] == "CheckoutLineProblemVariantNotAvailable"
    }
    point = _point(node["deliveryMethod"])
    reached.hear_towns(node["availableCollectionPoints"])
    is_discounted = bool(node["discountName"])
    return Checkout(
        id=node["id"],
        language=node["languageCode"],
        email=node["email"] or "",
        shipping_address=None if point else address_from(node["shippingAddress"]),
        billing_address=address_from(node["billingAddress"]),
        delivery=_delivery(node["delivery"]) if node["delivery"] else None,
        delivery_is_outdated=any(
            problem["__typename"].startswith("CheckoutProblemDeliveryMethod") for problem in problems
        ),
        point=point,
        points=tuple(found for found in map(_point, node["availableCollectionPoints"]) if found),
        subtotal=money_from(node["subtotalPrice"]["gross"]),
        shipping=money_from(node["shippingPrice"]["gross"]),
        total=money_from(node["totalPrice"]["gross"]),
        tax=money_from(node["totalPrice"]["tax"]),
        is_charged=node["chargeStatus"] in ("FULL", "OVERCHARGED", "PARTIAL"),
        voucher_code=node["voucherCode"] or "",
        discount_name=(node["translatedDiscountName"] or node["discountName"] or "") if node["voucherCode"] else "",
        gift_message=node["giftMessage"] or "",
        note=node["note"] or "",
        lines=tuple(
            line_from(line, available.get(line["id"]), line["id"] in unavailable, is_discounted=is_discounted)
            for line in node["lines"]
        ),
    )


def _point(node: dict[str, Any] | None) -> Point | None:
    """A collection point; None for a way of delivering."""
    if not node or "address" not in node:
        return None
    address = node["address"]
    return Point(
        id=node["id"],
        name=node["name"],
        street=address["streetAddress1"],
        postal_code=address["postalCode"],
        city=address["city"],
        hours=node["hours"] or node["hoursInDutch"] or "",
    )


def add_line(saleor: Saleor, checkout_id: str | None, variant_id: str, quantity: int) -> str:
    """Puts a variant in the basket and returns the basket's id: a new one when there was none or it is gone.

    Raises SaleorRefusal, e.g. with INSUFFICIENT_STOCK or QUANTITY_GREATER_THAN_LIMIT.
    """
    lines = [{"variantId": variant_id, "quantity": quantity}]
    if checkout_id is not None:
        try:
            saleor.write("checkoutLinesAdd", {"id": checkout_id, "lines": lines})
        except SaleorRefusal as refusal:
            if not _is_gone(refusal):
                raise
        else:
            return checkout_id
    created = saleor.write(
        "checkoutCreate",
        {"input": {"channel": settings.SALEOR_CHANNEL, "lines": lines, "languageCode": saleor.language}},
    )
    new_id: str = created["checkout"]["id"]
    return new_id


def _is_gone(refusal: SaleorRefusal) -> bool:
    return any(
        reason.code in GONE_CODES and reason.field in ("id", "checkoutId", "token", "") for reason in refusal.reasons
    )


def set_quantities(saleor: Saleor, checkout_id: str, quantities: Mapping[str, int]) -> None:
    """Sets the quantity of lines, by line id; zero takes a line out. Raises SaleorRefusal."""
    lines = [{"lineId": line_id, "quantity": quantity} for line_id, quantity in quantities.items()]
    saleor.write("checkoutLinesUpdate", {"id": checkout_id, "lines": lines})


def add_code(saleor: Saleor, checkout: Checkout, code: str) -> None:
    """Gives a discount code, also one that the basket has: then it is looked at anew. Raises SaleorRefusal with INVALID
    or VOUCHER_NOT_APPLICABLE."""
    saleor.write("checkoutAddPromoCode", {"id": checkout.id, "code": code})
    _keep_delivery(saleor, checkout)


def remove_code(saleor: Saleor, checkout: Checkout, code: str) -> None:
    """Takes a discount code off; one that is not there (any more) is no fault."""
    try:
        saleor.write("checkoutRemovePromoCode", {"id": checkout.id, "code": code})
    except SaleorRefusal as refusal:
        if not refusal.codes <= {"INVALID", "NOT_FOUND"}:
            raise
    _keep_delivery(saleor, checkout)


def _keep_delivery(saleor: Saleor, checkout: Checkout) -> None:
    """With another code Saleor wants the ways of delivery asked for again; the chosen one then holds as before."""
    if checkout.has_delivery:
        delivery_options(saleor, checkout.id)


def spoken(saleor: Saleor, checkout_id: str) -> Checkout | None:
    """The checkout as above, which from now on speaks the visitor's language: so will its order and the mails of that.

    Of one that is paid nothing changes any more.
    """
    found = checkout(saleor, checkout_id)
    if found is not None and found.language != saleor.language and not found.is_charged:
        saleor.write("checkoutLanguageCodeUpdate", {"id": checkout_id, "language": saleor.language})
    return found


def set_email(saleor: Saleor, checkout_id: str, email: str) -> None:
    """Raises SaleorRefusal."""
    saleor.write("checkoutEmailUpdate", {"id": checkout_id, "email": email})


def set_shipping_address(saleor: Saleor, checkout_id: str, address: Address) -> None:
    """Raises SaleorRefusal whose reasons name Saleor's address fields."""
    saleor.write("checkoutShippingAddressUpdate", {"id": checkout_id, "address": address.as_input()})


def set_billing_address(saleor: Saleor, checkout_id: str, address: Address) -> None:
    """Raises SaleorRefusal whose reasons name Saleor's address fields."""
    saleor.write("checkoutBillingAddressUpdate", {"id": checkout_id, "address": address.as_input()})


def set_words(saleor: Saleor, checkout: Checkout, *, gift_message: str, note: str) -> None:
    """What shall stand on the card, and what the customer has to say; the order keeps both. Empty: there is none.

    Writes what is another than before. Raises SaleorRefusal.
    """
    given = {"gift_message": (gift_message, checkout.gift_message), "customer_note": (note, checkout.note)}
    changed = [{"key": key, "value": now} for key, (now, former) in given.items() if now != former]
    if changed:
        saleor.write("updateMetadata", {"id": checkout.id, "input": changed})


def delivery_options(saleor: Saleor, checkout_id: str) -> tuple[Delivery, ...]:
    """The ways of delivery to the checkout's address, calculated anew. Raises SaleorRefusal."""
    payload = saleor.write("deliveryOptionsCalculate", {"id": checkout_id, "language": saleor.language})
    return tuple(_delivery(delivery) for delivery in payload["deliveries"] if delivery["shippingMethod"])


def collect(saleor: Saleor, checkout_id: str, point_id: str) -> None:
    """Its customer comes for it there. Raises SaleorRefusal."""
    saleor.write("checkoutDeliveryMethodUpdate", {"id": checkout_id, "delivery": point_id})


def leave_point(saleor: Saleor, checkout_id: str) -> None:
    """It is delivered after all: how and where to is open again. Raises SaleorRefusal."""
    saleor.write("checkoutDeliveryMethodUpdate", {"id": checkout_id, "delivery": None})


def choose_delivery(saleor: Saleor, checkout_id: str, delivery_id: str) -> None:
    """Raises SaleorRefusal."""
    saleor.write("checkoutDeliveryMethodUpdate", {"id": checkout_id, "delivery": delivery_id})


def address_from(node: dict[str, Any] | None) -> Address | None:
    """Saleor's ``Address`` type."""
    if node is None:
        return None
    return Address(
        first_name=node["firstName"],
        last_name=node["lastName"],
        company=node["companyName"],
        street=node["streetAddress1"],
        street_extra=node["streetAddress2"],
        postal_code=node["postalCode"],
        city=node["city"],
        area=node["countryArea"],
        country=node["country"]["code"],
        phone=node["phone"] or "",
    )


def _delivery(node: dict[str, Any]) -> Delivery:
    method = node["shippingMethod"] or {"name": "", "price": {"amount": 0, "currency": "EUR"}}
    return Delivery(
        id=node["id"],
        name=said(method, "name"),
        price=money_from(method["price"]),
        days=method.get("maximumDeliveryDays"),
    )
