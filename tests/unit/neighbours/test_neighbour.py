"""A machine that takes connections and answers nothing, and who asks it nevertheless."""

import os
import threading
import warnings

import pytest

from neighbours import neighbour as neighbours
from neighbours.budget import left, shared, within
from neighbours.neighbour import HANGS, PAUSE, Neighbour, NotAsked


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(neighbours, "monotonic", made)
    monkeypatch.setattr("neighbours.budget.monotonic", made)
    return made


@pytest.fixture
def stripe() -> Neighbour:
    return Neighbour("Stripe", patience=8, at_most=3)


def cut_off(stripe: Neighbour, clock: Clock, at_most: float | None, seconds: float) -> None:
    def ask() -> None:
        with stripe.asked(at_most):
            clock.now += seconds
            raise TimeoutError

    with pytest.raises(TimeoutError):
        ask()


def in_vain(stripe: Neighbour, clock: Clock, seconds: float = 8) -> None:
    cut_off(stripe, clock, None, seconds)


def test_a_call_takes_as_long_as_the_neighbour_is_given(stripe: Neighbour, clock: Clock) -> None:
    with stripe.asked() as seconds:
        assert seconds == 8
    with stripe.asked(2) as seconds:
        assert seconds == 2


def test_a_call_takes_no_longer_than_what_is_left_of_the_budget(stripe: Neighbour, clock: Clock) -> None:
    with within(10):
        clock.now += 7
        with stripe.asked() as seconds:
            assert seconds == 3
        clock.now += 3
        with pytest.raises(NotAsked, match="no time left"), stripe.asked():
            pass
    assert left(8) == 8


def test_a_budget_in_a_budget_only_makes_it_less(clock: Clock) -> None:
    with within(5), within(20):
        assert left(30) == 5
    with within(20), within(5):
        assert left(30) == 5


def test_reaching_it_and_its_answer_share_the_time() -> None:
    for seconds in (1.0, 8.0, 20.0):
        connect, answer = shared(seconds)
        assert connect + answer == seconds
        assert 0 < connect <= 3 < 3 + answer


def test_after_two_calls_in_vain_nobody_else_waits(stripe: Neighbour, clock: Clock) -> None:
    in_vain(stripe, clock)
    assert not stripe.hangs
    in_vain(stripe, clock)
    assert stripe.hangs
    with pytest.raises(NotAsked, match="hangs"), stripe.asked():
        pass


def test_after_a_pause_one_tries_and_its_answer_lets_everybody_in(stripe: Neighbour, clock: Clock) -> None:
    in_vain(stripe, clock)
    in_vain(stripe, clock)
    clock.now += PAUSE
    with stripe.asked(), pytest.raises(NotAsked), stripe.asked():
        pass
    assert not stripe.hangs
    with stripe.asked():
        pass


def test_a_trial_in_vain_means_another_pause(stripe: Neighbour, clock: Clock) -> None:
    for _try in range(2):
        in_vain(stripe, clock)
    clock.now += PAUSE
    in_vain(stripe, clock)
    with pytest.raises(NotAsked), stripe.asked():
        pass
    clock.now += PAUSE
    with stripe.asked():
        pass


def test_who_has_no_time_to_find_out_is_not_the_one_who_tries(stripe: Neighbour, clock: Clock) -> None:
    in_vain(stripe, clock)
    in_vain(stripe, clock)
    clock.now += PAUSE
    with pytest.raises(NotAsked), stripe.asked(1):
        pass
    with stripe.asked():
        pass


def test_what_fails_at_once_is_no_hanging(stripe: Neighbour, clock: Clock) -> None:
    for _refused in range(5):
        in_vain(stripe, clock, seconds=0.1)
    assert not stripe.hangs


def test_who_was_cut_off_early_learned_nothing(stripe: Neighbour, clock: Clock) -> None:
    in_vain(stripe, clock)
    cut_off(stripe, clock, 1, 1)
    in_vain(stripe, clock)
    assert stripe.hangs


def test_an_answer_in_between_starts_the_count_anew(stripe: Neighbour, clock: Clock) -> None:
    in_vain(stripe, clock)
    with stripe.asked():
        pass
    in_vain(stripe, clock)
    assert not stripe.hangs


def test_who_comes_while_two_wait_in_vain_is_told_at_once(stripe: Neighbour, clock: Clock) -> None:
    with stripe.asked(), stripe.asked():
        clock.now += HANGS
        with pytest.raises(NotAsked, match="2 calls wait"), stripe.asked():
            pass


def test_a_long_call_of_a_machine_that_answers_others_turns_nobody_away(stripe: Neighbour, clock: Clock) -> None:
    with stripe.asked(), stripe.asked():
        clock.now += 1
        with stripe.asked():
            pass
        clock.now += HANGS
        with stripe.asked():
            pass


def test_no_more_than_may_are_under_way(stripe: Neighbour) -> None:
    with stripe.asked(), stripe.asked(), stripe.asked(), pytest.raises(NotAsked, match="too many"), stripe.asked():
        pass
    with stripe.asked():
        pass


def test_who_stands_in_line_for_a_moment_gets_in_when_one_is_answered(stripe: Neighbour) -> None:
    entered, leave = threading.Event(), threading.Event()

    def ask() -> None:
        with stripe.asked():
            entered.set()
            leave.wait(5)

    other = threading.Thread(target=ask)
    other.start()
    entered.wait(5)
    with stripe.asked(), stripe.asked():
        threading.Timer(0.05, leave.set).start()
        with stripe.asked():
            pass
    other.join()


def test_processes_that_were_forked_know_of_each_other_that_it_hangs(stripe: Neighbour, clock: Clock) -> None:
    with warnings.catch_warnings():  # a thread of another test may be about: this child does nothing with it
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        in_vain(stripe, clock)
        in_vain(stripe, clock)
        os._exit(0)
    os.waitpid(child, 0)
    assert stripe.hangs


def test_one_that_is_given_less_hangs_once_nearly_all_of_its_time_is_over(clock: Clock) -> None:
    valkey = Neighbour("Valkey", patience=0.5, at_most=3)
    cut_off(valkey, clock, None, 0.2)
    assert not valkey.hangs
    for _time in range(2):
        in_vain(valkey, clock, seconds=0.5)
    assert valkey.hangs
