"""What is made of a list is made once, and pages wait for it only where that is quick."""

import threading
from collections.abc import Sequence

from shop.freshness import collected
from shop.saleor.made_once import MadeOnce

OLD, NEW = (1, 2), (1, 2, 3)


def test_it_is_made_once_for_each_list() -> None:
    made: list[Sequence[int]] = []

    def length(listed: Sequence[int], _language: str) -> int:
        made.append(listed)
        return len(listed)

    lengths = MadeOnce("lengths", length)
    assert [lengths.of(listed) for listed in (OLD, OLD, NEW, NEW)] == [2, 2, 3, 3]
    assert made == [OLD, NEW]


def test_what_takes_long_is_shown_as_it_was_until_it_is_made_and_its_page_is_kept_no_longer() -> None:
    may_go_on, is_done = threading.Event(), threading.Event()

    def length(listed: Sequence[int], _language: str) -> int:
        if listed is NEW:
            may_go_on.wait(30)
        return len(listed)

    lengths = MadeOnce("long lengths", length, takes_long=True)
    assert lengths.of(OLD) == 2
    with collected() as found:
        assert lengths.of(NEW) == 2
    assert found.until == 0
    may_go_on.set()
    while lengths.of(NEW) != 3:
        is_done.wait(0.01)
    with collected() as found:
        assert lengths.of(NEW) == 3
    assert found.until > 0


def test_many_at_once_wait_for_the_same() -> None:
    made: list[Sequence[int]] = []
    together = threading.Barrier(8)

    def length(listed: Sequence[int], _language: str) -> int:
        made.append(listed)
        return len(listed)

    lengths = MadeOnce("first lengths", length, takes_long=True)

    def ask() -> None:
        together.wait()
        assert lengths.of(OLD) == 2

    threads = [threading.Thread(target=ask) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [OLD]
