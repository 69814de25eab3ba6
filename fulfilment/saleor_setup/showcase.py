"""What is shown together: collections, and the menu that leads to them."""

from catalogue.file import editor_text
from catalogue.values import Collection, MenuItem
from fulfilment.saleor_setup.rich_text import there_or_same
from fulfilment.saleor_setup.setup import Node, Setup
from fulfilment.saleor_setup.translations import translate

MENU = "winkel"


def set_up_collections(setup: Setup) -> None:
    seen = {node["slug"]: node for node in setup.nodes("collections")}
    for collection in setup.file.collections:
        node = seen.get(collection.slug)
        _collection(setup, collection, node)
        _published(setup, collection, node)
        _products(setup, collection, node)
        translate(setup, "collection", collection.slug, node, collection.translations)


def _collection(setup: Setup, collection: Collection, node: Node | None) -> None:
    description = editor_text(collection.paragraphs)
    now = None
    if node is not None:
        now = {**node, "description": there_or_same(node["description"], description)}
    wanted = {"name": collection.name, "description": description}
    setup.ensure("collection", collection.slug, now, wanted, extra={"slug": collection.slug})


def _published(setup: Setup, collection: Collection, node: Node | None) -> None:
    listings = {found["channel"]["slug"]: found["isPublished"] for found in (node or {}).get("channelListings") or ()}
    wrong = [slug for slug in setup.channel_ids() if not listings.get(slug)]
    if wrong:
        channels = [{"channelId": setup.ids["channel", slug], "isPublished": True} for slug in wrong]
        variables = {"id": setup.ids["collection", collection.slug], "input": {"addChannels": channels}}
        setup.change("collection", collection.slug, ("channels",), "list_collection", variables, is_new=node is None)


def _products(setup: Setup, collection: Collection, node: Node | None) -> None:
    there = list(setup.nodes("collection_products", id=node["id"])) if node else []
    codes = {product["externalReference"] for product in there}
    missing = [setup.ids["product", code] for code in collection.products if code not in codes]
    surplus = [product["id"] for product in there if product["externalReference"] not in collection.products]
    variables = {"collectionId": setup.ids["collection", collection.slug]}
    for products, document in ((missing, "add_to_collection"), (surplus, "take_from_collection")):
        if products:
            given = {**variables, "products": products}
            setup.change("collection", collection.slug, ("products",), document, given, is_new=node is None)


def set_up_menu(setup: Setup) -> None:
    """The menu is wholly the file's: a line that the file no longer names goes."""
    if not setup.file.menu:
        return
    node = setup.saleor.execute("setup/menu", {"slug": MENU})["menu"]
    setup.ensure("menu", MENU, node, {}, extra={"slug": MENU, "name": "Winkel"})
    seen = {item["name"]: item for item in (node or {}).get("items") or ()}
    for item in setup.file.menu:
        _item(setup, item, seen.pop(item.name, None))
    for name, item in seen.items():
        setup.change("menu_item", name, ("gone",), "delete_menu_item", {"id": item["id"]})


def _item(setup: Setup, item: MenuItem, node: Node | None) -> None:
    address = f"{setup.shop_url}{item.target}" if item.target.startswith("/") else item.target  # Saleor wants it whole
    target = address if item.kind == "url" else setup.ids[item.kind, item.target]
    now = None
    if node is not None:
        target_now = node["url"] if item.kind == "url" else (node[item.kind] or {}).get("slug")
        now = {"id": node["id"], "target": target_now}
    setup.ensure(
        "menu_item",
        item.name,
        now,
        {"target": address if item.kind == "url" else item.target},
        extra={"name": item.name, "menu": setup.ids["menu", MENU]},
        as_input=lambda fields: {item.kind: target} if fields else {},
    )
    translate(setup, "menu_item", item.name, node, item.translations)
