"""What a customer does with a checkout: fill it, say where it goes, choose a delivery."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from catalogue.values import Variant
from sandbox.common.store import Document, Transaction
from sandbox.saleor.addresses import read_address
from sandbox.saleor.auth import PermissionDenied, Requestor
from sandbox.saleor.catalogue import QUANTITY_LIMIT, available
from sandbox.saleor.checkout_state import (
    collection_points,
    freeze_prices,
    leave_collection_point,
    load,
    new_checkout,
    recalculate_deliveries,
    recount_discount,
    save,
)
from sandbox.saleor.checkouts import checkout_node, delivery_node
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.customers import logged_in
from sandbox.saleor.ids import global_id, key_of

resolvers = Resolvers()

Lines = Sequence[Mapping[str, Any]]
Change = Callable[[Transaction, Document], list[Node]]
"""Changes the document in place and returns what is wrong; what is wrong is not stored."""


def changed(core: Core, id: str | None, change: Change) -> tuple[Document | None, list[Node]]:
    """Load, change and store a checkout in one transaction."""
    with core.store.write() as tx:
        checkout = load(tx, id)
        if checkout is None:
            return None, [no_such_checkout(id)]
        wrong = change(tx, checkout)
        if wrong:
            return None, wrong
        save(tx, core, checkout)
    return checkout, []


def no_such_checkout(id: str | None) -> Node:
    """What a mutation answers to an id that names no checkout."""
    if id is not None and key_of("Checkout", id) is None:
        return problem("GRAPHQL_ERROR", f"Invalid ID: {id}. Expected: Checkout.", "id")
    return problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")


def answer(core: Core, result: tuple[Document | None, list[Node]]) -> Node:
    """The payload of a mutation that changed a checkout, or did not."""
    checkout, wrong = result
    return {"checkout": checkout_node(core, checkout) if checkout else None, "errors": wrong}


@resolvers.field("Mutation.checkoutCreate")
def checkout_create(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any]) -> Node:
    core = core_of(info)
    channel = core.catalogue.file.channel
    if input.get("channel") is None:
        wrong_channel = problem("MISSING_CHANNEL_SLUG", "You need to provide channel slug.", "channel")
        return answer(core, (None, [wrong_channel]))
    if input["channel"] != channel.slug:
        return answer(
            core, (None, [problem("NOT_FOUND", f"Channel with '{input['channel']}' slug does not exist.", "channel")])
        )
    if not channel.is_active:
        return answer(
            core, (None, [problem("CHANNEL_INACTIVE", f"Channel with '{channel.slug}' is inactive.", "channel")])
        )
    checkout = new_checkout(core, input.get("languageCode"))
    checkout["email"] = input.get("email")
    with core.store.write() as tx:
        _give_to_who_asks(tx, context(info).requestor, checkout)
        wrong = _add_lines(core, tx, checkout, input["lines"])
        for name, kind in (("shippingAddress", "SHIPPING"), ("billingAddress", "BILLING")):
            if input.get(name):
                checkout[name], faults = read_address(input[name], kind)
                wrong += faults
        if not wrong:
            freeze_prices(core, checkout)
            save(tx, core, checkout)
    return answer(core, (None, wrong) if wrong else (checkout, []))


def _give_to_who_asks(tx: Transaction, requestor: Requestor, checkout: Document) -> None:
    """A basket that a customer begins is theirs; where it goes, it does not know from that."""
    if requestor.customer_id is None:
        return
    customer = logged_in(tx, requestor)
    checkout["user"] = customer["id"]
    checkout["email"] = checkout["email"] or customer["email"]


@resolvers.field("Mutation.checkoutCustomerAttach")
def checkout_customer_attach(_root: object, info: GraphQLResolveInfo, id: str | None = None) -> Node:
    core, requestor = core_of(info), context(info).requestor

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        customer = logged_in(tx, requestor)
        if checkout.get("user"):
            raise PermissionDenied.because("You cannot reassign a checkout that is already attached to a user.")
        checkout["user"], checkout["email"] = customer["id"], customer["email"]
        return []

    return answer(core, changed(core, id, change))


@resolvers.field("Mutation.checkoutLinesAdd")
def checkout_lines_add(_root: object, info: GraphQLResolveInfo, lines: Lines, id: str | None = None) -> Node:
    core = core_of(info)

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        wrong = _add_lines(core, tx, checkout, lines)
        if not wrong:
            _look_anew(core, tx, checkout)
        return wrong

    return answer(core, changed(core, id, change))


def _add_lines(core: Core, tx: Transaction, checkout: Document, lines: Lines) -> list[Node]:
    wanted: dict[str, int] = {}
    for line in lines:
        variant, wrong = _for_sale(core, line["variantId"])
        if variant is None:
            return wrong
        if line["quantity"] < 1:
            return [problem("ZERO_QUANTITY", "The quantity should be higher than zero.", "quantity")]
        current = next((k["quantity"] for k in checkout["lines"] if k["sku"] == variant.sku), 0)
        wanted[variant.sku] = wanted.get(variant.sku, current) + line["quantity"]
    return _set_quantities(core, tx, checkout, wanted)


@resolvers.field("Mutation.checkoutLinesUpdate")
def checkout_lines_update(_root: object, info: GraphQLResolveInfo, lines: Lines, id: str | None = None) -> Node:
    core = core_of(info)

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        wanted: dict[str, int] = {}
        for line in lines:
            sku, wrong = _line_to_update(core, checkout, line)
            if wrong:
                return wrong
            quantity = line.get("quantity")
            if quantity is None:
                return [problem("REQUIRED", "The quantity is required.", "quantity")]
            if quantity < 0:
                return [problem("ZERO_QUANTITY", "The quantity should be higher than zero.", "quantity")]
            wanted[sku] = quantity
        wrong = _set_quantities(core, tx, checkout, wanted)
        if not wrong:
            _look_anew(core, tx, checkout)
        return wrong

    return answer(core, changed(core, id, change))


def _look_anew(core: Core, tx: Transaction, checkout: Document) -> None:
    """Other lines: the prices are read anew, the voucher counted, and the delivery must be asked for again."""
    checkout["stale"] = True
    if not collection_points(core, tx, checkout):
        leave_collection_point(checkout)
    freeze_prices(core, checkout)
    recount_discount(core, tx, checkout)


def _line_to_update(core: Core, checkout: Document, line: Mapping[str, Any]) -> tuple[str, list[Node]]:
    if line.get("lineId"):
        key = key_of("CheckoutLine", line["lineId"])
        sku = next((k["sku"] for k in checkout["lines"] if k["id"] == key), None)
        if sku is None:
            return "", [_no_such_node(line["lineId"], "lineId")]
        return sku, []
    variant, wrong = _for_sale(core, line.get("variantId"))
    return (variant.sku if variant else ""), wrong


def _no_such_node(id: str | None, field_name: str) -> Node:
    """One id of a list of them: Saleor's general error, unlike an unknown checkout's."""
    return problem("GRAPHQL_ERROR", f"Could not resolve to a node with the global id list of '{[id]}'.", field_name)


def _for_sale(core: Core, variant_id: str | None) -> tuple[Variant | None, list[Node]]:
    found = core.catalogue.variant_by_id(variant_id)
    if found is None:
        return None, [_no_such_node(variant_id, "variantId")]
    if not found[0].listed:
        text = "Cannot add lines for unavailable in channel variants."
        wrong = problem("UNAVAILABLE_VARIANT_IN_CHANNEL", text, "lines", variants=[variant_id])
        return None, [wrong]
    return found[1], []


def _set_quantities(core: Core, tx: Transaction, checkout: Document, wanted: Mapping[str, int]) -> list[Node]:
    for sku, quantity in wanted.items():
        found = core.catalogue.variant(sku)
        if quantity > QUANTITY_LIMIT:
            text = f"Cannot add more than {QUANTITY_LIMIT} times this item: {sku}."
            return [problem("QUANTITY_GREATER_THAN_LIMIT", text, "quantity")]
        if found and found[1].tracked and quantity > (left := available(tx, found[1])):
            text = f"Could not add items {sku}. Only {left} remaining in stock."
            return [problem("INSUFFICIENT_STOCK", text, "quantity")]
        line = next((k for k in checkout["lines"] if k["sku"] == sku), None)
        if line is None:
            line = {"id": str(uuid4()), "sku": sku, "unit": 0}
            checkout["lines"].append(line)
        line["quantity"] = quantity
    checkout["lines"] = [line for line in checkout["lines"] if line["quantity"]]
    return []


@resolvers.field("Mutation.checkoutLanguageCodeUpdate")
def checkout_language_code_update(
    _root: object, info: GraphQLResolveInfo, languageCode: str, id: str | None = None
) -> Node:
    core = core_of(info)

    def change(_tx: Transaction, checkout: Document) -> list[Node]:
        checkout["languageCode"] = languageCode
        return []

    return answer(core, changed(core, id, change))


@resolvers.field("Mutation.checkoutEmailUpdate")
def checkout_email_update(_root: object, info: GraphQLResolveInfo, email: str, id: str | None = None) -> Node:
    core = core_of(info)

    def change(_tx: Transaction, checkout: Document) -> list[Node]:
        if not email:
            return [problem("REQUIRED", "This field cannot be blank.", "email")]
        if "@" not in email[1:-1]:
            return [problem("INVALID", "Enter a valid email address.", "email")]
        checkout["email"] = email
        return []

    return answer(core, changed(core, id, change))


@resolvers.field("Mutation.checkoutShippingAddressUpdate")
def checkout_shipping_address_update(
    _root: object, info: GraphQLResolveInfo, shippingAddress: Mapping[str, Any], id: str | None = None
) -> Node:
    core = core_of(info)

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        if checkout.get("collection_point"):
            text = "Can't change shipping address manually. For click and collect it is the warehouse's."
            return [problem("SHIPPING_CHANGE_FORBIDDEN", text, "shippingAddress")]
        checkout["shippingAddress"], wrong = read_address(shippingAddress, "SHIPPING")
        if not wrong:
            checkout["stale"] = True
            recount_discount(core, tx, checkout)
        return wrong

    return answer(core, changed(core, id, change))


@resolvers.field("Mutation.checkoutBillingAddressUpdate")
def checkout_billing_address_update(
    _root: object, info: GraphQLResolveInfo, billingAddress: Mapping[str, Any], id: str | None = None
) -> Node:
    core = core_of(info)

    def change(_tx: Transaction, checkout: Document) -> list[Node]:
        checkout["billingAddress"], wrong = read_address(billingAddress, "BILLING")
        return wrong

    return answer(core, changed(core, id, change))


@resolvers.field("Mutation.deliveryOptionsCalculate")
def delivery_options_calculate(_root: object, info: GraphQLResolveInfo, id: str) -> Node:
    core = core_of(info)

    def change(_tx: Transaction, checkout: Document) -> list[Node]:
        recalculate_deliveries(core, checkout)
        return []

    checkout, wrong = changed(core, id, change)
    deliveries = checkout["deliveries"] if checkout else []
    return {"deliveries": [delivery_node(core, d) for d in deliveries if d["valid"]], "errors": wrong}


@resolvers.field("Mutation.checkoutDeliveryMethodUpdate")
def checkout_delivery_method_update(
    _root: object, info: GraphQLResolveInfo, id: str | None = None, deliveryMethodId: str | None = None
) -> Node:
    core = core_of(info)

    def change(tx: Transaction, checkout: Document) -> list[Node]:
        if key_of("Warehouse", deliveryMethodId) is not None:
            return _collect(core, tx, checkout, deliveryMethodId)
        if deliveryMethodId is None:
            checkout["delivery"] = None
            leave_collection_point(checkout)
            recount_discount(core, tx, checkout)
            return []
        options = {global_id("CheckoutDelivery", d["id"]): d for d in checkout["deliveries"]}
        wanted = options.get(deliveryMethodId)
        if wanted is None:
            text = f"Couldn't resolve to a node: {deliveryMethodId}"
            return [problem("NOT_FOUND", text, "deliveryMethodId")]
        if not wanted["valid"]:
            text = "This delivery method is not applicable."
            return [problem("DELIVERY_METHOD_NOT_APPLICABLE", text, "deliveryMethodId")]
        checkout["delivery"] = wanted["id"]
        leave_collection_point(checkout)
        recount_discount(core, tx, checkout)
        return []

    return answer(core, changed(core, id, change))


def _collect(core: Core, tx: Transaction, checkout: Document, warehouse_id: str | None) -> list[Node]:
    """Its customer comes for it: then it goes to the address of the collection point."""
    point = core.catalogue.warehouse_by_id(warehouse_id)
    if point is None or point not in collection_points(core, tx, checkout):
        text = "This pick up point is not applicable."
        return [problem("DELIVERY_METHOD_NOT_APPLICABLE", text, "deliveryMethodId")]
    address, _wrong = read_address(point.address, "SHIPPING")
    checkout |= {"delivery": None, "collection_point": point.reference, "shippingAddress": address}
    recount_discount(core, tx, checkout)
    return []
