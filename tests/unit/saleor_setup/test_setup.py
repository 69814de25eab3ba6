"""Setting Saleor up: a bare one is made whole, a whole one is left alone, and only what differs is changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from catalogue.file import read_catalogue
from catalogue.values import CatalogueFile, Collection, Media, MenuItem
from fulfilment.saleor_setup.setup import SetUpError
from tests.support.setup_bench import SaleorToSetUp
from tests.support.setup_products import DEMO

FILE = replace(
    read_catalogue(DEMO / "catalogue.toml"),
    collections=(Collection("alles", "Alles", ("Zes dingen.",), ("SG-001", "SG-002"), {"en": {"name": "All of it"}}),),
    vouchers=(),
    menu=(
        MenuItem("Collectie", "collection", "alles", {"fr": {"name": "La collection"}}),
        MenuItem("Makers", "url", "/makers/", {}),
        MenuItem("Wonen", "category", "wonen", {}),
        MenuItem("Labeur", "page", "labeur", {}),
    ),
)
LAMP = FILE.products["SG-001"]


def with_lamp(**changes: Any) -> CatalogueFile:
    """The file in which something of the lamp is another."""
    return replace(FILE, products={**FILE.products, LAMP.code: replace(LAMP, **changes)})


def nodes(saleor: SaleorToSetUp, document: str, name: str) -> list[dict[str, Any]]:
    return [edge["node"] for edge in saleor.answers[document][name]["edges"]]


def test_a_saleor_that_holds_it_all_is_left_alone() -> None:
    saleor = SaleorToSetUp(FILE)
    assert saleor.run(FILE) == []
    assert saleor.written == []


def test_a_bare_saleor_is_given_everything_each_after_what_it_stands_on() -> None:
    saleor = SaleorToSetUp(None)
    told = saleor.run(FILE)
    new = [change.kind for change in told if change.is_new]
    assert new.count("product") == len(FILE.products)
    assert new.count("page") == len(FILE.pages)
    assert new.count("variant") == sum(len(product.variants) for product in FILE.products.values())
    assert new.count("menu_item") == 4
    for _document, variables in saleor.written:
        assert "" not in _ids(variables), variables
    documents = saleor.documents()
    assert documents.index("create_warehouse") < documents.index("create_channel") < documents.index("create_page")
    assert documents.count("add_picture") == sum(len(product.pictures) for product in FILE.products.values())
    variants = [told["input"] for document, told in saleor.written if document == "create_variant"]
    assert all(given["stocks"] and given["channelListings"] for given in variants)


def _ids(value: Any) -> list[str]:
    """Everything that stands where Saleor wants an id."""
    if isinstance(value, dict):
        own = [v for k, v in value.items() if k in ("id", "product", "warehouse", "reference", "channelId")]
        return [*[v for v in own if isinstance(v, str)], *(i for v in value.values() for i in _ids(v))]
    return [i for v in value for i in _ids(v)] if isinstance(value, list) else []


def test_a_plan_says_the_same_and_writes_nothing() -> None:
    planned = SaleorToSetUp(None)
    told = planned.run(FILE, apply=False)
    assert planned.written == []
    done = SaleorToSetUp(None)
    assert told == done.run(FILE)
    assert "translate_texts" in done.documents()
    changed = with_lamp(name="Touw")
    assert SaleorToSetUp(FILE).run(changed, apply=False) == SaleorToSetUp(FILE).run(changed)


@pytest.mark.parametrize(
    ("change", "fields", "document"),
    [
        ({"name": "Touw"}, ("name",), "update_product"),
        ({"paragraphs": ("Een ander verhaal.",)}, ("description",), "update_product"),
        ({"category": "tafel"}, ("category",), "update_product"),
        ({"texts": {**LAMP.texts, "hours": "10"}}, ("hours",), "update_product"),
        ({"pages": {**LAMP.pages, "designers": ("aber", "sep-verboom")}}, ("designers",), "update_product"),
        ({"listed": False}, ("channels",), "list_product"),
        ({"translations": {"en": {"name": "Cord"}}}, ("name (en)",), "translate_product"),
        ({"translations": {"fr": {"hours": "neuf"}}}, ("hours (fr)",), "translate_texts"),
    ],
)
def test_only_what_differs_of_a_product_is_changed(
    change: dict[str, Any], fields: tuple[str, ...], document: str
) -> None:
    saleor = SaleorToSetUp(FILE)
    (told,) = saleor.run(with_lamp(**change))
    assert (told.kind, told.key, told.is_new, told.fields) == ("product", "SG-001", False, fields)
    assert saleor.documents() == [document]


def test_a_new_price_is_set_in_every_channel_and_the_stock_stays_what_sales_made_of_it() -> None:
    saleor = SaleorToSetUp(FILE)
    variant = replace(LAMP.variants[0], price=29_900, stock=7)
    (told,) = saleor.run(with_lamp(variants=(variant,)))
    assert (told.kind, told.key, told.fields) == ("variant", "SG-001", ("price",))
    listed = [{"channelId": "channel:consumer", "price": "299.00"}]
    assert saleor.written == [("list_variant", {"id": "variant:SG-001", "input": listed})]


def test_a_collection_point_is_opened_and_says_when_to_come() -> None:
    saleor = SaleorToSetUp(FILE)
    [point] = [node for node in nodes(saleor, "warehouses", "warehouses") if node["clickAndCollectOption"] == "ALL"]
    point |= {"clickAndCollectOption": "DISABLED", "hours": {}}
    told = saleor.run(FILE)
    reference = point["externalReference"]
    assert [(change.kind, change.key, change.fields) for change in told] == [
        ("warehouse", reference, ("collects",)),
        ("warehouse", reference, ("hours",)),
    ]
    hours = FILE.warehouses[reference].hours
    assert saleor.written == [
        ("update_warehouse", {"id": point["id"], "input": {"clickAndCollectOption": "ALL"}}),
        (
            "tell_hours",
            {
                "id": point["id"],
                "input": [
                    {"key": "hours", "value": hours["nl"]},
                    {"key": "hours_en", "value": hours["en"]},
                    {"key": "hours_fr", "value": hours["fr"]},
                ],
            },
        ),
    ]


def with_method(**changes: Any) -> CatalogueFile:
    """The file in which something of the only way of delivering is another."""
    zone = FILE.zones[0]
    return replace(FILE, zones=(replace(zone, methods=(replace(zone.methods[0], **changes),)),))


def test_the_sum_from_which_something_is_delivered_is_set_in_the_shop_alone_with_its_price() -> None:
    saleor = SaleorToSetUp(FILE)
    (told,) = saleor.run(with_method(minimum=15_000, price=0))
    assert (told.kind, told.key, told.fields) == ("shipping_method", "home", ("price",))
    [(document, variables)] = saleor.written
    assert document == "list_shipping_method"
    assert variables["input"]["addChannels"] == [
        {"channelId": "channel:consumer", "price": "0.00", "minimumOrderPrice": "150.00"}
    ]


def test_a_sum_that_the_file_no_longer_names_is_taken_away() -> None:
    saleor = SaleorToSetUp(with_method(minimum=15_000))
    saleor.run(FILE)
    [(_document, variables)] = saleor.written
    assert variables["input"]["addChannels"] == [{"channelId": "channel:consumer", "minimumOrderPrice": None}]


def test_a_variant_without_a_stock_row_is_given_its_first_stock() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "products", "products")[0]["variants"][0]["stocks"] = []
    saleor.run(FILE)
    stock = [{"warehouse": "warehouse:labeur", "quantity": 50}]
    assert saleor.written == [("add_stock", {"variantId": "variant:SG-001", "stocks": stock})]


def test_pictures_are_replaced_once_the_file_names_others_and_what_staff_hung_up_stays_until_then() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "products", "products")[0]["media"].append({"id": "medium:by-hand"})
    assert saleor.run(FILE) == []
    one = Media(LAMP.media[0].file, "een ander woord")
    (told,) = saleor.run(with_lamp(media=(one,)))
    assert told.fields == ("pictures",)
    assert saleor.documents() == [
        "keep_digest",
        *["delete_picture"] * 4,
        "add_picture",
        "tell_of_picture",
        "keep_digest",
    ]
    told_of = [variables["input"] for document, variables in saleor.written if document == "tell_of_picture"]
    assert told_of == [[{"key": "dimensions", "value": "1600x2000"}]]


def test_the_picture_of_a_variant_is_hung_up_with_its_product_and_given_to_it() -> None:
    saleor = SaleorToSetUp(FILE)
    blanket = FILE.products["SG-002"]
    moss = replace(blanket.variants[1], media=(Media(blanket.media[0].file, "mos, met franjes"),))
    variants = (blanket.variants[0], moss, blanket.variants[2])
    changed = {**FILE.products, blanket.code: replace(blanket, variants=variants)}
    (told,) = saleor.run(replace(FILE, products=changed))
    assert (told.key, told.fields) == ("SG-002", ("pictures",))
    assert saleor.documents().count("add_picture") == len(blanket.pictures)
    given = [variables for document, variables in saleor.written if document == "assign_picture"]
    assert [one["variantId"] for one in given] == [f"variant:{variant.sku}" for variant in variants]
    assert all(one["mediaId"].startswith("made-") for one in given)


def test_a_colour_is_made_once_shown_as_the_file_says_and_translated() -> None:
    saleor = SaleorToSetUp(FILE)
    colours = saleor.answers["colours"]["attributes"]["edges"][0]["node"]["choices"]["edges"]
    assert colours.pop()["node"]["externalReference"] == "krijt"
    colours[0]["node"]["value"] = "#000000"
    told = saleor.run(FILE)
    assert [(change.kind, change.key, change.is_new) for change in told] == [
        ("colour", "klei", False),
        ("colour", "krijt", True),
    ]
    assert saleor.written[:2] == [
        ("update_colour", {"id": "colour:klei", "input": {"value": "#A8471F"}}),
        (
            "create_colour",
            {
                "attribute": "attribute:colour",
                "input": {"externalReference": "krijt", "name": "krijt", "value": "#E9DEC7"},
            },
        ),
    ]
    assert saleor.documents()[2:] == ["translate_colour", "translate_colour"]


def test_a_variant_without_its_colour_is_given_it_and_no_other_input() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "products", "products")[1]["variants"][1]["attributes"] = []
    (told,) = saleor.run(FILE)
    assert (told.key, told.fields) == ("SG-002-MOS", ("colour",))
    swatch = {"id": "attribute:colour", "swatch": {"id": "colour:mos"}}
    assert saleor.written == [("update_variant", {"id": "variant:SG-002-MOS", "input": {"attributes": [swatch]}})]


def test_a_product_type_of_before_learns_of_the_colour_of_variants() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "types", "productTypes")[0]["variantAttributes"] = []
    saleor.run(FILE)
    operations = [{"id": "attribute:colour", "type": "VARIANT"}]
    assert saleor.written == [
        ("assign_product_attributes", {"productTypeId": "product_type:1", "operations": operations})
    ]


def test_a_mark_that_changed_is_uploaded_and_remembered() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "pages", "pages")[0]["mark"] = "of another drawing"
    (told,) = saleor.run(FILE)
    assert (told.kind, told.fields) == ("page", ("mark",))
    assert saleor.documents() == ["upload_file", "update_page", "keep_digest"]


def test_a_drawing_of_measures_that_changed_is_uploaded_and_remembered() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "products", "products")[0]["drawing"] = "of other measures"
    (told,) = saleor.run(FILE)
    assert (told.kind, told.key, told.fields) == ("product", "SG-001", ("drawing",))
    assert saleor.documents() == ["upload_file", "update_product", "keep_digest"]
    _, (_, updated), (_, kept) = saleor.written
    (carried,) = updated["input"]["attributes"]
    assert (carried["id"], set(carried)) == ("attribute:drawing", {"id", "file", "contentType"})
    assert [entry["key"] for entry in kept["input"]] == ["setup.drawing"]


@pytest.mark.parametrize(("kind", "slug"), [("pages", "view"), ("products", "size")])
def test_a_text_that_is_new_to_what_was_there_is_translated_in_the_same_run(
    kind: str, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saleor = SaleorToSetUp(FILE)
    edge = saleor.answers[kind][kind]["edges"][0]
    full = edge["node"]["attributes"]
    edge["node"]["attributes"] = [{**one, "values": []} if one["attribute"]["slug"] == slug else one for one in full]
    planned = saleor.run(FILE, apply=False)

    def write(document: str, variables: Mapping[str, Any]) -> Any:
        """Once the text is written, its value is told, not translated yet."""
        untold = [
            {**one, "values": [{**one["values"][0], "english": None, "french": None}]}
            if one["attribute"]["slug"] == slug
            else one
            for one in full
        ]
        SaleorToSetUp.mutate_only(saleor, document, variables)
        return {"errors": [], "made": {"attributes": untold}}

    monkeypatch.setattr(saleor, "mutate_only", write)
    assert saleor.run(FILE) == planned
    assert [told.fields for told in planned] == [(slug,)]
    (given,) = [told["translations"] for document, told in saleor.written if document == "translate_texts"]
    assert [one["languageCode"] for one in given] == ["EN", "FR"]


def test_a_product_without_a_drawing_of_its_measures_is_given_none() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "products", "products")[0]["drawing"] = None
    assert saleor.run(with_lamp(files={})) == []


def test_what_staff_wrote_by_another_editor_is_the_same_text() -> None:
    saleor = SaleorToSetUp(FILE)
    page = nodes(saleor, "pages", "pages")[0]
    page["content"] = page["content"].replace('"time": 0', '"time": 1790000000').replace("2.24.3", "2.30.2")
    page["french"]["content"] = page["french"]["content"].replace("\N{NO-BREAK SPACE}", "&nbsp;")
    assert "&nbsp;" in page["french"]["content"]
    assert saleor.run(FILE) == []


def test_a_menu_line_that_the_file_no_longer_names_goes_and_a_moved_one_is_led_elsewhere() -> None:
    saleor = SaleorToSetUp(FILE)
    menu = (replace(FILE.menu[0], target="alles"), replace(FILE.menu[2], target="tafel"))
    saleor.run(replace(FILE, menu=menu))
    assert saleor.written == [
        ("update_menu_item", {"id": "menu_item:Wonen", "input": {"category": "category:tafel"}}),
        ("delete_menu_item", {"id": "menu_item:Makers"}),
        ("delete_menu_item", {"id": "menu_item:Labeur"}),
    ]


def test_a_collection_takes_in_and_lets_go_products() -> None:
    saleor = SaleorToSetUp(FILE)
    saleor.run(replace(FILE, collections=(replace(FILE.collections[0], products=("SG-002", "SG-003")),)))
    assert saleor.written == [
        ("add_to_collection", {"collectionId": "collection:alles", "products": ["product:SG-003"]}),
        ("take_from_collection", {"collectionId": "collection:alles", "products": ["product:SG-001"]}),
    ]


def test_what_saleor_refuses_is_told_with_the_entry_of_the_file() -> None:
    saleor = SaleorToSetUp(None, refuses="create_page")
    with pytest.raises(SetUpError, match=r"^\[\[page\]\] labeur: title: too long \(INVALID\)$"):
        saleor.run(FILE)


def test_a_picture_that_is_not_there_is_told_with_the_entry_of_the_file() -> None:
    with pytest.raises(SetUpError, match=r"^\[\[product\]\] SG-001: .*nowhere.webp: No such file"):
        SaleorToSetUp(FILE).run(with_lamp(media=(Media("nowhere.webp", ""),)))


def test_what_stands_in_the_way_in_saleor_is_told_before_anything_is_broken() -> None:
    saleor = SaleorToSetUp(FILE)
    saleor.answers["channels"]["channels"][0]["currencyCode"] = "USD"
    with pytest.raises(SetUpError, match=r"\[\[channel\]\] consumer: its currency is USD"):
        saleor.run(FILE)
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "types", "attributes")[0]["inputType"] = "DROPDOWN"
    with pytest.raises(SetUpError, match=r"\[\[attribute\]\] producer: Saleor has an attribute of this name"):
        saleor.run(FILE)
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "pages", "pages")[0]["pageType"]["slug"] = "blog"
    with pytest.raises(SetUpError, match=r"\[\[page\]\] labeur: Saleor has a page of this name of the type blog"):
        saleor.run(FILE)


def test_a_shop_with_a_second_channel_sells_everything_there_too() -> None:
    saleor = SaleorToSetUp(FILE)
    second = replace(FILE.channels[0], slug="abroad", name="Elders")
    told = saleor.run(replace(FILE, channels=(FILE.channel, second)))
    assert [change.key for change in told if change.is_new] == ["abroad"]
    variants = sum(len(product.variants) for product in FILE.products.values())
    assert saleor.documents().count("list_variant") == variants
    assert saleor.documents().count("list_product") == len(FILE.products)
