"""The only thing that our hooks start: one task in Saleor's own worker, which tells fulfilment."""

import logging
from datetime import UTC, datetime
from typing import Any

from celery import shared_task
from django.conf import settings
from saleor.plugins.models import PluginConfiguration

from sociaalgemaakt_order_routing import delivery

log = logging.getLogger(__name__)

PLUGIN_ID = "sociaalgemaakt.order_routing"


@shared_task(  # type: ignore[untyped-decorator] # Celery has no types
    bind=True, name="sociaalgemaakt_order_routing.tell_fulfilment", max_retries=None, ignore_result=True
)
def tell_fulfilment(task: Any, event: str, order_pk: str, issued_at: str) -> None:
    """Post one notice; try again, each time later, while fulfilment is out of reach.

    The address and the secret are read at each try: so they never lie in the broker, a corrected address helps the
    notices that wait, and switching the plugin off ends them.
    """
    configuration = _configuration()
    if configuration is None:
        return
    notice = delivery.Notice(event, delivery.order_global_id(order_pk), datetime.fromisoformat(issued_at))
    result = delivery.post(
        notice, configuration["notice_address"], configuration["notice_secret"], now=datetime.now(UTC)
    )
    if result.outcome is delivery.Outcome.REFUSED:
        log.error("Fulfilment refuses our notice of %s: %s", event, result.reason)
    if result.outcome is not delivery.Outcome.UNREACHABLE:
        return
    tries = task.request.retries + 1
    wait = delivery.wait_after(tries)
    if wait is None:
        log.error("No answer to our notice of %s after %d tries: %s", event, tries, result.reason)
        return
    log.warning("No answer to our notice of %s (try %d): %s; again in %d s", event, tries, result.reason, wait)
    raise task.retry(countdown=wait)


def _configuration() -> dict[str, str] | None:
    """Names and values as staff saved them; None while the plugin is off."""
    replica: str = settings.DATABASE_CONNECTION_REPLICA_NAME  # type: ignore[misc] # a setting of Saleor, not of ours
    found = PluginConfiguration.objects.using(replica).filter(identifier=PLUGIN_ID, channel=None, active=True).first()
    return None if found is None else {item["name"]: item["value"] for item in found.configuration}
