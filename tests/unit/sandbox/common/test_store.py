import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.common.store import AlreadyStoredError, NotStoredError, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "state.sqlite3", indexes=("colour",))
    yield opened
    opened.close()


def test_documents_keep_their_order_and_are_found_by_their_fields(store: Store) -> None:
    with store.write() as tx:
        tx.insert("lamp", "a", {"colour": "red", "size": {"cm": 40}, "sold": None})
        tx.insert("lamp", "b", {"colour": "blue", "size": {"cm": 42}, "sold": True})
        tx.insert("lamp", "c", {"colour": "red", "size": {"cm": 44}})
        tx.insert("stool", "a", {"colour": "red"})
        tx.put("lamp", "a", {"colour": "red", "size": {"cm": 41}, "sold": None})

    assert [lamp["size"]["cm"] for lamp in store.find("lamp")] == [41, 42, 44]
    assert [lamp["size"]["cm"] for lamp in store.find("lamp", {"colour": "red"}, newest_first=True)] == [44, 41]
    assert len(store.find("lamp", {"colour": ["red", "blue"]}, limit=2)) == 2
    assert [lamp["size"]["cm"] for lamp in store.find("lamp", {"sold": None})] == [41, 44]
    assert len(store.find("lamp", at_least={"size.cm": 42}, at_most={"size.cm": 43})) == 1
    with store.read() as reader:
        place = reader.sequence("lamp", "b")
        assert [lamp["size"]["cm"] for lamp in reader.find("lamp", before=place)] == [41]
        assert reader.first("lamp", order_by="size.cm", newest_first=True) == {"colour": "red", "size": {"cm": 44}}
        assert reader.count("lamp", {"colour": "red"}) == 2


def test_whole_numbers_are_added_up_from_a_bound_on(store: Store) -> None:
    assert store_total(store) == 0
    with store.write() as tx:
        for number, size in enumerate((40, -50, 7)):
            tx.insert("lamp", str(number), {"size": size, "made": number})

    assert store_total(store) == -3
    assert store_total(store, at_least={"made": 1}) == -43
    assert store_total(store, at_least={"made": 9}) == 0


def store_total(store: Store, **bounds: Any) -> int:
    with store.read() as reader:
        return reader.total("lamp", "size", **bounds)


def test_two_fields_of_an_index_find_and_sort(tmp_path: Path) -> None:
    opened = Store(tmp_path / "other.sqlite3", indexes=("colour size.cm",))
    with opened.write() as tx:
        for number in (2, 1, 3):
            tx.insert("lamp", str(number), {"colour": "red", "size": {"cm": number}})
        tx.insert("lamp", "4", {"colour": "blue", "size": {"cm": 0}})

    assert [lamp["size"]["cm"] for lamp in opened.find("lamp", {"colour": "red"}, order_by="size.cm")] == [1, 2, 3]
    opened.close()


def test_an_exception_rolls_everything_back_and_runs_nothing_after_it(store: Store) -> None:
    happened: list[str] = []

    def fails() -> None:
        with store.write() as tx:
            tx.insert("lamp", "a", {})
            tx.next_number("order")
            tx.on_commit(lambda: happened.append("done"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert store.get("lamp", "a") is None
    assert happened == []
    with store.write() as tx:
        assert tx.next_number("order") == 1
        tx.on_commit(lambda: happened.append("done"))
        assert happened == []
    assert happened == ["done"]


def test_writers_take_turns(store: Store) -> None:
    with store.write() as tx:
        tx.insert("sum", "s", {"value": 0})

    def add() -> None:
        for _ in range(50):
            with store.write() as tx:
                tx.put("sum", "s", {"value": tx.require("sum", "s")["value"] + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.require("sum", "s") == {"value": 200}


def test_readers_see_only_what_is_committed(store: Store) -> None:
    with store.write() as tx:
        tx.insert("lamp", "a", {})
        assert store.get("lamp", "a") is None
        assert tx.get("lamp", "a") == {}
    assert store.get("lamp", "a") == {}


def test_misuse_is_refused(store: Store) -> None:
    with store.write() as tx:
        tx.insert("lamp", "a", {})
        with pytest.raises(AlreadyStoredError):
            tx.insert("lamp", "a", {})
        with pytest.raises(RuntimeError, match="pass it on"), store.write():
            pass
    with pytest.raises(NotStoredError):
        store.require("lamp", "b")
    with pytest.raises(ValueError, match="not a field name"):
        store.find("lamp", {"colour') OR 1=1 --": "red"})


def test_another_store_on_the_same_file_reads_and_writes_on(tmp_path: Path, store: Store) -> None:
    with store.write() as tx:
        tx.insert("lamp", "a", {"name": "Koord é"})
    other = Store(tmp_path / "state.sqlite3")
    with other.write() as tx:
        tx.put("lamp", "a", {**tx.require("lamp", "a"), "sold": 1})
    other.close()

    assert store.get("lamp", "a") == {"name": "Koord é", "sold": 1}
