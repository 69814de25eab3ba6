"""A machine that takes connections and never answers, as one that was stopped does."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hanging() -> Iterator[str]:
    """Its address; nobody ever reads what is sent there."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
