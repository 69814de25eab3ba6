"""What Saleor told, read to the cent."""

import json
from decimal import Decimal
from typing import Any

import pytest

from fulfilment.gateways.saleor.values import SaleorPickup, SaleorVoucher, read_order

ORDER = """{
  "id": "T3JkZXI6MQ==", "number": "7", "status": "UNFULFILLED", "created": "2026-11-23T20:00:00+00:00",
  "updatedAt": "2026-11-23T20:00:01+00:00",
  "checkoutId": null, "languageCodeEnum": "NL_BE", "userEmail": "an@example.com",
  "giftMessage": null, "note": null, "collectionPointName": null, "deliveryMethod": null,
  "channel": {"slug": "consumer", "currencyCode": "EUR", "taxConfiguration": {"pricesEnteredWithTax": true}},
  "total": {"gross": {"amount": 298.5, "currency": "EUR"}},
  "shippingPrice": {"gross": {"amount": 9.5}, "net": {"amount": 7.85}}, "shippingTaxRate": 0.21,
  "undiscountedShippingPrice": {"amount": 9.5}, "voucherCode": null, "voucher": null, "discounts": [],
  "totalCharged": {"amount": 298.5}, "totalRefunded": {"amount": 0.0},
  "shippingAddress": null, "billingAddress": null, "grantedRefunds": [], "fulfillments": [],
  "transactions": [{"id": "t", "pspReference": "pi_1", "chargedAmount": {"amount": 200.0},
    "refundedAmount": {"amount": 0.0}, "refundPendingAmount": {"amount": 98.5}}],
  "lines": [{"id": "l", "productName": "Koord", "variantName": "SG-001", "productSku": "SG-001", "quantity": 1,
    "translatedProductName": "", "translatedVariantName": "",
    "taxRate": 0.21, "totalPrice": {"gross": {"amount": 289.0}, "net": {"amount": 238.84}},
    "undiscountedTotalPrice": {"gross": {"amount": 289.0}, "net": {"amount": 238.84}}, "discounts": [],
    "variant": null}]
}"""


def node() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ORDER, parse_float=Decimal)
    return found


def test_amounts_are_cents_and_rates_are_basis_points() -> None:
    order = read_order(node())
    assert (order.total_gross_minor, order.shipping_net_minor, order.lines[0].net_minor) == (29_850, 785, 23_884)
    assert (order.shipping_tax_basis_points, order.lines[0].tax_basis_points) == (2_100, 2_100)


def test_a_variant_that_bears_its_sku_as_a_name_has_no_name() -> None:
    assert read_order(node()).lines[0].variant_name == ""


def test_a_variant_that_bears_its_id_as_a_name_has_no_name() -> None:
    told = node()
    told["lines"][0] |= {"productSku": None, "variantName": "UHJv", "variant": {"id": "UHJv", "product": None}}
    assert read_order(told).lines[0].variant_name == ""


def test_what_a_customer_typed_is_kept_without_the_signs_that_nobody_sees() -> None:
    address = {"firstName": "An\u202e", "lastName": "Peeters\u200b", "companyName": "", "streetAddress1": "Kouter\t1"}
    address |= {"streetAddress2": "", "postalCode": "9000", "city": "\u2067Gent\u2069", "countryArea": "", "phone": ""}
    read = read_order({**node(), "shippingAddress": {**address, "country": {"code": "BE"}}}).address
    assert read is not None
    assert (read.name, read.street, read.city) == ("An Peeters", "Kouter 1", "Gent")


def address(**told: str) -> dict[str, Any]:
    blank = dict.fromkeys(("firstName", "lastName", "companyName", "streetAddress2", "countryArea", "phone"), "")
    return {**blank, "postalCode": "9000", "city": "GENT", "country": {"code": "BE"}, **told}


def test_an_order_that_is_collected_goes_to_the_point_in_the_name_of_who_paid() -> None:
    told = {
        **node(),
        "collectionPointName": "Afhaalpunt",
        "deliveryMethod": {"nl": "van 11 tot 18 uur", "en": "11 am to 6 pm", "fr": None},
        "shippingAddress": address(companyName="Afhaalpunt", streetAddress1="Voorbeeldkaai 1"),
        "billingAddress": address(firstName="An", lastName="Peeters", streetAddress1="Kouter 1", phone="+32470123456"),
    }
    order = read_order(told)
    assert order.address is not None
    assert (order.address.name, order.address.company, order.address.street, order.address.phone) == (
        "An Peeters",
        "Afhaalpunt",
        "Voorbeeldkaai 1",
        "+32470123456",
    )
    assert order.buyer is not None
    assert (order.buyer.name, order.buyer.company, order.buyer.street) == ("An Peeters", "", "Kouter 1")
    assert order.pickup == SaleorPickup("Afhaalpunt", "van 11 tot 18 uur")
    assert read_order({**told, "languageCodeEnum": "EN"}).pickup == SaleorPickup("Afhaalpunt", "11 am to 6 pm")
    assert read_order({**told, "deliveryMethod": None}).pickup == SaleorPickup("Afhaalpunt", "")
    assert read_order(node()).pickup is None


def test_who_the_invoice_goes_to_is_read_beside_where_the_order_goes_with_the_province() -> None:
    told = {
        **node(),
        "shippingAddress": address(firstName="An", lastName="Peeters", streetAddress1="Kouter 1"),
        "billingAddress": address(
            firstName="Bea", lastName="Claes", streetAddress1="Via Po 2", countryArea="TO\u200b", phone="+3901100000"
        ),
    }
    order = read_order(told)
    assert order.address is not None
    assert order.buyer is not None
    assert (order.address.name, order.address.area) == ("An Peeters", "")
    assert (order.buyer.name, order.buyer.street, order.buyer.area) == ("Bea Claes", "Via Po 2", "TO")
    assert read_order(node()).buyer is None


def test_what_stands_on_a_card_is_kept_in_lines_as_people_see_it() -> None:
    assert (read_order(node()).gift_message, read_order(node()).note) == ("", "")
    told = "\n Proficiat\u202e!\r\nOma\x07\u200b "
    assert read_order({**node(), "giftMessage": told}).gift_message == "Proficiat!\nOma"
    assert read_order({**node(), "note": told}).note == "Proficiat!\nOma"


def test_a_product_that_is_gone_leaves_a_line_without_a_code() -> None:
    assert read_order(node()).lines[0].product_code == ""


def request(key: str, at: int, amount: str = "10.0") -> dict[str, Any]:
    return event("REFUND_REQUEST", at, amount, idempotencyKey=key)


def event(kind: str, at: int, amount: str = "10.0", **more: str) -> dict[str, Any]:
    moment = f"2026-11-23T20:00:{at:02}+00:00"
    told = {"type": kind, "pspReference": "", "idempotencyKey": None, "createdAt": moment, **more}
    return {**told, "amount": {"amount": Decimal(amount)}}


@pytest.mark.parametrize(
    ("events", "waiting"),
    [
        ([request("a", 1)], ["a"]),
        ([request("a", 1), event("REFUND_FAILURE", 2)], []),
        ([request("a", 1), event("REFUND_FAILURE", 2), request("b", 3)], ["b"]),
        ([request("a", 1), request("b", 2, "5.0"), event("REFUND_FAILURE", 3, "5.0")], ["a"]),
        ([request("a", 1), event("REFUND_FAILURE", 2, pspReference="re_1")], ["a"]),
        ([request("a", 1) | {"pspReference": "re_1"}], []),
    ],
)
def test_a_request_waits_for_an_answer_until_saleor_gives_it_up(
    events: list[dict[str, Any]], waiting: list[str]
) -> None:
    read = node()
    read["transactions"][0]["events"] = events[::-1]  # newest first, as Saleor lists them
    assert [one.key for one in read_order(read).transactions[0].unanswered] == waiting


def test_an_amount_that_is_no_whole_number_of_cents_is_refused() -> None:
    read = node()
    read["total"]["gross"]["amount"] = Decimal("298.505")
    with pytest.raises(ValueError, match="whole number of cents"):
        read_order(read)


def money(gross: str, net: str) -> dict[str, Any]:
    return {"gross": {"amount": Decimal(gross)}, "net": {"amount": Decimal(net)}}


def discounted(*, voucher_on: str, promotion: str = "") -> dict[str, Any]:
    """Ten percent off a lamp of € 289 by a voucher, on the order or on its lines; a promotion before it, or none."""
    read = node()
    read |= {"voucherCode": "WELKOM", "voucher": {"name": "Welkom", "type": "ENTIRE_ORDER", "fundedBy": "platform"}}
    line = read["lines"][0]
    line["totalPrice"] = money("260.10", "214.96")
    if promotion:
        line["discounts"].append({"type": "PROMOTION", "total": {"amount": Decimal(promotion)}})
    if voucher_on == "lines":
        line["discounts"].append({"type": "VOUCHER", "total": {"amount": Decimal("28.90") - Decimal(promotion or 0)}})
    else:
        read["discounts"].append({"type": "VOUCHER", "name": "Welkom"})
    return read


@pytest.mark.parametrize("voucher_on", ["order", "lines"])
def test_what_a_voucher_took_off_a_line_is_known_however_it_was_given(voucher_on: str) -> None:
    order = read_order(discounted(voucher_on=voucher_on))
    assert order.voucher == SaleorVoucher("WELKOM", "Welkom", "platform")
    assert (order.lines[0].undiscounted_net_minor, order.lines[0].voucher_net_minor) == (23_884, 2_388)


@pytest.mark.parametrize("voucher_on", ["order", "lines"])
def test_what_a_promotion_took_off_is_not_the_vouchers(voucher_on: str) -> None:
    read = discounted(voucher_on=voucher_on, promotion="8.90")
    assert read_order(read).lines[0].voucher_net_minor == 2_388 * 2_000 // 2_890


def test_what_saleor_tells_of_a_voucher_on_lines_may_be_counted_from_another_price() -> None:
    """Seen in 3.23.28 while a promotion begins: told are ten percent of the price to come, taken those of today's."""
    read = discounted(voucher_on="lines")
    read["lines"][0]["discounts"][0]["total"]["amount"] = Decimal("27.46")
    assert read_order(read).lines[0].voucher_net_minor == 2_388


def test_beside_a_discount_that_staff_gave_on_the_order_nothing_is_said_to_be_the_vouchers() -> None:
    read = discounted(voucher_on="order")
    read["discounts"].append({"type": "MANUAL", "name": "korting van de baas"})
    assert read_order(read).lines[0].voucher_net_minor == 0


def test_a_voucher_on_the_delivery_takes_nothing_off_the_lines() -> None:
    read = node()
    read |= {
        "voucherCode": "GRATIS",
        "voucher": {"name": "Gratis levering", "type": "SHIPPING", "fundedBy": " Platform "},
        "discounts": [{"type": "VOUCHER", "name": "Gratis levering"}],
        "shippingPrice": money("0.00", "0.00"),
    }
    order = read_order(read)
    assert order.voucher == SaleorVoucher("GRATIS", "Gratis levering", "platform")
    assert (order.shipping_net_minor, order.undiscounted_shipping_net_minor) == (0, 785)
    assert order.lines[0].voucher_net_minor == 0


def test_the_delivery_of_a_price_list_is_told_without_tax() -> None:
    read = node()
    read["channel"]["taxConfiguration"]["pricesEnteredWithTax"] = False
    read |= {"undiscountedShippingPrice": {"amount": Decimal("7.85")}, "shippingPrice": money("0.00", "0.00")}
    assert read_order(read).undiscounted_shipping_net_minor == 785


def test_a_voucher_that_is_gone_is_known_by_its_code_and_funded_by_nobody() -> None:
    read = discounted(voucher_on="order") | {"voucher": None}
    assert read_order(read).voucher == SaleorVoucher("WELKOM", "Welkom", "")


@pytest.mark.parametrize("voucher_on", ["order", "lines"])
def test_what_promotions_took_off_is_everybodys_and_known_with_vat(voucher_on: str) -> None:
    assert read_order(discounted(voucher_on=voucher_on)).lines[0].promotion_gross_minor == 0
    read = discounted(voucher_on=voucher_on, promotion="8.90")
    assert read_order(read).lines[0].promotion_gross_minor == 890


def test_what_a_promotion_took_off_a_net_price_is_told_with_its_vat() -> None:
    read = node()
    read["channel"]["taxConfiguration"]["pricesEnteredWithTax"] = False
    line = read["lines"][0]
    line["undiscountedTotalPrice"], line["totalPrice"] = money("290.40", "240.00"), money("229.90", "190.00")
    line["discounts"] = [{"type": "PROMOTION", "total": {"amount": Decimal("40.00")}}]
    assert read_order(read).lines[0].promotion_gross_minor == 4_840
