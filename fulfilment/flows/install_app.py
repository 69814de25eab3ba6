"""Saleor installed our app: its token is kept once it was proven at the configured API address.

From then on prices are known, and not only after one of them changed: what that was before, nobody could tell.
"""

from datetime import datetime

from django.conf import settings

from fulfilment.errors import Refusal
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.follow_prices import CONSUMERS
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.inbox.models import Mark


def install_app(token: str, *, now: datetime) -> None:
    """Keep a token that Saleor itself recognises; `Refusal` for any other, `GatewayError` when it cannot be tried."""
    saleor = Saleor(SaleorClient(settings.SALEOR_API_URL, token))
    try:
        app_id = saleor.app_id(settings.SALEOR_APP_ID)
    finally:
        saleor.close()
    if app_id is None:
        raise Refusal("Saleor does not know this token as our app's.", code="BAD_TOKEN")
    SaleorInstallation.objects.update_or_create(
        api_url=settings.SALEOR_API_URL, defaults={"app_id": app_id, "token": token, "installed_at": now}
    )
    look_at(Mark.Kind.PRICES, CONSUMERS, now)
