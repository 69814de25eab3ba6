"""The pages that a process keeps: those asked last, within so many and so many bytes, whatever strangers ask for."""

import threading
from collections import OrderedDict

from shop.pages.asked import Key
from shop.pages.page import Page

MOST_PAGES = 2_000
MOST_BYTES = 8 * 1024 * 1024


class Keep:
    """By what they are asked by; what was asked longest ago goes first."""

    def __init__(self, most_pages: int = MOST_PAGES, most_bytes: int = MOST_BYTES) -> None:
        self._most_pages, self._most_bytes = most_pages, most_bytes
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                page.times += 1
            return page

    def put(self, page: Page) -> None:
        """In the place of the former; one that is larger than all that may be kept is not."""
        with self._lock:
            self._take(page.asked.key)
            self._pages[page.asked.key] = page
            self._bytes += page.size
            while self._bytes > self._most_bytes or len(self._pages) > self._most_pages:
                self._take(next(iter(self._pages)))

    def drop(self, key: Key) -> None:
        with self._lock:
            self._take(key)

    def often_asked(self, least: int, most: int) -> list[Page]:
        """Those shown so often at least since they were made, the first of them first; so many at most."""
        with self._lock:
            found = [page for page in self._pages.values() if page.times >= least]
        return sorted(found, key=lambda page: -page.times)[:most]

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    def _take(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= page.size
