"""A customer gives a code, or takes it back; and whenever the basket changes, whether its code still holds."""

from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.checkout_changes import answer, changed
from sandbox.saleor.checkout_state import discount_now, freeze_prices, keep_discount
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.vouchers import NotApplicable, find, is_active

resolvers = Resolvers()


@resolvers.field("Mutation.checkoutAddPromoCode")
def checkout_add_promo_code(_root: object, info: GraphQLResolveInfo, promoCode: str, id: str | None = None) -> Node:
    core = core_of(info)

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        voucher = find(core, promoCode)
        if voucher is None or not is_active(core, tx, voucher, promoCode):
            return [problem("INVALID", "Promo code is invalid", "promoCode")]
        try:
            discount = discount_now(core, tx, checkout, voucher)
        except NotApplicable:
            text = "Voucher is not applicable to this checkout."
            return [problem("VOUCHER_NOT_APPLICABLE", text, "promoCode")]
        keep_discount(checkout, voucher, promoCode, discount)
        _look_anew(core, checkout)
        return []

    return answer(core, changed(core, id, change))


@resolvers.field("Mutation.checkoutRemovePromoCode")
def checkout_remove_promo_code(
    _root: object, info: GraphQLResolveInfo, id: str | None = None, promoCode: str | None = None
) -> Node:
    core = core_of(info)
    if not promoCode:
        text = "At least one argument is required: 'promo_code', 'promo_code_id'."
        return {"checkout": None, "errors": [problem("GRAPHQL_ERROR", text)]}

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        voucher, attached = find(core, promoCode), checkout.get("voucher_code")
        if voucher is None and promoCode != attached:
            return [problem("NOT_FOUND", "Promo code does not exists.", "promoCode")]
        if not _is_attached(core, tx, promoCode, attached):
            text = "Cannot remove a voucher not attached to this checkout."
            return [problem("INVALID", text, "promoCode")]
        keep_discount(checkout, None, None, 0)
        _look_anew(core, checkout)
        return []

    return answer(core, changed(core, id, change))


def _is_attached(core: Core, reader: Reader, code: str, attached: Any) -> bool:
    """Any code of a voucher that may still be used takes it off; of another only the one that was given."""
    voucher = find(core, attached)
    if voucher is not None and is_active(core, reader, voucher, attached):
        return code in voucher.codes
    return bool(code == attached)


def _look_anew(core: Core, checkout: Document) -> None:
    """A code may change what is delivered and how, so the ways of delivering must be asked for again."""
    checkout["stale"] = True
    freeze_prices(core, checkout)
