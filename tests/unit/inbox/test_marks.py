"""A mark: dirty until somebody acted on what it says, one worker at a time, tried again ever later."""

from datetime import UTC, datetime, timedelta

import pytest

from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import (
    FIRST_WAIT,
    LEASE,
    LONGEST_WAIT,
    act,
    claim,
    dirty,
    give_back,
    mark,
    mark_found,
    settle,
)
from fulfilment.inbox.models import Mark, OpenIssue

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
ORDER = ("order", "T3JkZXI6MQ==")


def nothing() -> None:
    pass


def fail() -> None:
    raise RuntimeError("no")


def waiting(now: datetime, **patience: timedelta) -> list[tuple[str, str]]:
    return [(found.kind, found.object_id) for found in dirty(now, **patience)]


def the_mark() -> Mark:
    return Mark.objects.get(kind=ORDER[0], object_id=ORDER[1])


def test_a_mark_is_one_row_that_counts() -> None:
    for after in range(3):
        mark(*ORDER, NOW + timedelta(seconds=after))
    found = the_mark()
    assert (found.counter, found.handled, found.marked_at) == (3, 0, NOW)
    assert waiting(NOW + timedelta(seconds=2)) == [ORDER]


def test_acting_makes_it_clean() -> None:
    mark(*ORDER, NOW)
    assert act(*ORDER, NOW, nothing) is False
    found = the_mark()
    assert (found.handled, found.leased_until, found.failures) == (1, None, 0)
    assert waiting(NOW) == []


def test_what_is_clean_or_unknown_is_not_acted_on() -> None:
    mark(*ORDER, NOW)
    act(*ORDER, NOW, nothing)
    assert act(*ORDER, NOW, fail) is False
    assert act("order", "unknown", NOW, fail) is False


def test_a_change_during_the_work_makes_it_dirty_again() -> None:
    mark(*ORDER, NOW)
    assert act(*ORDER, NOW, lambda: mark(*ORDER, NOW)) is True
    assert waiting(NOW) == [ORDER]
    assert act(*ORDER, NOW, nothing) is False


def test_while_one_works_no_other_does() -> None:
    mark(*ORDER, NOW)

    def work() -> None:
        assert claim(*ORDER, NOW) is None
        assert waiting(NOW) == []

    act(*ORDER, NOW, work)


def test_a_worker_that_died_is_followed_by_another_once_its_lease_ended() -> None:
    mark(*ORDER, NOW)
    assert claim(*ORDER, NOW) is not None
    assert claim(*ORDER, NOW + LEASE - timedelta(seconds=1)) is None
    assert waiting(NOW + LEASE) == [ORDER]
    done = []
    act(*ORDER, NOW + LEASE, lambda: done.append(1))
    assert done == [1]


def test_a_worker_that_was_too_late_neither_sets_back_nor_ends_the_work_of_another() -> None:
    mark(*ORDER, NOW)
    late = claim(*ORDER, NOW)
    assert late is not None
    mark(*ORDER, NOW)
    other = claim(*ORDER, NOW + LEASE)
    assert other is not None

    assert settle(*ORDER, *late) is False
    assert the_mark().leased_until == other[1]
    give_back(*ORDER, NOW, late[1])
    assert the_mark().leased_until == other[1]

    assert settle(*ORDER, *other) is False
    settle(*ORDER, *late)
    assert the_mark().handled == 2


def test_a_failure_is_passed_on_and_nothing_is_lost() -> None:
    mark(*ORDER, NOW)
    with pytest.raises(RuntimeError):
        act(*ORDER, NOW, fail)
    found = the_mark()
    assert (found.failures, found.leased_until, found.handled) == (1, None, 0)
    assert waiting(NOW) == []
    assert waiting(NOW + FIRST_WAIT) == [ORDER]


def test_each_failure_waits_longer_up_to_a_bound_and_a_success_forgets_them() -> None:
    mark(*ORDER, NOW)
    waits = []
    for _ in range(12):
        with pytest.raises(RuntimeError):
            act(*ORDER, NOW, fail)
        before = the_mark().not_before
        assert before is not None
        waits.append(before - NOW)
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert waits[-1] == LONGEST_WAIT
    assert waits == sorted(waits)
    act(*ORDER, NOW, nothing)
    found = the_mark()
    assert (found.failures, found.not_before) == (0, None)


def test_news_does_not_wait_for_the_next_try() -> None:
    mark(*ORDER, NOW)
    with pytest.raises(RuntimeError):
        act(*ORDER, NOW, fail)
    mark(*ORDER, NOW)
    assert claim(*ORDER, NOW) is not None


def test_the_oldest_come_first_and_who_was_only_just_marked_is_left_to_the_queue() -> None:
    for at, name in enumerate(("c", "a", "b")):
        mark("order", name, NOW + timedelta(seconds=at))
    now, second = NOW + timedelta(seconds=2), timedelta(seconds=1)
    assert waiting(now) == [("order", "c"), ("order", "a"), ("order", "b")]
    assert waiting(now, queue_time=second, later=second) == [("order", "c"), ("order", "a")]


# --- who is told ---------------------------------------------------------------------------------------------------


def test_a_worker_is_told_once_of_what_waits_and_again_of_what_comes_after_it_looked() -> None:
    assert [mark(*ORDER, NOW) for _ in range(3)] == [True, False, False]
    act(*ORDER, NOW, nothing)
    assert mark(*ORDER, NOW) is True


def test_whoever_is_at_it_is_not_told_but_looks_again() -> None:
    mark(*ORDER, NOW)
    told = []
    assert act(*ORDER, NOW, lambda: told.append(mark(*ORDER, NOW))) is True
    assert told == [False]


def test_news_of_what_failed_is_told_at_once() -> None:
    mark(*ORDER, NOW)
    with pytest.raises(RuntimeError):
        act(*ORDER, NOW, fail)
    assert mark(*ORDER, NOW) is True


def test_the_sweep_marks_only_what_is_clean() -> None:
    for name in ("waiting", "handled"):
        mark("order", name, NOW)
    act("order", "handled", NOW, nothing)
    assert set(mark_found("order", ["waiting", "handled", "unknown", "unknown"], NOW)) == {"handled", "unknown"}
    assert Mark.objects.get(object_id="waiting").counter == 1
    assert mark_found("order", ["waiting", "handled", "unknown"], NOW) == []


def test_news_overtakes_what_only_the_sweep_had_found() -> None:
    assert mark_found(ORDER[0], [ORDER[1]], NOW) == [ORDER[1]]
    assert the_mark().news == 0
    assert [mark(*ORDER, NOW), mark(*ORDER, NOW)] == [True, False]
    act(*ORDER, NOW, nothing)
    mark_found(ORDER[0], [ORDER[1]], NOW)
    assert the_mark().news == 0


def test_what_the_sweep_found_may_wait_longer_before_it_is_queued_again() -> None:
    mark(*ORDER, NOW)
    mark_found("order", ["swept"], NOW)
    patience = {"queue_time": timedelta(seconds=1), "later": timedelta(seconds=9)}
    assert waiting(NOW, **patience) == []
    assert waiting(NOW + timedelta(seconds=1), **patience) == [ORDER]
    assert len(waiting(NOW + timedelta(seconds=9), **patience)) == 2


def test_an_issue_stands_once_with_its_newest_words_and_comes_back_after_it_was_solved() -> None:
    raise_issue("gateway", "order:1", "eerst", NOW)
    raise_issue("gateway", "order:1", "later", NOW + timedelta(hours=1))
    found = OpenIssue.objects.get()
    assert (found.message, found.first_seen_at, found.last_seen_at) == ("later", NOW, NOW + timedelta(hours=1))
    resolve("gateway", "order:1", NOW)
    raise_issue("gateway", "order:1", "weer", NOW)
    assert list(OpenIssue.objects.order_by("pk").values_list("message", "resolved_at")) == [
        ("later", NOW),
        ("weer", None),
    ]
