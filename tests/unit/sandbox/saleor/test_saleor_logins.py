"""How long whoever guesses passwords must wait."""

import pytest

from sandbox.saleor.logins import Logins
from tests.support.stripe_sandbox import MovableClock


class StillClock(MovableClock):
    """Time that moves only when it is moved."""

    def __call__(self) -> float:
        return self.ahead


def wait_after(logins: Logins, clock: StillClock, attempts: int, user: str | None) -> float:
    """The wait after the last of so many wrong passwords, each tried as soon as it may be."""
    wait = 0.0
    for _ in range(attempts):
        clock.ahead += wait
        assert logins.begin("10.0.0.1") is None
        logins.failed("10.0.0.1", user)
        until = logins.begin("10.0.0.1")
        assert until is not None
        wait = until - clock.ahead
    return wait


@pytest.mark.parametrize(("attempts", "wait"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 3600)])
def test_the_wait_of_a_known_user_doubles(attempts: int, wait: int) -> None:
    clock = StillClock()
    assert wait_after(Logins(clock), clock, attempts, "admin@example.com") == wait


@pytest.mark.parametrize(("attempts", "wait"), [(1, 1), (10, 1), (11, 2), (21, 4), (90, 256)])
def test_the_wait_of_an_address_doubles_with_every_tenth(attempts: int, wait: int) -> None:
    clock = StillClock()
    assert wait_after(Logins(clock), clock, attempts, None) == wait


def test_failures_are_forgotten_after_two_hours_and_after_a_success() -> None:
    clock = StillClock()
    logins = Logins(clock)
    assert wait_after(logins, clock, 3, "admin@example.com") == 4
    clock.ahead += 7200
    assert wait_after(logins, clock, 1, "admin@example.com") == 1
    clock.ahead += 1
    assert logins.begin("10.0.0.1") is None
    logins.succeeded("10.0.0.1", "admin@example.com")
    assert logins.begin("10.0.0.1") is None
    logins.failed("10.0.0.1", "admin@example.com")
    assert logins.begin("10.0.0.1") == clock.ahead + 1


def test_while_one_attempt_is_under_way_a_second_waits_but_not_from_elsewhere() -> None:
    clock = StillClock()
    logins = Logins(clock)
    assert logins.begin("10.0.0.1") is None
    assert logins.begin("10.0.0.1") == clock.ahead + 1
    assert logins.begin("10.0.0.2") is None
