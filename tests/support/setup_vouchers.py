"""The vouchers of a Saleor for the set-up."""

from decimal import Decimal
from typing import Any

from catalogue.values import Voucher, VoucherScope
from fulfilment.saleor_setup.setup import ALIASES


def voucher_node(voucher: Voucher) -> dict[str, Any]:
    """A voucher as Saleor tells it."""
    value = voucher.percent if voucher.percent is not None else Decimal(voucher.amount or 0) / 100
    least = {"amount": Decimal(voucher.minimum) / 100} if voucher.minimum else None
    return {
        "id": f"voucher:{voucher.key}",
        "name": voucher.name,
        "type": voucher.saleor_type,
        "discountValueType": "PERCENTAGE" if voucher.percent is not None else "FIXED",
        "applyOncePerOrder": voucher.scope is VoucherScope.CHEAPEST,
        "applyOncePerCustomer": voucher.once_per_customer,
        "singleUse": voucher.single_use,
        "usageLimit": voucher.usage_limit,
        "startDate": voucher.valid_from.isoformat(),
        "endDate": voucher.valid_until.isoformat() if voucher.valid_until else None,
        "minCheckoutItemsQuantity": voucher.minimum_quantity or None,
        "fundedBy": voucher.funded_by or None,
        "codes": {"edges": [{"node": {"code": code}} for code in voucher.codes]},
        "channelListings": [
            {"channel": {"slug": slug}, "discountValue": value, "minSpent": least} for slug in voucher.channels
        ],
        "products": {"edges": [{"node": {"externalReference": code}} for code in voucher.products]},
        "collections": {"edges": [{"node": {"slug": slug}} for slug in voucher.collections]},
        **{ALIASES[language]: dict(texts) for language, texts in voucher.translations.items()},
    }
