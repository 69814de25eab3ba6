"""The signed token of a tracking link: whoever holds it may follow this one order, without logging in."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

# A point, since it needs no escaping in an address and stands in neither a public id nor a signature.
_SEPARATOR = "."
_SALT = "orders.tracking"


def tracking_token(public_id: str) -> str:
    """The token of an order; it does not expire, since the link stands in a mail that is kept."""
    return Signer(salt=_SALT, sep=_SEPARATOR).sign(public_id)


def read_tracking_token(token: str) -> str | None:
    """The order's public id; None when the token is not one of ours."""
    try:
        return Signer(salt=_SALT, sep=_SEPARATOR).unsign(token)
    except BadSignature:
        return None


def tracking_link(public_id: str) -> str:
    """The address of the shop's tracking page for an order."""
    return f"{settings.SHOP_URL}/nl/volgen/{tracking_token(public_id)}/"
