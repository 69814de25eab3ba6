"""Our identity at Saleor: the stored installation, and the client made of it."""

from functools import lru_cache

from django.conf import settings

from fulfilment.errors import GatewayError
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient

NOT_INSTALLED = "not_installed"
"""Code of a `GatewayError` as long as we have no token."""


def connected() -> Saleor:
    """Saleor as our installed app; a `GatewayError` (to be retried) as long as the app is not installed."""
    installation = SaleorInstallation.objects.filter(api_url=settings.SALEOR_API_URL).first()
    if installation is None:
        told = "our app is not installed in Saleor yet: run connect_saleor"
        raise GatewayError(told, retry=True, code=NOT_INSTALLED, at="Saleor")
    return _as_app(installation.api_url, installation.token)


@lru_cache(maxsize=2)
def _as_app(api_url: str, token: str) -> Saleor:
    """One client for the life of a process: its connections are used again."""
    return Saleor(SaleorClient(api_url, token))
