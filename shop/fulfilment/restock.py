"""Fulfilment's storefront API, of whoever wants one mail once something that is sold out is there again."""

from dataclasses import dataclass
from urllib.parse import quote

from shop.fulfilment.client import LONGEST, FulfilmentUnavailable, ask


@dataclass(frozen=True, slots=True)
class Awaited:
    """What somebody waits for, as its page called it when they asked."""

    name: str
    variant_name: str

    @property
    def what(self) -> str:
        return f"{self.name}, {self.variant_name}" if self.variant_name else self.name


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a link withdraws: ``wish`` is None where that is over; ``others`` are what else that address waits for."""

    wish: Awaited | None
    others: tuple[Awaited, ...]


def ask_restock(
    email: str, *, channel: str, product_id: str, variant_id: str, product_name: str, variant_name: str
) -> dict[str, str]:
    """Have a wish kept and its confirmation mailed; what is wrong, by field. The same for every address, known or not.
    Raises FulfilmentUnavailable."""
    names = {"product_name": product_name[:250], "variant_name": variant_name[:255]}
    given: dict[str, object] = {"email": email, "channel": channel, "product_id": product_id, **names}
    body = ask("POST", "restock", LONGEST, {**given, "variant_id": variant_id})
    if body is None:
        raise FulfilmentUnavailable("it knows no such page")
    return dict(body["errors"])


def confirming(token: str) -> Awaited | None:
    """What a link confirms; None for one that is not good (any more). Raises FulfilmentUnavailable."""
    body = ask("GET", f"restock/confirmation/{quote(token, safe='')}", LONGEST)
    return Awaited(body["name"], body["variant_name"]) if body else None


def confirm(token: str) -> bool:
    """It is wanted from now on; twice is once. False as above. Raises FulfilmentUnavailable."""
    return ask("POST", f"restock/confirmation/{quote(token, safe='')}", LONGEST) is not None


def leaving(token: str) -> Leaving | None:
    """What a link withdraws; None for one that is none of ours. Raises FulfilmentUnavailable."""
    body = ask("GET", f"restock/leaving/{quote(token, safe='')}", LONGEST)
    if body is None:
        return None
    wish = Awaited(body["name"], body["variant_name"]) if body["state"] == "waiting" else None
    return Leaving(wish, tuple(Awaited(one["name"], one["variant_name"]) for one in body["others"]))


def leave(token: str, *, everything: bool) -> bool:
    """It is not wanted any more, and with ``everything`` nothing else either; twice changes nothing. False as above.
    Raises FulfilmentUnavailable."""
    path = f"restock/leaving/{quote(token, safe='')}"
    return ask("POST", path, LONGEST, {"everything": everything}) is not None
