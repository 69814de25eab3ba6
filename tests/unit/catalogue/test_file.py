"""The file that describes the shop is read whole, or refused with a sentence that names the entry."""

import json
from pathlib import Path

import pytest

from catalogue.file import CatalogueError, editor_text_of, read_catalogue

ROOT = Path(__file__).parents[3]
DEMO = (ROOT / "demo" / "catalogue.toml").read_text(encoding="utf-8")


def changed(folder: Path, old: str, new: str) -> Path:
    """The demo's file with one place changed."""
    assert old in DEMO
    path = folder / "catalogue.toml"
    path.write_text(DEMO.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('slug = "consumer"', "", r"\[\[channel\]\]: slug is missing"),
        ("prices_with_tax = true", "prices_with_tax = false", r"\[\[channel\]\] consumer: prices_with_tax"),
        ('price = "9.50"', 'price = "cheap"', r"\[\[method\]\] home: price: 'cheap' is not an amount"),
        ('price = "9.50"', 'price = "9.505"', "price: '9.505' is not an amount in whole cents"),
        ('producer = "labeur"', 'producer = "nobody"', r"\[\[product\]\] SG-001: no warehouse 'nobody'"),
        ('designers = ["aber"]', 'designers = ["nobody"]', r"\[\[product\]\] SG-005: no page 'nobody'"),
        ('sku = "SG-006"', 'sku = "SG-001"', r"\[\[product\]\] SG-006: SG-001 is there twice"),
        ('category = "cadeau"', 'category = "none"', r"\[\[product\]\] SG-006: no category 'none'"),
        ('colour = "mos"', 'colour = "paars"', r"\[\[variant\]\] SG-002-MOS: no colour 'paars'"),
        ('value = "#4B5A37"', 'value = "mosgroen"', r"\[\[colour\]\] mos: value: 'mosgroen' is no colour"),
        ("[shop]", "[shop", "catalogue.toml"),
        ("[shop]", "[shops]", r"there is no \[shop\]"),
        ("staff = {", "staff = { mail = 1 }\n#", r"\[shop\] staff: email is missing"),
    ],
)
def test_a_wrong_file_is_refused_with_the_entry_that_is_wrong(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(changed(tmp_path, old, new))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('customer_types = ["business"]', 'customer_types = ["buziness"]', r"wholesale: no customer type 'buziness'"),
        ('customer_types = ["business"]', "customer_types = []", "wholesale: customer_types is empty"),
        ('minimum_net = "250.00"', "", r"\[\[channel\]\] wholesale: price_list: minimum_net is missing"),
        ('minimum_net = "250.00"', 'minimum_net = "-1"', "wholesale: price_list: minimum_net: '-1' is not an amount"),
        ("prices_with_tax = false", "", r"\[\[channel\]\] wholesale: prices_with_tax = false"),
        ('{ wholesale = "7.85" }', "{}", r"\[\[channel\]\] wholesale: no shipping method has a price there"),
        ("{ wholesale", "{ fair", r"\[\[shipping_zone.method\]\] home: no price list 'fair'"),
        ('wholesale = "174.00"', 'fair = "1"', r"\[\[variant\]\] SG-001: no price list 'fair'"),
        ('wholesale = "174.00"', 'consumer = "1"', r"\[\[variant\]\] SG-001: no price list 'consumer'"),
        ('wholesale = "174.00"', 'wholesale = "x"', r"\[\[product\]\] SG-001: prices: wholesale: 'x' is not an amount"),
        (
            '{ wholesale = "174.00" }',
            '"174.00"',
            r"\[\[product\]\] SG-001: prices: '174.00' says not in which price list",
        ),
        (
            "prices_with_tax = true",
            'prices_with_tax = false\n[channel.price_list]\ncustomer_types = []\nminimum_net = "0"',
            r"\[\[channel\]\] consumer: the first channel is the web shop's",
        ),
    ],
)
def test_a_price_list_that_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(changed(tmp_path, old, new))


def test_a_variant_takes_the_prices_of_its_product_unless_it_has_its_own(tmp_path: Path) -> None:
    path = changed(tmp_path, 'sku = "SG-002-MOS"', 'sku = "SG-002-MOS"\nprices = {}')
    file = read_catalogue(path)
    prices = [variant.prices for variant in file.products["SG-002"].variants]
    assert prices == [{"wholesale": 13_200}, {}, {"wholesale": 13_200}]
    assert file.products["SG-005"].variants[0].prices == {}


def test_a_translation_of_what_has_none_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "[category.en]\n", '[category.en]\ncolour = "x"\n')
    with pytest.raises(CatalogueError, match=r"\[\[category\]\] wonen: en.colour is not a text"):
        read_catalogue(path)


def test_an_absent_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No such file"):
        read_catalogue(tmp_path / "none.toml")


def test_paragraphs_become_rich_text_that_holds_no_markup_of_ours() -> None:
    assert editor_text_of("") is None
    told = editor_text_of("een <b>\nregel\n\ntwee & drie")
    assert told is not None
    assert '"text": "een &lt;b&gt; regel"' in told
    assert '"text": "twee &amp; drie"' in told


def test_a_paragraph_that_says_so_is_a_heading() -> None:
    told = editor_text_of("## Waarom <touw>?\n\nOmdat ## het er is.")
    assert told is not None
    first, second = json.loads(told)["blocks"]
    assert (first["type"], first["data"]) == ("header", {"text": "Waarom &lt;touw&gt;?", "level": 2})
    assert (second["type"], second["data"]) == ("paragraph", {"text": "Omdat ## het er is."})


def test_a_no_break_space_stays_in_a_paragraph() -> None:
    told = editor_text_of("une lampe\u00a0: la\nvôtre")
    assert told is not None
    assert '"text": "une lampe\u00a0: la vôtre"' in told
