from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stripe_sandbox import Bench, stripe_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with stripe_bench(tmp_path) as running:
        yield running
