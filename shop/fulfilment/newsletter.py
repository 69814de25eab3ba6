"""Fulfilment's storefront API, of our newsletter: who asks for it, confirms it, and leaves it."""

from urllib.parse import quote

from shop.fulfilment.client import LONGEST, FulfilmentUnavailable, ask


def ask_newsletter(email: str, text_version: str) -> dict[str, str]:
    """Have a confirmation mailed; what is wrong, by field. The same for every address, known or not. Raises
    FulfilmentUnavailable."""
    body = ask("POST", "newsletter", LONGEST, {"email": email, "text_version": text_version})
    if body is None:
        raise FulfilmentUnavailable("it knows no such page")
    return dict(body["errors"])


def is_confirmed(token: str) -> bool | None:
    """Whether what a link confirms was confirmed; None for one that is not good (any more). Raises
    FulfilmentUnavailable."""
    body = ask("GET", f"newsletter/confirmation/{quote(token, safe='')}", LONGEST)
    return None if body is None else body["state"] == "confirmed"


def confirm(token: str) -> bool:
    """It goes to them from now on; twice is once. False as above. Raises FulfilmentUnavailable."""
    return ask("POST", f"newsletter/confirmation/{quote(token, safe='')}", LONGEST) is not None


def is_left(token: str) -> bool | None:
    """Whether who has this link gets nothing (any more); None for one that is none of ours. Raises
    FulfilmentUnavailable."""
    body = ask("GET", f"newsletter/leaving/{quote(token, safe='')}", LONGEST)
    return None if body is None else body["state"] == "over"


def leave(token: str) -> bool:
    """Nothing more is sent; twice changes nothing. False as above. Raises FulfilmentUnavailable."""
    return ask("POST", f"newsletter/leaving/{quote(token, safe='')}", LONGEST) is not None
