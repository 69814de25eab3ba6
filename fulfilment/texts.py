"""What people typed, without the signs that nobody sees: a mark of direction in a name turns a sentence around."""

import re

_MARKS = "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
"""Marks of direction and spaces of no width."""

_IN_A_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f{_MARKS}]+")
_IN_A_TEXT = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_MARKS}]+")


def seen(typed: str) -> str:
    """A line as people see it, with single spaces."""
    return _IN_A_LINE.sub("", " ".join(typed.split())).strip()


def seen_lines(text: str) -> str:
    """A text of many lines as people see it, whoever typed parts of it."""
    return _IN_A_TEXT.sub("", text)
