"""Saleor as a member of its staff: for setting it up, never for daily work."""

from collections.abc import Iterator
from contextlib import contextmanager

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.client import SaleorClient


@contextmanager
def signed_in(api_url: str, email: str, password: str) -> Iterator[SaleorClient]:
    """A client with the rights of that account; `GatewayError` where Saleor does not know it."""
    if not email or not password:
        raise GatewayError("SALEOR_EMAIL and SALEOR_PASSWORD name no staff account of Saleor", retry=False, at="Saleor")
    nobody = SaleorClient(api_url)
    try:
        payload = nobody.mutate("sign_in_staff", "tokenCreate", {"email": email, "password": password})
    finally:
        nobody.close()
    staff = SaleorClient(api_url, payload["token"])
    try:
        yield staff
    finally:
        staff.close()
