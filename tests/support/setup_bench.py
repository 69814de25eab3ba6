"""A Saleor for the set-up, in memory: it tells what a file would have made of it, and notes what it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from catalogue.file import editor_text
from catalogue.values import (
    PAGE_FILES,
    PAGE_TEXTS,
    PAGE_TYPES,
    TEXT_ATTRIBUTES,
    CatalogueFile,
    Channel,
    MenuItem,
    Page,
    ShippingMethod,
)
from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.saleor_setup import channels, types
from fulfilment.saleor_setup.plugins import WHOLESALE
from fulfilment.saleor_setup.setup import Change, Setup
from fulfilment.saleor_setup.steps import STEPS
from tests.support.setup_products import DEMO, Nodes, colour_nodes, digest, prices, product_node, texts, told
from tests.support.setup_promotions import promotion_node
from tests.support.setup_vouchers import voucher_node
from tests.support.setup_warehouses import warehouse_nodes

SHOP = "https://shop.example"
WITH_TEXTS: Mapping[str, Iterable[str]] = {"create_product": TEXT_ATTRIBUTES, "create_page": PAGE_TEXTS}
"""What tells the texts of what it made, and which."""


@dataclass
class SaleorToSetUp:
    """`holds` is the file that this Saleor was made of; None for a bare one. Nodes can be changed by a test."""

    holds: CatalogueFile | None
    refuses: str = ""
    """The document that is refused."""
    written: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    answers: dict[str, Nodes] = field(init=False)
    missing: list[str] = field(default_factory=list)
    """The plugins that the last run missed."""
    _made: int = 0

    def __post_init__(self) -> None:
        self.answers = _answers(self.holds) if self.holds else _bare()

    def execute(self, name: str, variables: Mapping[str, object] | None = None) -> Nodes:
        document = name.removeprefix("setup/")
        if document == "plugin" and (variables or {})["id"] == WHOLESALE and not self.answers["channels"]["channels"]:
            return {"plugin": None}  # it has one configuration for each channel, and Saleor knows it by these
        if document == "collection_products":
            edges = self.answers["collections"]["collections"]["edges"]
            holding = next(edge["node"] for edge in edges if edge["node"]["id"] == (variables or {})["id"])
            return _page_of("products", holding["products"])
        return self.answers[document]

    def mutate_only(self, name: str, variables: Mapping[str, Any]) -> Nodes:
        document = name.removeprefix("setup/")
        if document == self.refuses:
            raise GatewayError("title: too long (INVALID)", retry=False, code="INVALID")
        self.written.append((document, variables))
        self._made += 1
        if document == "create_channel":
            given = variables["input"]
            as_shop = Channel(given["slug"], given["name"], given["currencyCode"], "BE", True, given["isActive"], None)
            self.answers["channels"]["channels"].append(_channel(as_shop, []))
        made: Nodes = {"id": f"made-{self._made}", "url": "http://saleor/file", "contentType": "x"}
        if document in WITH_TEXTS:
            made["attributes"] = _texts_made(WITH_TEXTS[document], variables["input"])
        return {"errors": [], "made": made}

    def upload(self, name: str, variables: Mapping[str, Any], place: str, path: Path) -> Nodes:
        assert path.read_bytes()
        return self.mutate_only(name, {**variables, "file": path.name})

    def documents(self) -> list[str]:
        return [document for document, _variables in self.written]

    def run(self, file: CatalogueFile, *, apply: bool = True) -> list[Change]:
        """Every step over the file; the changes that were told."""
        told: list[Change] = []
        setup = Setup(cast(SaleorClient, self), file, DEMO / "pictures", SHOP, apply, told.append)
        for _title, step in STEPS:
            step(setup)
        self.missing = setup.missing
        return told


def _texts_made(slugs: Iterable[str], given: Mapping[str, Any]) -> list[Nodes]:
    """What was made tells its plain texts, with the ids under which they are translated."""
    told = (one["plainText"] for one in given["attributes"] if "plainText" in one)  # in that order
    values = {slug: {"id": f"value:{slug}", "plainText": next(told)} for slug in slugs}
    return [{"attribute": {"slug": slug}, "values": [value]} for slug, value in values.items()]


def _page_of(name: str, nodes: list[Nodes]) -> Nodes:
    info = {"hasNextPage": False, "endCursor": None}
    return {name: {"pageInfo": info, "edges": [{"node": node} for node in nodes]}}


def _bare() -> dict[str, Nodes]:
    empty = ("warehouses", "pages", "categories", "products", "collections", "vouchers", "promotions")
    return {
        **{name: _page_of(name, []) for name in empty},
        "shop": {"shop": _shop(allow_unpaid=False, legacy=True)},
        "customer_types": _page_of("customerTypes", [_customer_type("default", "Default")]),
        "channels": {"channels": []},
        "plugin": {"plugin": {"channelConfigurations": []}},
        "tax_classes": _page_of("taxClasses", []),
        "country_taxes": {"taxCountryConfigurations": []},
        "shipping_zones": _page_of("shippingZones", []),
        "types": {**_page_of("attributes", []), **_page_of("pageTypes", []), **_page_of("productTypes", [])},
        "menu": {"menu": None},
        "colours": _page_of("attributes", []),
    }


def _answers(file: CatalogueFile) -> dict[str, Nodes]:
    first = next(iter(file.tax_classes))
    return {
        "shop": {"shop": _shop(allow_unpaid=file.fulfil_unpaid, legacy=False)},
        "warehouses": _page_of("warehouses", warehouse_nodes(file)),
        "customer_types": _page_of(
            "customerTypes", [_customer_type(*one) for one in {"default": "Default", **file.customer_types}.items()]
        ),
        "channels": {"channels": [_channel(one, list(file.warehouses)) for one in file.channels]},
        "plugin": {"plugin": {"channelConfigurations": [_guard(one) for one in file.channels]}},
        "tax_classes": _page_of("taxClasses", _tax_classes(file)),
        "country_taxes": {
            "taxCountryConfigurations": [
                {"country": {"code": country}, "taxClassCountryRates": [{"rate": float(rate), "taxClass": None}]}
                for (slug, country), rate in file.rates.items()
                if slug == first
            ]
        },
        "shipping_zones": _page_of("shippingZones", _zones(file)),
        "types": _types(file),
        "colours": _page_of("attributes", [{"choices": _page_of("choices", colour_nodes(file))["choices"]}]),
        "pages": _page_of("pages", [_page(page) for page in file.pages.values()]),
        "categories": _page_of(
            "categories",
            [
                {"id": f"category:{slug}", "slug": slug, "name": one.name, **told(one.translations)}
                for slug, one in file.categories.items()
            ],
        ),
        "products": _page_of("products", [product_node(product, file) for product in file.products.values()]),
        "collections": _page_of("collections", _collections(file)),
        "menu": {"menu": {"id": "menu:1", "items": [_menu_item(item) for item in file.menu]} if file.menu else None},
        "vouchers": _page_of("vouchers", [voucher_node(voucher) for voucher in file.vouchers]),
        "promotions": _page_of("promotions", [promotion_node(promotion) for promotion in file.promotions]),
    }


def _shop(*, allow_unpaid: bool, legacy: bool) -> Nodes:
    return {
        "name": "Saleor",
        "fulfillmentAllowUnpaid": allow_unpaid,
        "fulfillmentAutoApprove": True,
        "useLegacyShippingZoneStockAvailability": legacy,
        **channels.ACCOUNTS,
    }


def _customer_type(slug: str, name: str) -> Nodes:
    return {"id": f"customer_type:{slug}", "slug": slug, "name": name, "isDefault": slug == "default"}


def _guard(channel: Channel) -> Nodes:
    """How the wholesale plugin stands in a channel; in that of a shop it is off, as in every new one."""
    agreed = channel.price_list
    of = ", ".join(agreed.customer_types) if agreed else ""
    least = f"{agreed.minimum_net / 100:.2f}" if agreed else "0"
    values = [{"name": "customer_types", "value": of}, {"name": "minimum_net", "value": least}]
    return {"channel": {"slug": channel.slug}, "active": agreed is not None, "configuration": values}


def _channel(channel: Channel, warehouses: list[str]) -> Nodes:
    slug = channel.slug
    return {
        "id": f"channel:{slug}",
        "slug": slug,
        "name": channel.name,
        "isActive": channel.is_active,
        "currencyCode": channel.currency,
        "defaultCountry": {"code": "BE"},
        "warehouses": [{"externalReference": reference} for reference in warehouses],
        "stockSettings": dict(channels.STOCK),
        "orderSettings": {**channels.ORDERS, "expireOrdersAfter": None},
        "checkoutSettings": {
            **channels.CHECKOUTS,
            "automaticallyCompleteFullyPaidCheckouts": True,
            "automaticCompletionDelay": 0,
        },
        "paymentSettings": dict(channels.PAYMENTS),
        "taxConfiguration": {
            "id": f"tax:{slug}",
            "chargeTaxes": True,
            "taxCalculationStrategy": "FLAT_RATES",
            "displayGrossPrices": channel.prices_with_tax,
            "pricesEnteredWithTax": channel.prices_with_tax,
        },
    }


def _tax_classes(file: CatalogueFile) -> list[Nodes]:
    return [
        {
            "id": f"tax_class:{slug}",
            "name": name,
            "countries": [
                {"country": {"code": country}, "rate": float(rate)}
                for (of, country), rate in file.rates.items()
                if of == slug
            ],
        }
        for slug, name in file.tax_classes.items()
    ]


def _method_prices(method: ShippingMethod, file: CatalogueFile) -> list[Nodes]:
    """With what the goods must come to, in the channels that are no price lists; Saleor keeps none as nought."""
    shops = {channel.slug for channel in file.channels if channel.price_list is None}
    return [
        {
            **listing,
            "minimumOrderPrice": {
                "amount": Decimal(method.minimum if listing["channel"]["slug"] in shops else 0) / 100
            },
        }
        for listing in prices(method, file)
    ]


def _zones(file: CatalogueFile) -> list[Nodes]:
    return [
        {
            "id": f"zone:{zone.name}",
            "name": zone.name,
            "countries": [{"code": country} for country in zone.countries],
            "channels": [{"slug": channel.slug} for channel in file.channels],
            "warehouses": [{"externalReference": reference} for reference in file.warehouses],
            "shippingMethods": [
                {
                    "id": f"method:{method.slug}",
                    "name": method.name,
                    "minimumDeliveryDays": method.days[0],
                    "maximumDeliveryDays": method.days[1],
                    "taxClass": {"name": file.tax_classes[method.tax_class]},
                    "channelListings": _method_prices(method, file),
                    **told(method.translations),
                }
                for method in zone.methods
            ],
        }
        for zone in file.zones
    ]


def _types(file: CatalogueFile) -> Nodes:
    attributes = [
        {
            "id": f"attribute:{one.slug}",
            "slug": one.slug,
            "name": one.name,
            "type": one.type,
            "inputType": one.input_type,
            "entityType": one.entity_type,
        }
        for one in (*types.PRODUCT_ATTRIBUTES, *types.VARIANT_ATTRIBUTES, *types.PAGE_ATTRIBUTES)
    ]
    of_pages = [{"slug": one.slug} for one in types.PAGE_ATTRIBUTES]
    page_types = [
        {"id": f"page_type:{slug}", "slug": slug, "name": name, "attributes": of_pages}
        for slug, name in PAGE_TYPES.items()
    ]
    product_type = {
        "id": "product_type:1",
        "slug": types.PRODUCT_TYPE,
        "taxClass": {"name": next(iter(file.tax_classes.values()))},
        "productAttributes": [{"slug": one.slug} for one in types.PRODUCT_ATTRIBUTES],
        "variantAttributes": [{"slug": one.slug} for one in types.VARIANT_ATTRIBUTES],
    }
    lists: dict[str, list[Nodes]] = {"attributes": attributes, "pageTypes": page_types, "productTypes": [product_type]}
    return {name: _page_of(name, nodes)[name] for name, nodes in lists.items()}


def _page(page: Page) -> Nodes:
    return {
        "id": f"page:{page.slug}",
        "slug": page.slug,
        "title": page.title,
        "content": editor_text(page.paragraphs),
        "isPublished": True,
        "pageType": {"slug": page.kind},
        **{slug: digest(page.files.get(slug, "")) for slug in PAGE_FILES},
        "attributes": texts(f"page:{page.slug}", PAGE_TEXTS, page.texts, page.translations),
        **told(page.translations, ("title", "content")),
    }


def _collections(file: CatalogueFile) -> list[Nodes]:
    return [
        {
            "id": f"collection:{one.slug}",
            "slug": one.slug,
            "name": one.name,
            "description": editor_text(one.paragraphs),
            "channelListings": [{"channel": {"slug": channel.slug}, "isPublished": True} for channel in file.channels],
            "products": [{"id": f"product:{code}", "externalReference": code} for code in one.products],
            **told(one.translations),
        }
        for one in file.collections
    ]


def _menu_item(item: MenuItem) -> Nodes:
    targets: Nodes = {"url": None, "page": None, "category": None, "collection": None}
    targets[item.kind] = f"{SHOP}{item.target}" if item.kind == "url" else {"slug": item.target}
    return {"id": f"menu_item:{item.name}", "name": item.name, **targets, **told(item.translations)}
