"""What flows are handed in: a Stripe, where a test needs no other."""

from collections.abc import Iterator

import pytest

from tests.support.money import StripeInMemory


@pytest.fixture
def provider() -> Iterator[StripeInMemory]:
    """The Stripe that jobs, hooks and commands are connected with."""
    with StripeInMemory().connected() as made:
        yield made
