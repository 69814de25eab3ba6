"""What was asked of a stand-in, counted by name: of GraphQL the operation, of other addresses the path without its ids.

Counts stand in memory and begin anew with the program.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

_OPERATION = re.compile(r"\b(?:query|mutation)\s+(\w+)")
_ID = re.compile(r"/[a-z]+_\w*[A-Z0-9]\w*")
Around = Callable[[Request, Callable[[], Response]], Response]


class Calls:
    """Counts the calls at the addresses that begin with one of `prefixes`, whatever comes of them."""

    def __init__(self, prefixes: tuple[str, ...], inner: Around) -> None:
        self._prefixes = prefixes
        self._inner = inner
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def around(self, request: Request, answer: Callable[[], Response]) -> Response:
        """Count a call, then have it answered."""
        if request.path.startswith(self._prefixes):
            name = name_of(request)
            with self._lock:
                self._counts[name] += 1
        return self._inner(request, answer)

    def counts(self) -> dict[str, int]:
        """How often each was asked since the program began."""
        with self._lock:
            return dict(self._counts)


def name_of(request: Request) -> str:
    """By which name a call is counted."""
    if request.path.startswith("/graphql/"):
        try:
            body = json.loads(request.get_data())
            found = _OPERATION.search(body["query"])
        except (ValueError, TypeError, KeyError):
            found = None
        return found[1] if found else "?"
    return f"{request.method} {_ID.sub('/…', request.path)}"
