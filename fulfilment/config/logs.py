"""What stands in a log is read by many, and for long: what opens something, names a payment at Stripe or is somebody's
address is left out of it."""

import logging
import re

LEFT_OUT = re.compile(
    r"""
    (?<=[/=])(?=[^/\s?&]*[A-Z0-9])[\w.:~%-]{16,}=*  # of an address: keys of passwords, tracking, tickets
    | \b(?:cs|pi|pm|ch|re|py|pyr|po|seti|src|du|dp|evt|req|txn)_(?:test_|live_)?[A-Za-z0-9]{8,}\w*  # Stripe's names
    | [^\s@<>"'/=(\[]+@[^\s@<>"'/,;)\]]+\.[^\s@<>"'/,;)\]]+  # addresses of people
    | (?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9])[\w-]{28,}=*  # anything long that nobody would make up
    """,
    re.VERBOSE,
)


class Discreet(logging.Formatter):
    """A line, and what follows of an error, with … in the place of what opens something."""

    def format(self, record: logging.LogRecord) -> str:
        return LEFT_OUT.sub("…", super().format(record))
