"""What programs tell of themselves is read by many, and for long: what opens something, names a payment at Stripe or is
somebody's address is left out of it."""

import re

LEFT_OUT = re.compile(
    r"""
    (?<=[/=])(?=[^/\s?&]*[A-Z0-9])[\w.:~%-]{16,}=*  # of an address: keys of passwords, tracking, refunds, tickets
    | \b(?:cs|pi|pm|ch|re|py|pyr|po|seti|src|du|dp|evt|req|txn)_(?:test_|live_)?[A-Za-z0-9]{8,}\w*  # Stripe's names
    | \bpay_[\w-]{16,}  # our own names of payments, which tell who has one how the order stands
    | [^\s@<>"'/=(\[]+@[^\s@<>"'/,;)\]]+\.[^\s@<>"'/,;)\]]+  # addresses of people
    | (?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9])[\w-]{28,}=*  # anything long that nobody would make up
    """,
    re.VERBOSE,
)


def discreet(text: str) -> str:
    """The text with … in the place of what opens something or is somebody's."""
    return LEFT_OUT.sub("…", text)
