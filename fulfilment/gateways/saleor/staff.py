"""Saleor as a member of its staff: for setting it up, never for daily work."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.client import Asking, SaleorClient

OVER = "ExpiredSignatureError"


class StaffClient(SaleorClient):
    """Signs in, and again whenever that is over: Saleor's tokens live for minutes, and a large shop takes hours."""

    def __init__(self, api_url: str, email: str, password: str) -> None:
        super().__init__(api_url)
        self._account = {"email": email, "password": password}

    def sign_in(self) -> None:
        """Get a new token; `GatewayError` where Saleor does not know the account."""
        self._http.headers.pop("Authorization", None)
        token = self.mutate("sign_in_staff", "tokenCreate", self._account)["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def _answered(self, name: str, ask: Asking) -> dict[str, Any]:
        try:
            return super()._answered(name, ask)
        except GatewayError as error:
            if error.code != OVER:
                raise
        self.sign_in()
        return super()._answered(name, ask)  # what a token that is over asked for was not done


@contextmanager
def signed_in(api_url: str, email: str, password: str) -> Iterator[SaleorClient]:
    """A client with the rights of that account; `GatewayError` where Saleor does not know it."""
    if not email or not password:
        raise GatewayError("SALEOR_EMAIL and SALEOR_PASSWORD name no staff account of Saleor", retry=False, at="Saleor")
    with closing(StaffClient(api_url, email, password)) as staff:
        staff.sign_in()
        yield staff
