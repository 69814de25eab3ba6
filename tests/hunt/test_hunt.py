"""A few short stories of the machine; `python3 run.py hunt` tells them by the hour."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.hunt.machine import Shop
from tests.killing.world import opened

SHORT = settings(
    max_examples=3,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def queued() -> None:
    """The queue is the world's here."""


def test_whatever_people_do_what_must_be_true_is(transactional_db: None, tmp_path: Path) -> None:
    with opened(tmp_path) as world:
        world.furnish()
        Shop.world, Shop.beginning = world, world.kept()
        run_state_machine_as_test(Shop, settings=SHORT)
