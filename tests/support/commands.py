"""Management commands, run within the tests' own process."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def only_a_command() -> Iterator[None]:
    """What a command leaves open, the end of its process would close: here, connections to a real Saleor."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()
