"""What fulfilment asks of Saleor: one typed method per operation. Every method may raise `GatewayError`."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.client import SaleorClient, every_node, raise_business_errors
from fulfilment.gateways.saleor.offers import (
    ListedPrice,
    SaleorChannel,
    SaleorOffer,
    SaleorPrice,
    StockedProduct,
    read_channel,
    read_listed_prices,
    read_offer,
    read_prices,
    read_stocked,
)
from fulfilment.gateways.saleor.people import (
    OrderOfPerson,
    SaleorAccount,
    SaleorPlace,
    emptied,
    read_account,
    read_order_of_person,
)
from fulfilment.gateways.saleor.price_lists import (
    AccountType,
    NetPrice,
    SaleorPriceList,
    account_type,
    net_prices,
    price_lists,
)
from fulfilment.gateways.saleor.shelves import OrderShelves, read_order_shelves
from fulfilment.gateways.saleor.values import (
    PaidCheckout,
    SaleorApp,
    SaleorOrder,
    read_order,
    read_paid_checkout,
)
from fulfilment.money import is_kept_in, to_decimal

NO_WAREHOUSE = "NO_WAREHOUSE"
"""The code of a failure: what a workshop makes leaves a warehouse, and Saleor has none for it."""


class Saleor:
    """Saleor as our app sees it."""

    def __init__(self, client: SaleorClient) -> None:
        self._client = client

    def app_id(self, identifier: str) -> str | None:
        """The id of our app, by its identifier in the manifest; None where Saleor takes us for nobody, or another."""
        try:
            app = self._client.execute("app")["app"]
        except GatewayError as error:
            if error.code == "PermissionDenied":  # a token that it does not know (any more) makes us nobody
                return None
            raise
        return app["id"] if app and app["identifier"] == identifier else None

    @property
    def told_at(self) -> datetime | None:
        """What time it was at Saleor when it answered last, where it said so."""
        return self._client.told_at

    def our_app(self, identifier: str) -> SaleorApp | None:
        """Our app as Saleor has it; None where it does not know our token as that app's (any more)."""
        if self.app_id(identifier) is None:
            return None
        node = self._client.execute("our_app")["app"]
        hooks = node["webhooks"] or ()
        waiting = [edge["node"] for hook in hooks for edge in hook["eventDeliveries"]["edges"]]
        untold = (found["createdAt"] for found in waiting if not found["attempts"]["edges"])
        return SaleorApp(
            permissions=frozenset(permission["code"] for permission in node["permissions"] or ()),
            hooks={hook["name"]: hook["targetUrl"] for hook in hooks if hook["isActive"]},
            untold_since=min(map(datetime.fromisoformat, untold), default=None),
        )

    def plugin_is_on(self, plugin: str) -> bool:
        """Whether a plugin is there and switched on, for all channels."""
        found = self._client.execute("plugin_state", {"id": plugin})["plugin"]
        return bool(found and found["globalConfiguration"] and found["globalConfiguration"]["active"])

    def order(self, saleor_id: str) -> SaleorOrder | None:
        """None where there is none, and for one of a channel in a currency that our books do not know: not ours."""
        node = self._client.execute("order", {"id": saleor_id})["order"]
        return read_order(node) if node and is_kept_in(node["channel"]["currencyCode"]) else None

    def orders_changed(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        """Ids of orders whose `updatedAt` moved since, with that; it does not see tracking and partial fulfilments."""
        nodes = every_node(self._client, "orders_changed", {"since": since.isoformat()})
        return ((node["id"], datetime.fromisoformat(node["updatedAt"])) for node in nodes)

    def paid_checkouts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Checkouts with money on them and no order: the id of each, and those of the transactions with that money."""
        for node in every_node(self._client, "paid_checkouts"):
            charged = [found["id"] for found in node["transactions"] or [] if found["chargedAmount"]["amount"] > 0]
            yield node["id"], tuple(charged)

    def paid_checkout(self, checkout_id: str) -> PaidCheckout | None:
        """A checkout with its money and the requests to give it back; None once it became an order.

        None as well in a currency that our books do not know: our app takes no such money, so it is not ours.
        """
        node = self._client.execute("paid_checkout", {"id": checkout_id})["checkout"]
        is_ours = node is not None and is_kept_in(node["totalPrice"]["gross"]["currency"])
        return read_paid_checkout(node) if is_ours else None

    def report(
        self,
        transaction_id: str,
        event: str,
        psp_reference: str,
        amount_minor: int,
        currency: str,
        *,
        at: datetime,
        actions: tuple[str, ...] = (),
        message: str = "",
    ) -> None:
        """Tell what happened at the payment provider; a repeat is taken for the same."""
        self._client.mutate(
            "report_transaction_event",
            "transactionEventReport",
            {
                "id": transaction_id,
                "type": event,
                "pspReference": psp_reference,
                "amount": str(to_decimal(amount_minor, currency)),
                "time": at.isoformat(),
                "message": message,
                "availableActions": list(actions),
            },
        )

    def create_transaction(self, order_id: str, psp_reference: str, *, name: str) -> str:
        """A transaction of ours on an order that was paid without our app, with no money on it yet; its id."""
        payload = self._client.mutate(
            "create_transaction",
            "transactionCreate",
            {"order": order_id, "transaction": {"name": name, "pspReference": psp_reference}},
        )
        return str(payload["transaction"]["id"])

    def complete_checkout(self, checkout_id: str) -> str:
        """Turn a paid checkout into its order; the order's id, the same one every time."""
        payload = self._client.mutate("complete_checkout", "checkoutComplete", {"id": checkout_id})
        order = payload["order"]
        if order is None:
            raise GatewayError("Saleor completed a checkout without an order", retry=True, at="Saleor")
        return str(order["id"])

    def refund_transaction(self, transaction_id: str, amount_minor: int, currency: str) -> None:
        """Ask that money of a checkout without an order goes back; Saleor then asks our payment app."""
        self._client.mutate(
            "request_transaction_refund",
            "transactionRequestAction",
            {"id": transaction_id, "amount": str(to_decimal(amount_minor, currency))},
        )

    def grant_refund(
        self,
        order_id: str,
        transaction_id: str,
        lines: Mapping[str, int],
        *,
        shipping: bool,
        amount_minor: int,
        currency: str,
        reason: str,
    ) -> str:
        """Grant a refund of an amount, for units of lines and the shipping, or for none; its id.

        The amount is said, since Saleor's own is the rounded price of a unit times the units.
        """
        payload = self._client.mutate(
            "grant_refund",
            "orderGrantRefundCreate",
            {
                "order": order_id,
                "input": {
                    "transactionId": transaction_id,
                    "amount": str(to_decimal(amount_minor, currency)),
                    "lines": [{"id": line, "quantity": quantity} for line, quantity in lines.items()],
                    "grantRefundForShipping": shipping,
                    "reason": reason,
                },
            },
        )
        return str(payload["grantedRefund"]["id"])

    def request_granted_refund(self, transaction_id: str, refund_id: str) -> None:
        """Have a granted refund paid back; Saleor then asks our payment app."""
        self._client.mutate(
            "request_granted_refund",
            "transactionRequestRefundForGrantedRefund",
            {"transaction": transaction_id, "grantedRefund": refund_id},
        )

    def warehouse_id(self, slug: str) -> str:
        """Saleor's id of a producer's warehouse; `GatewayError` with the code `NO_WAREHOUSE` where it has none."""
        warehouse = self._client.execute("warehouse", {"externalReference": slug})["warehouse"]
        if warehouse is None:
            told = f"Saleor has no warehouse with external reference “{slug}”"
            raise GatewayError(told, retry=False, code=NO_WAREHOUSE, at="Saleor")
        return str(warehouse["id"])

    def fulfil(
        self, order_id: str, warehouse_id: str, lines: Mapping[str, int], tracking_number: str
    ) -> tuple[str, ...]:
        """Ship units of lines from a warehouse; ids of the fulfilments made. A repeat ships again: read first."""
        stocks = [
            {"orderLineId": line, "stocks": [{"warehouse": warehouse_id, "quantity": quantity}]}
            for line, quantity in lines.items()
        ]
        payload = self._client.mutate(
            "fulfil_order",
            "orderFulfill",
            {
                "order": order_id,
                "input": {
                    "lines": stocks,
                    "trackingNumber": tracking_number,
                    "notifyCustomer": False,
                    "allowStockToBeExceeded": True,
                },
            },
        )
        return tuple(fulfilment["id"] for fulfilment in payload["fulfillments"] or [])

    def update_tracking(self, fulfilment_id: str, tracking_number: str) -> None:
        self._client.mutate(
            "update_tracking",
            "orderFulfillmentUpdateTracking",
            {"fulfillment": fulfilment_id, "input": {"trackingNumber": tracking_number, "notifyCustomer": False}},
        )

    def return_products(self, order_id: str, lines: Mapping[str, int], *, reason: str) -> None:
        """Units of lines of fulfilments (Saleor's id of that line → units) came back; no money moves by it.

        A repeat returns more: read first.
        """
        rows = [{"fulfillmentLineId": line, "quantity": quantity} for line, quantity in lines.items()]
        self._client.mutate(
            "return_products",
            "orderFulfillmentReturnProducts",
            {"order": order_id, "input": {"fulfillmentLines": rows, "refund": False, "reason": reason}},
        )

    def drop_products(self, order_id: str, lines: Mapping[str, int], *, reason: str) -> None:
        """Units of an order's lines (Saleor's id → units) will never leave, and are set aside no longer; no money moves
        by it. A repeat drops more: read first.
        """
        rows = [{"orderLineId": line, "quantity": quantity} for line, quantity in lines.items()]
        self._client.mutate(
            "return_products",
            "orderFulfillmentReturnProducts",
            {"order": order_id, "input": {"orderLines": rows, "refund": False, "reason": reason}},
        )

    def cancel_fulfilment(self, fulfilment_id: str, warehouse_id: str) -> None:
        """Take back what was shipped: its pieces are on the shelf of a warehouse, set aside for the order."""
        self._client.mutate(
            "cancel_fulfilment", "orderFulfillmentCancel", {"fulfillment": fulfilment_id, "warehouse": warehouse_id}
        )

    def order_shelves(self, order_id: str) -> OrderShelves | None:
        """What stands on the shelves for an order; None where there is no such order."""
        node = self._client.execute("order_shelves", {"id": order_id})["order"]
        return read_order_shelves(node) if node else None

    def make_shelf(self, variant_id: str, warehouse_id: str) -> None:
        """A shelf for a variant in a warehouse, empty as yet; nothing where it has one."""
        try:
            place = {"variant": variant_id, "warehouse": warehouse_id}
            self._client.mutate("make_shelf", "productVariantStocksCreate", place)
        except GatewayError as error:
            if error.code != "UNIQUE":
                raise

    def fill_shelf(self, variant_id: str, warehouse_id: str, quantity: int) -> None:
        """Say how many pieces of a variant are in a warehouse, those that are set aside among them."""
        given = {"variant": variant_id, "warehouse": warehouse_id, "quantity": quantity}
        self._client.mutate("fill_shelf", "productVariantStocksUpdate", given)

    def publish_producer(self, product_code: str, producer_slug: str) -> str | None:
        """Write who makes a product ("": nobody) on the product; how many hours the product says that a piece takes to
        make ("": it does not say, or its pieces lie ready). None where Saleor has no such product."""
        product = self._client.execute("product_by_code", {"code": product_code})["product"]
        if product is None:
            return None
        if (product["producer"] or "") != producer_slug:
            payload = self._client.execute("publish_producer", {"product": product["id"], "producer": producer_slug})
            raise_business_errors("publish_producer", payload["updateMetadata"]["errors"])
        lies_ready = all(variant["trackInventory"] for variant in product["variants"] or ())
        return "" if lies_ready else ((product["hours"] or {}).get("text") or "")

    def channels(self) -> list[SaleorChannel]:
        """Where something is sold, or could be."""
        return [read_channel(node) for node in self._client.execute("channels")["channels"]]

    def prices(self, channel: str, currency: str) -> Iterator[SaleorPrice]:
        """What each variant that is for sale in a channel costs there now, promotions included."""
        for node in every_node(self._client, "prices", {"channel": channel}):
            yield from read_prices(node, channel, currency)

    def listed_prices(self, channel: str, currency: str) -> Iterator[ListedPrice]:
        """The same with what stands there as the price before a reduction, and where that is written."""
        for node in every_node(self._client, "listed_prices", {"channel": channel}):
            yield from read_listed_prices(node, channel, currency)

    def set_prior_price(self, listed: ListedPrice, minor: int | None) -> None:
        """Write the price before a reduction beside a price; None takes it away. Nothing else of it changes."""
        price = None if minor is None else str(to_decimal(minor, listed.currency))
        variables = {"product": listed.product_id, "variant": listed.variant_id, "listing": listed.listing_id}
        payload = self._client.execute("set_prior_price", {**variables, "price": price})
        raise_business_errors("set_prior_price", payload["productVariantBulkUpdate"]["errors"])

    def stocked(self, product_id: str, channel: str) -> StockedProduct | None:
        """What of a product can be bought in a channel now; None where there is no such product."""
        node = self._client.execute("stocked_product", {"id": product_id, "channel": channel})["product"]
        return read_stocked(node) if node else None

    def told_of_product(self, product_id: str) -> dict[str, Any] | None:
        """A product with what it costs in each channel that sells in a currency of our books, as Saleor tells it: to be
        kept, and read with `read_priced_product`. None where there is no such product."""
        nodes = self._client.execute("channels")["channels"]
        channels = [node for node in nodes if node["isActive"] and is_kept_in(node["currencyCode"])]
        products: dict[str, Any] = {}
        # Without a channel it is found too, and has no price; so it is where nothing is sold at all.
        for slug in [channel["slug"] for channel in channels] or [None]:
            node = self._client.execute("priced_product", {"id": product_id, "channel": slug})["product"]
            if node is not None:
                products[slug or ""] = node
        return {"channels": channels, "products": products} if products else None

    def vouchers(self) -> Iterator[SaleorOffer]:
        """The vouchers that can be used, now or later."""
        return map(read_offer, every_node(self._client, "vouchers"))

    def accounts(self, emails: Collection[str]) -> list[SaleorAccount]:
        """The accounts of a person, by each of the ways in which their address is written."""
        return [read_account(node) for node in every_node(self._client, "person", {"emails": sorted(emails)})]

    def orders_of(self, emails: Collection[str]) -> list[OrderOfPerson]:
        """The orders on that address, with an account or without."""
        nodes = every_node(self._client, "orders_of_person", {"emails": sorted(emails)})
        return [read_order_of_person(node) for node in nodes]

    def addresses_of_accounts(self) -> Iterator[str]:
        """The e-mail address of every account."""
        return (node["email"] for node in every_node(self._client, "addresses_of_people"))

    def forget_order(self, order_id: str, places: Mapping[str, SaleorPlace]) -> None:
        """Empty whose an order was and what its customer wrote, but for where VAT was due; a repeat does the same.

        Nothing where it is gone.
        """
        self._unless_gone("forget_words", "updateMetadata", {"id": order_id})
        self._unless_gone("forget_order", "orderUpdate", {"id": order_id, "input": emptied(places)})

    def delete_customer(self, account_id: str) -> None:
        """Delete an account with its addresses; nothing where it is gone. Its orders stay, as nobody's account's."""
        self._unless_gone("delete_customer", "customerDelete", {"id": account_id})

    def price_lists(self) -> list[SaleorPriceList]:
        """The price lists that are open, and which types of customers each is for."""
        return price_lists(self._client)

    def net_prices(self, price_list: str, language: str) -> list[NetPrice]:
        """Everything that has a price in a price list."""
        return net_prices(self._client, price_list, language)

    def account_type(self, account_id: str) -> AccountType | None:
        """Which price lists an account may order from; None where it is gone."""
        return account_type(self._client, account_id)

    def set_customer_type(self, account_id: str, type_id: str) -> None:
        """Make an account one of that type; a repeat does the same, and nothing happens where it is gone."""
        self._unless_gone("set_customer_type", "customerUpdate", {"id": account_id, "type": type_id})

    def _unless_gone(self, name: str, field: str, variables: Mapping[str, object]) -> None:
        try:
            self._client.mutate(name, field, variables)
        except GatewayError as error:
            if error.code != "NOT_FOUND":
                raise

    def close(self) -> None:
        self._client.close()
