"""However many products there are, they are read once for everybody, in the background, and no page waits for all."""

from unittest import mock

import pytest
from django.core.cache import cache
from django.utils import translation

from shop import generation
from shop.saleor import catalogue, copies, lists
from shop.saleor.catalogue import ListedProduct
from shop.saleor.client import Saleor
from tests.shop.fakes import FakeSaleor
from tests.shop.played import valkey_away
from tests.shop.shelves import COMPAAN, LABEUR, product
from tests.shop.test_hanging import an_hour_later

SALEOR = Saleor("198.51.100.7", "NL")


def shown() -> list[str]:
    return [listed.product.code for listed in catalogue.products(SALEOR)]


def background_is_done() -> None:
    for reading in list(copies._under_way.values()):
        reading.exception()


def another_process() -> None:
    """From here on we are one that has just begun, and has nothing in memory."""
    background_is_done()
    catalogue.PRODUCTS.forget()


def changed() -> None:
    generation.rise()
    generation.forget()


@pytest.fixture
def many(saleor: FakeSaleor, monkeypatch: pytest.MonkeyPatch) -> FakeSaleor:
    """Three parts of products."""
    monkeypatch.setattr(lists, "PART", 3)
    saleor.products = [product(f"SG-{n:04}", f"s-{n:04}", f"Nr {n}", 1000 + n, maker=LABEUR) for n in range(7)]
    return saleor


def test_a_list_of_one_part_is_there_at_once_with_one_question(saleor: FakeSaleor) -> None:
    assert shown() == ["SG-001", "SG-003", "SG-006"]
    assert saleor.operations() == ["products"]


def test_who_comes_first_waits_for_the_first_part_alone(many: FakeSaleor) -> None:
    with mock.patch.object(lists.KeptList, "_renew") as in_background:
        assert len(shown()) == 3
        background_is_done()
    assert many.operations() == ["products"]
    assert in_background.called


def test_the_rest_is_there_as_soon_as_it_was_read(many: FakeSaleor) -> None:
    shown()
    background_is_done()
    assert shown() == [f"SG-{number:04}" for number in range(7)]
    assert many.operations() == ["products"] * 4


def test_things_are_made_of_what_saleor_told_once_and_not_at_each_look(saleor: FakeSaleor) -> None:
    first = catalogue.products(SALEOR)
    with mock.patch.object(lists.KeptList, "_item", side_effect=AssertionError, create=True):
        assert catalogue.products(SALEOR) is first


def test_a_process_that_begins_takes_over_what_another_one_read(many: FakeSaleor) -> None:
    shown()
    background_is_done()
    before = catalogue.products(SALEOR)
    another_process()
    assert len(shown()) == 3
    background_is_done()
    assert catalogue.products(SALEOR) == before
    assert many.operations() == ["products"] * 4


def test_while_one_process_reads_what_changed_the_others_show_what_they_have(saleor: FakeSaleor) -> None:
    before = shown()
    saleor.products = saleor.products[:1]
    changed()
    cache.set(f"{catalogue.PRODUCTS._name()}:reading", "somebody else", 30)
    assert shown() == before
    assert saleor.operations() == ["products"]
    cache.delete(f"{catalogue.PRODUCTS._name()}:reading")
    assert shown() == ["SG-001"]


def test_what_another_process_read_after_a_change_is_taken_over(saleor: FakeSaleor) -> None:
    shown()
    [ours] = catalogue.PRODUCTS._held.items()
    saleor.products = saleor.products[:1]
    changed()
    another_process()
    with translation.override("nl"):
        catalogue.PRODUCTS._renew(ours[0])
    another_process()
    catalogue.PRODUCTS._held[ours[0]] = ours[1]
    assert shown() == ["SG-001"]
    assert saleor.operations() == ["products"] * 2


@pytest.mark.parametrize("lost", ["{name}", "{name}:0", "{name}:1"])
def test_where_valkey_lost_some_of_it_saleor_is_read_again(many: FakeSaleor, lost: str) -> None:
    shown()
    background_is_done()
    cache.delete(lost.format(name=catalogue.PRODUCTS._name()))
    another_process()
    shown()
    background_is_done()
    assert len(shown()) == 7


def test_parts_of_two_readings_are_never_one_list(many: FakeSaleor) -> None:
    shown()
    background_is_done()
    cache.set(f"{catalogue.PRODUCTS._name()}:2", ("another reading", ([], None)), 60)
    another_process()
    shown()
    background_is_done()
    assert len(shown()) == 7


def test_without_valkey_each_process_reads_for_itself(many: FakeSaleor) -> None:
    with valkey_away():
        shown()
        background_is_done()
        assert len(shown()) == 7


def test_every_language_has_its_own(saleor: FakeSaleor) -> None:
    for language in ("nl", "fr", "nl", "fr"):
        with translation.override(language):
            shown()
    assert [variables["language"] for _name, variables in saleor.calls] == ["NL", "FR"]


def test_a_long_list_is_read_again_by_time_less_often(saleor: FakeSaleor) -> None:
    shown()
    [(language, held)] = catalogue.PRODUCTS._held.items()

    def longer(took: float) -> lists.Edition[ListedProduct]:
        return lists.Edition(held.items, held.asked_at, held.told_in, took, is_whole=True)

    with an_hour_later():
        assert longer(200.0).is_fresh
        assert not longer(100.0).is_fresh
        catalogue.PRODUCTS._held[language] = longer(200.0)
        shown()
    assert saleor.operations() == ["products"]


def test_a_change_outdates_a_long_list_all_the_same(saleor: FakeSaleor) -> None:
    shown()
    saleor.products = [product("SG-009", "kruk", "Kruk", 9_900, maker=COMPAAN)]
    changed()
    assert shown() == ["SG-009"]
