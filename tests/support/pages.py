"""What a page says."""

from typing import Any


def told(answer: Any) -> str:
    """The text of an answer of Django's test client."""
    content: bytes = answer.content
    return content.decode()
