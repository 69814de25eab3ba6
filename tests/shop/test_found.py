"""What search engines and readers of feeds are told: every page that can be found, none that is private, and no more
than the pages say themselves."""

import re
from unittest import mock
from xml.etree import ElementTree

import httpx2
import pytest
from django.test import Client

from shop.found import sitemaps
from tests.shop.buying import browser
from tests.shop.fakes import FakeSaleor
from tests.shop.shelves import DIENSTENBEDRIJF, LABEUR, product
from tests.shop.test_kept_pages import changed, nothing_made

SHOP = "http://shop.test"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def xml(visitor: Client, address: str) -> ElementTree.Element:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)


def places(visitor: Client, section: str) -> dict[str, ElementTree.Element]:
    """What a file of the site map has, by address."""
    found = xml(visitor, f"/sitemap-{section}.xml").iterfind("s:url", SITEMAP)
    return {url.findtext("s:loc", "", SITEMAP): url for url in found}


def files(visitor: Client) -> list[str]:
    return [found.text or "" for found in xml(visitor, "/sitemap.xml").iterfind("s:sitemap/s:loc", SITEMAP)]


def test_the_site_map_names_its_files_by_the_address_of_the_shop(visitor: Client) -> None:
    assert files(visitor) == [f"{SHOP}/sitemap-products.xml", f"{SHOP}/sitemap-pages.xml"]
    assert visitor.get("/sitemap-nothing.xml").status_code == 404
    assert visitor.get("/sitemap-pages.xml?p=9").status_code == visitor.get("/sitemap-pages.xml?p=x").status_code == 404


def test_a_product_is_there_in_every_language_with_all_of_them_beside_it(visitor: Client) -> None:
    found = places(visitor, "products")
    assert len(found) == 9
    french = found[f"{SHOP}/fr/produit/koord/"]
    assert {link.get("hreflang"): link.get("href") for link in french.iterfind("x:link", SITEMAP)} == {
        "nl": f"{SHOP}/nl/product/koord/",
        "en": f"{SHOP}/en/product/koord/",
        "fr": f"{SHOP}/fr/produit/koord/",
        "x-default": f"{SHOP}/nl/product/koord/",
    }


def test_of_a_product_it_says_when_it_was_changed_and_of_a_page_saleor_does_not_tell(visitor: Client) -> None:
    product = places(visitor, "products")[f"{SHOP}/nl/product/koord/"]
    assert product.findtext("s:lastmod", "", SITEMAP).startswith("2026-11-21")
    assert all(url.find("s:lastmod", SITEMAP) is None for url in places(visitor, "pages").values())


@pytest.mark.parametrize(
    "path",
    [
        *("/nl/", "/en/", "/fr/", "/nl/makers/labeur/", "/nl/makers/cas-moor/", "/nl/materiaal/scheepstouw/"),
        *("/nl/verhalen/negen-uur-touw/", "/nl/collectie/in-huis/", "/en/delivery-and-returns/", "/fr/accessibilite/"),
    ],
)
def test_what_pieces_lead_to_is_there_and_the_pages_that_always_are(visitor: Client, path: str) -> None:
    assert f"{SHOP}{path}" in places(visitor, "pages")


@pytest.mark.parametrize("section", ["products", "pages"])
def test_every_address_in_it_is_a_page_that_names_that_address_itself(visitor: Client, section: str) -> None:
    for address in places(visitor, section):
        html = visitor.get(address.removeprefix(SHOP)).content.decode()
        assert f'<link rel="canonical" href="{address}">' in html, address
        assert "noindex" not in html, address


def test_a_long_list_goes_on_in_another_file(visitor: Client) -> None:
    with mock.patch.object(sitemaps.InEveryLanguage, "limit", 4):
        assert f"{SHOP}/sitemap-products.xml?p=3" in files(visitor)
        assert len(xml(visitor, "/sitemap-products.xml?p=3")) == 1


def test_it_is_kept_and_made_anew_when_something_changed(visitor: Client, saleor: FakeSaleor) -> None:
    for address in ("/sitemap.xml", "/sitemap-products.xml", "/robots.txt", "/nl/nieuw.atom"):
        first = visitor.get(address)
        with nothing_made():
            assert browser().get(address).content == first.content
    saleor.products = saleor.products[:1]
    with changed():
        assert len(places(visitor, "products")) == 3


@pytest.fixture
def rules(visitor: Client) -> list[tuple[str, str]]:
    """The lines of the file, each by its name and what it says."""
    answer = visitor.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return [
        (name, said) for name, _colon, said in (line.partition(": ") for line in answer.content.decode().splitlines())
    ]


def decides(rules: list[tuple[str, str]], path: str) -> str:
    """What the longest rule that fits says (RFC 9309); where none fits it may be looked at."""
    fitting = [
        (len(said), name)
        for name, said in rules
        if name in ("Allow", "Disallow") and re.match(re.escape(said).replace(r"\*", ".*"), path)
    ]
    return max(fitting, default=(0, "Allow"))[1]


@pytest.mark.parametrize(
    "path",
    [
        *("/nl/mandje/", "/en/basket/", "/fr/panier/", "/nl/afrekenen/gegevens/", "/nl/bedankt/?ref=pay_1"),
        *("/nl/account/inloggen/", "/fr/compte/", "/nl/volgen/good-token/", "/en/track/good-token/", "/nl/echt/token/"),
        *("/nl/herroepen/", "/nl/herroepen/good-token/", "/nl/terugbetaling/good-token/", "/nl/korting/weg/"),
        *(
            "/nl/zoeken/?q=touw",
            "/nl/collectie/?maker=labeur",
            "/nl/collectie/in-huis/?least=3",
            "/nl/collectie/?maker=x&page=2",
        ),
    ],
)
def test_what_is_private_or_shows_the_same_once_more_is_left_alone(rules: list[tuple[str, str]], path: str) -> None:
    assert decides(rules, path) == "Disallow"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nl/",
        "/nl/collectie/",
        "/nl/collectie/?page=2",
        "/nl/collectie/in-huis/?page=3",
        "/fr/produit/koord/",
        "/nl/contact/",
    ],
)
def test_all_else_may_be_looked_at(rules: list[tuple[str, str]], path: str) -> None:
    assert decides(rules, path) == "Allow"


def test_it_says_where_the_site_map_is(rules: list[tuple[str, str]]) -> None:
    assert ("Sitemap", f"{SHOP}/sitemap.xml") in rules
    assert rules[0] == ("User-agent", "*")


@pytest.mark.parametrize(
    "path", ["/nl/mandje/", "/nl/volgen/good-token/", "/nl/zoeken/?q=touw", "/nl/nergens/", "/nl/account/inloggen/"]
)
def test_a_page_that_does_not_say_that_it_can_be_found_says_that_it_cannot(visitor: Client, path: str) -> None:
    html = visitor.get(path).content.decode()
    assert html.count('<meta name="robots" content="noindex">') == 1
    assert 'rel="canonical"' not in html
    assert "og:title" not in html


def test_a_filter_points_to_the_collection_and_a_later_page_to_itself(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.products = [product(f"SG-{at:03}", f"stuk-{at}", f"Stuk {at}", 1000, maker=LABEUR) for at in range(30)]
    filtered = visitor.get("/nl/collectie/?maker=labeur&page=2").content.decode()
    assert f'<link rel="canonical" href="{SHOP}/nl/collectie/">' in filtered
    assert "noindex" in filtered
    second = visitor.get("/en/collection/?page=2").content.decode()
    assert f'<link rel="canonical" href="{SHOP}/en/collection/?page=2">' in second
    assert f'hreflang="nl" href="{SHOP}/nl/collectie/?page=2">' in second
    assert "noindex" not in second


def entries(visitor: Client, address: str) -> dict[str, str]:
    """Of each entry its title and its day, newest first."""
    found = xml(visitor, address).iterfind("a:entry", ATOM)
    return {entry.findtext("a:title", "", ATOM): entry.findtext("a:published", "", ATOM)[:10] for entry in found}


def test_the_feed_has_pieces_and_stories_the_newest_first(visitor: Client) -> None:
    assert entries(visitor, "/nl/nieuw.atom") == {
        "Strik": "2026-10-16",
        "Zit": "2026-10-13",
        "Koord": "2026-10-11",
        "Negen uur touw": "2026-10-05",
    }


def test_the_feed_speaks_its_language_and_leads_into_it(visitor: Client) -> None:
    feed = xml(visitor, "/en/new.atom")
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert feed.findtext("a:title", "", ATOM) == "New at Sociaal Gemaakt"
    assert f"{SHOP}/en/product/koord/" in [link.get("href") for link in feed.iterfind("a:entry/a:link", ATOM)]
    assert '<link rel="alternate" type="application/atom+xml" title="New at Sociaal Gemaakt" href="/en/new.atom">' in (
        visitor.get("/en/").content.decode()
    )


def test_what_nobody_can_buy_is_not_new_and_a_name_with_signs_is_only_a_name(
    visitor: Client, saleor: FakeSaleor
) -> None:
    saleor.products = [
        product("SG-001", "koord", "Touw & <draad>", 28_900, maker=LABEUR),
        product("SG-006", "strik", "Strik", 1200, maker=DIENSTENBEDRIJF, available=0),
    ]
    assert list(entries(visitor, "/nl/nieuw.atom")) == ["Touw & <draad>"]


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-pages.xml", "/fr/nouveau.atom"])
def test_while_saleor_is_away_and_nothing_is_known_they_say_come_again(
    visitor: Client, saleor: FakeSaleor, address: str
) -> None:
    saleor.answer = httpx2.ConnectError("refused")
    answer = visitor.get(address)
    assert answer.status_code == 503
    assert answer["Retry-After"]
