"""What is chosen of the collection, and in which order it stands."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from shop.catalogue.listing import Listing
from shop.catalogue.narrowing import MOST_CHOSEN, NarrowForm
from shop.catalogue.selection import Facet, Option, Order, Selection
from shop.money import Money
from shop.saleor.catalogue import ListedProduct, Named, Person, Product, Variant

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def piece(
    code: str,
    euros: int | None,
    *,
    maker: str = "labeur",
    designers: tuple[str, ...] = (),
    materials: tuple[str, ...] = (),
    to_order: bool = True,
    available: int = 5,
    up_to: int | None = None,
) -> ListedProduct:
    price = None if euros is None else Money(euros * 100, "EUR")
    return ListedProduct(
        product=Product(
            id=code,
            code=code,
            name=f"Stuk {code}",
            slug=code.lower(),
            subtitle="",
            material="",
            hours="",
            producer=Person(maker, maker.capitalize(), "Gent", ""),
            designers=tuple(Person(slug, slug.capitalize(), "Gent", "") for slug in designers),
            materials=tuple(Named(slug, slug.capitalize()) for slug in materials),
            stories=(),
            pictures=(),
            published_producer=maker,
        ),
        category_slug="wonen",
        price_from=price,
        price_to=price if up_to is None else Money(up_to * 100, "EUR"),
        collections=(),
        variants=(Variant("v", "", code, available, to_order, price),),
        since=LONG_AGO,
        changed_at=LONG_AGO,
    )


LAMP = piece("A", 289, designers=("sep",), materials=("touw", "staal"))
TRAY = piece("B", 98, maker="weerwerk", designers=("jente",), materials=("hout",), to_order=False)
STOOL = piece("C", 265, maker="compaan", materials=("hout",), up_to=310)
SOLD_OUT = piece("D", 20, available=0, to_order=False)
ALL = [LAMP, TRAY, STOOL, SOLD_OUT]


def asked(query: str) -> Selection:
    return NarrowForm(QueryDict(query)).selection()


def found(query: str, ready: dict[str, date] | None = None) -> str:
    return "".join(one.product.code for one in Listing(ALL).select(asked(query), ready or {}))


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", "ABCD"),
        ("maker=labeur", "AD"),
        ("maker=labeur&maker=compaan", "ACD"),  # any of one facet
        ("maker=labeur&designer=sep", "A"),  # each of several
        ("material=hout", "BC"),
        ("material=nothing-of-ours", ""),
        ("most=100", "BD"),
        ("least=100&most=265", "C"),
        ("least=300", "C"),  # one of its variants costs as much
        ("in_stock=on", "B"),
        ("in_stock=on&material=hout", "B"),
    ],
)
def test_only_what_fits_is_shown(query: str, codes: str) -> None:
    assert found(query) == codes


def test_what_cannot_be_bought_stands_last() -> None:
    assert found("order=price") == "BCAD"
    assert found("order=-price") == "ACBD"
    ready = {"A": date(2026, 12, 9), "B": date(2026, 12, 2), "C": date(2026, 12, 4)}
    assert found("order=ready", ready) == "BCAD"
    assert found("order=ready", {"A": ready["A"]}) == "ABCD"  # nobody told of the others
    assert found("order=name") == "ABCD"


def test_each_option_says_how_many_it_would_show_beside_what_is_chosen() -> None:
    given = Listing(ALL).options(asked("maker=labeur"))
    assert [(one.slug, one.count, one.is_chosen) for one in given[Facet.MAKER]] == [
        ("compaan", 1, False),
        ("labeur", 2, True),
        ("weerwerk", 1, False),
    ]
    assert Option("hout", "Hout", 0, False) in given[Facet.MATERIAL]


def test_a_facet_that_tells_nothing_apart_is_not_offered() -> None:
    assert set(Listing([LAMP]).options(asked(""))) == {Facet.MATERIAL}


@pytest.mark.parametrize(
    ("query", "field"),
    [("least=abc", "least"), ("most=-1", "most"), ("most=" + "9" * 4400, "most"), ("least=10&most=5", "most")],
)
def test_a_bound_that_cannot_be_is_said_at_its_field_and_bounds_nothing(query: str, field: str) -> None:
    form = NarrowForm(QueryDict(query))
    assert getattr(form.selection(), field) is None
    assert form.errors[field]


def test_an_order_that_does_not_exist_is_the_houses() -> None:
    assert asked("order=whatever").order is Order.HOUSE


def test_of_an_address_without_end_no_more_is_looked_at_than_somebody_would_choose() -> None:
    query = "&".join(f"maker=m{at}" for at in range(500))
    assert len(asked(query).chosen[Facet.MAKER]) == MOST_CHOSEN
