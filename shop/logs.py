"""What stands in a log is read by many, and for long: keys in addresses, the names of Stripe and Saleor, and addresses
of people are left out of it."""

import logging
import re

LEFT_OUT = re.compile(
    r"""
    (?<=[/=])(?=[^/\s?&]*[A-Z0-9])[\w.:~%-]{16,}=*  # a part of an address: links of tracking and of refunds
    | \b(?:cs|pi)_(?:test_|live_)?[A-Za-z0-9]{8,}\w*
    | [^\s@<>"'/=(\[]+@[^\s@<>"'/,;)\]]+\.[^\s@<>"'/,;)\]]+  # addresses of people
    | (?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9])[\w-]{28,}=*  # names of checkouts, which are keys
    """,
    re.VERBOSE,
)


class Discreet(logging.Formatter):
    """A line, and what follows of an error, with … in the place of what opens something."""

    def format(self, record: logging.LogRecord) -> str:
        return LEFT_OUT.sub("…", super().format(record))
