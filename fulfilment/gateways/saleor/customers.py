"""A customer who is logged in in the shop, proven by the token that Saleor gave them: Saleor is asked whose it is."""

from contextlib import closing
from dataclasses import dataclass

from django.conf import settings

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.client import SaleorClient

OVER = {"ExpiredSignatureError", "InvalidSignatureError", "InvalidTokenError", "PermissionDenied"}
"""What Saleor calls a token that is not good any more."""


@dataclass(frozen=True)
class SaleorCustomer:
    """Who has an account and proved the address of it; `order_ids` are those that Saleor has on the account.

    `id` is the account's own: it stays where its address becomes another."""

    email: str
    name: str
    language: str
    order_ids: tuple[str, ...]
    id: str
    last_name: str = ""

    @property
    def full_name(self) -> str:
        """As people are called in full; the address where the account has no name."""
        return f"{self.name} {self.last_name}".strip() or self.email


def customer_of(token: str) -> SaleorCustomer | None:
    """Whose token it is; None where it is nobody's (any more), staff's, or of somebody whose address is not confirmed.

    `GatewayError` where Saleor is away.
    """
    with closing(SaleorClient(settings.SALEOR_API_URL, token)) as client:
        try:
            node = client.execute("customer")["me"]
        except GatewayError as error:
            if error.code in OVER:
                return None
            raise
    if node is None or node["isStaff"] or not node["isConfirmed"]:
        return None
    edges = (node["orders"] or {}).get("edges") or ()
    return SaleorCustomer(
        email=node["email"],
        name=node["firstName"],
        language=node["languageCode"],
        order_ids=tuple(edge["node"]["id"] for edge in edges),
        id=node["id"],
        last_name=node["lastName"],
    )
