"""The Saleor that the contract tests speak with: the sandbox, or the one that SALEOR_API_URL names."""

from collections.abc import Iterator

import pytest

from tests.support.saleor_bench import SaleorBench, saleor_bench
from tests.support.stripe_sandbox import MovableClock


@pytest.fixture(scope="session")
def saleor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SaleorBench]:
    with saleor_bench(tmp_path_factory.mktemp("saleor"), clock=MovableClock()) as bench:
        yield bench
