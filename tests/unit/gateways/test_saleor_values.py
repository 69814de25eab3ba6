"""What Saleor told, read to the cent."""

import json
from decimal import Decimal
from typing import Any

import pytest

from fulfilment.gateways.saleor.values import read_order

ORDER = """{
  "id": "T3JkZXI6MQ==", "number": "7", "status": "UNFULFILLED", "created": "2026-11-23T20:00:00+00:00",
  "updatedAt": "2026-11-23T20:00:01+00:00",
  "checkoutId": null, "languageCodeEnum": "NL_BE", "userEmail": "an@example.com",
  "channel": {"slug": "consumer", "currencyCode": "EUR"},
  "total": {"gross": {"amount": 298.5, "currency": "EUR"}},
  "shippingPrice": {"gross": {"amount": 9.5}, "net": {"amount": 7.85}}, "shippingTaxRate": 0.21,
  "totalCharged": {"amount": 298.5}, "totalRefunded": {"amount": 0.0},
  "shippingAddress": null, "billingAddress": null, "grantedRefunds": [], "fulfillments": [],
  "transactions": [{"id": "t", "pspReference": "pi_1", "chargedAmount": {"amount": 200.0},
    "refundedAmount": {"amount": 0.0}, "refundPendingAmount": {"amount": 98.5}}],
  "lines": [{"id": "l", "productName": "Koord", "variantName": "SG-001", "productSku": "SG-001", "quantity": 1,
    "taxRate": 0.21, "totalPrice": {"gross": {"amount": 289.0}, "net": {"amount": 238.84}},
    "undiscountedTotalPrice": {"gross": {"amount": 289.0}}, "variant": null}]
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


def test_a_product_that_is_gone_leaves_a_line_without_a_code() -> None:
    assert read_order(node()).lines[0].product_code == ""


def test_an_amount_that_is_no_whole_number_of_cents_is_refused() -> None:
    read = node()
    read["total"]["gross"]["amount"] = Decimal("298.505")
    with pytest.raises(ValueError, match="whole number of cents"):
        read_order(read)
