"""Saleor's side of order routing: tells fulfilment that an order changed, and refuses what nobody can make.

Saleor calls hooks synchronously, after the change is committed, while the buyer waits; an exception in one would hide
a placed order from its buyer and swallow the events behind it. So a hook only has a task queued, in a thread beside the
request, and nothing escapes it.
"""

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.plugins.error_codes import PluginErrorCode
from sociaalgemaakt_checkout import refusal

from sociaalgemaakt_order_routing import rules
from sociaalgemaakt_order_routing.delivery import Rest
from sociaalgemaakt_order_routing.tasks import PLUGIN_ID, tell_fulfilment

log = logging.getLogger(__name__)

BROKER_REST = Rest(seconds=30)
"""Of this process. A broker that is away costs seconds at each notice (6 were measured), and a checkout has five."""


@cache
def _sender() -> ThreadPoolExecutor:
    """The one thread of this process that hands tasks to the broker, so that no buyer waits for it.

    Five tasks took 13 ms of his time (measured), 5 of them because Celery looks for its result store anew in each
    thread, and Saleor's API answers each request in another one. Made at the first notice: a server may fork after it
    imported us.
    """
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="order_routing")


def _queue_task(event: str, order_pk: str, issued_at: str) -> None:
    try:
        if BROKER_REST.is_over(time.monotonic()):
            tell_fulfilment.apply_async((event, order_pk, issued_at), retry=False)
    except Exception:
        BROKER_REST.begin(time.monotonic())
        log.exception("A notice of %s was not queued, nor are those of the next seconds.", event)


def _order_hook(event: str) -> Callable[..., Any]:
    def hook(plugin: "OrderRoutingPlugin", order: Any, previous_value: Any, **_: Any) -> Any:
        plugin.queue_notice(event, order, "pk")
        return previous_value

    return hook


def _fulfillment_hook(event: str) -> Callable[..., Any]:
    def hook(plugin: "OrderRoutingPlugin", fulfillment: Any, previous_value: Any, **_: Any) -> Any:
        plugin.queue_notice(event, fulfillment, "order_id")
        return previous_value

    return hook


class OrderRoutingPlugin(BasePlugin):  # type: ignore[misc] # Saleor is not in our environment
    """Configured once for all channels: Saleor starts a channel that is added later with a channel's plugins off,
    and its orders would go untold."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "Sociaal Gemaakt: orders naar de ateliers"
    PLUGIN_DESCRIPTION = (
        "Meldt elke verandering van een order aan fulfilment, en weigert een order die geen atelier kan maken "
        "zolang er niet voor betaald is."
    )
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = False
    CONFIG_STRUCTURE = {
        "notice_address": {
            "type": ConfigurationTypeField.STRING,
            "label": "Adres voor de berichten",
            "help_text": "Het adres van fulfilment, bijvoorbeeld https://fulfilment.example/hooks/plugin/.",
        },
        "notice_secret": {
            "type": ConfigurationTypeField.SECRET,
            "label": "Geheim",
            "help_text": (
                f"Ondertekent de berichten: minstens {rules.SHORTEST_SECRET} willekeurige tekens, "
                "dezelfde als in PLUGIN_NOTICE_SECRETS van fulfilment."
            ),
        },
    }
    DEFAULT_CONFIGURATION = [{"name": "notice_address", "value": ""}, {"name": "notice_secret", "value": ""}]

    order_created = _order_hook("order_created")
    order_confirmed = _order_hook("order_confirmed")
    order_paid = _order_hook("order_paid")
    order_fully_paid = _order_hook("order_fully_paid")
    order_updated = _order_hook("order_updated")
    order_cancelled = _order_hook("order_cancelled")
    order_refunded = _order_hook("order_refunded")
    order_fully_refunded = _order_hook("order_fully_refunded")
    fulfillment_created = _fulfillment_hook("fulfillment_created")
    fulfillment_canceled = _fulfillment_hook("fulfillment_canceled")
    tracking_number_updated = _fulfillment_hook("tracking_number_updated")

    def queue_notice(self, event: str, subject: Any, pk_field: str) -> None:
        """Have Saleor's worker send a notice. Raises nothing; what is not queued is found by fulfilment's sweep."""
        try:
            issued_at = datetime.now(UTC).isoformat()
            _sender().submit(_queue_task, event, str(getattr(subject, pk_field)), issued_at)
        except Exception:
            log.exception("A notice of %s was not queued.", event)

    def preprocess_order_creation(
        self, checkout_info: Any, lines_info: Any = None, previous_value: Any = None, **_: Any
    ) -> Any:
        """Refuse lines without a producer, unless money has moved. A failure of our own refuses nothing."""
        try:
            refused = rules.refused(_lines(lines_info or ()), lambda: refusal.movements_of(checkout_info.checkout))
        except Exception:
            log.exception("Could not tell whether a checkout can be routed; it goes through.")
            return previous_value
        if refused:
            products = ", ".join(line.label for line in refused)
            raise ValidationError(
                gettext("Dit kan nu niemand voor je maken: %(products)s. Haal het uit je mandje en probeer opnieuw.")
                % {"products": products},
                code=refusal.CODE,
            )
        return previous_value

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: Any, **_: Any) -> None:
        """Refuse to switch on what could not deliver; one clear error per field."""
        if not plugin_configuration.active:
            return
        values = {item["name"]: item["value"] or "" for item in plugin_configuration.configuration}
        problems = rules.configuration_problems(values.get("notice_address", ""), values.get("notice_secret", ""))
        if problems:
            code = PluginErrorCode.PLUGIN_MISCONFIGURED.value
            raise ValidationError({name: ValidationError(text, code=code) for name, text in problems.items()})


def _lines(lines_info: Iterable[Any]) -> list[rules.Line]:
    products = [info.product for info in lines_info]
    return [rules.Line(product.external_reference or "", product.name, product.metadata or {}) for product in products]
