"""Saleor's side of wholesale: a channel for which this is switched on is a price list, and sells to some only.

Saleor itself lets anybody order in any channel. This stops the order; it does not hide the prices, which Saleor's API
tells to whoever reaches it.
"""

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, get_currency_precision  # Saleor's own
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from saleor.account.models import CustomerType
from saleor.checkout.calculations import checkout_subtotal
from saleor.checkout.models import Checkout
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.plugins.error_codes import PluginErrorCode
from sociaalgemaakt_checkout import refusal

from sociaalgemaakt_wholesale import rules

log = logging.getLogger(__name__)


class WholesalePlugin(BasePlugin):  # type: ignore[misc] # Saleor is not in our environment
    """Configured per channel, and off until somebody says that a channel is a price list."""

    PLUGIN_ID = "sociaalgemaakt.wholesale"
    PLUGIN_NAME = "Sociaal Gemaakt: prijslijst voor zakelijke klanten"
    PLUGIN_DESCRIPTION = (
        "Weigert in dit kanaal een order van wie er geen recht op heeft, en een order onder het minimum, "
        "zolang er niet voor betaald is. De prijzen verbergt dit niet."
    )
    CONFIGURATION_PER_CHANNEL = True
    DEFAULT_ACTIVE = False
    CONFIG_STRUCTURE = {
        "customer_types": {
            "type": ConfigurationTypeField.STRING,
            "label": "Klanttypes",
            "help_text": (
                "De slugs van de klanttypes die hier mogen bestellen, met een komma ertussen. "
                "Een klant krijgt zijn type op zijn eigen pagina in het Dashboard."
            ),
        },
        "minimum_net": {
            "type": ConfigurationTypeField.STRING,
            "label": "Minimum per order",
            "help_text": "In de munt van het kanaal, na korting, zonder btw en verzending: bijvoorbeeld 250.00.",
        },
    }
    DEFAULT_CONFIGURATION = [{"name": "customer_types", "value": ""}, {"name": "minimum_net", "value": "0"}]

    def preprocess_order_creation(
        self, checkout_info: Any, lines_info: Any = None, previous_value: Any = None, **_: Any
    ) -> Any:
        """The last door before the order. Not every way here has reckoned the prices anew, so it is asked for."""

        def goods_net() -> Decimal:
            lines = checkout_info.lines if lines_info is None else lines_info
            priced = checkout_subtotal(manager=checkout_info.manager, checkout_info=checkout_info, lines=lines)
            return Decimal(priced.net.amount)

        self._guard(checkout_info.checkout, goods_net)
        return previous_value

    def transaction_initialize_session(self, session: Any, previous_value: Any = None, **_: Any) -> Any:
        """Before the payment app is asked: whoever could pay one cent first could not be refused any more.

        Saleor has just reckoned the prices. It asks a channel's plugins before the webhooks, so that a refusal reaches
        the customer and not Stripe.
        """
        checkout = session.source_object
        if isinstance(checkout, Checkout):
            self._guard(checkout, lambda: Decimal(checkout.subtotal.net.amount))
        return previous_value

    def _guard(self, checkout: Any, goods_net: Callable[[], Decimal]) -> None:
        problem = self._problem(checkout, goods_net)
        if problem and not _is_too_late(checkout):
            raise ValidationError(problem, code=refusal.CODE)

    def _problem(self, checkout: Any, goods_net: Callable[[], Decimal]) -> str | None:
        """Why the order is refused, for whoever ordered. What cannot be checked is refused: asking again is free."""
        try:
            values = _values(self.configuration)
            agreed = rules.price_list(values["customer_types"], values["minimum_net"])
            reason = rules.refusal(agreed, rules.buyer_of(checkout), goods_net)
            return _told(reason, agreed, checkout.currency) if reason else None
        except Exception:
            log.exception("Could not tell whether a checkout may use its price list.")
            return gettext("We kunnen nu niet nagaan of je hier mag bestellen. Probeer het straks opnieuw.")

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: Any, **_: Any) -> None:
        """Refuse to switch on what would open the channel to everybody or to nobody; one clear error per field."""
        if not plugin_configuration.active:
            return
        values = _values(plugin_configuration.configuration)
        currency = plugin_configuration.channel.currency_code
        problems = rules.configuration_problems(
            values.get("customer_types", ""),
            values.get("minimum_net", ""),
            known=dict(CustomerType.objects.values_list("slug", "is_default")),
            currency=currency,
            decimals=get_currency_precision(currency),
        )
        if problems:
            code = PluginErrorCode.PLUGIN_MISCONFIGURED.value
            raise ValidationError({name: ValidationError(text, code=code) for name, text in problems.items()})


def _values(configuration: Any) -> dict[str, str]:
    return {item["name"]: (item["value"] or "").strip() for item in configuration}


def _is_too_late(checkout: Any) -> bool:
    try:
        return refusal.is_too_late(refusal.movements_of(checkout))
    except Exception:
        log.exception("Could not tell whether a checkout is paid; it goes through.")
        return True


def _told(reason: rules.Reason, agreed: rules.PriceList, currency: str) -> str:
    if reason is rules.Reason.NO_ACCOUNT:
        return gettext("Hier bestellen kan alleen met een zakelijke account. Log in en probeer opnieuw.")
    if reason is rules.Reason.NOT_ENTITLED:
        return gettext("Met je account kan je hier niet bestellen. Vraag ons om er een zakelijke account van te maken.")
    minimum = format_currency(agreed.minimum_net, currency, locale="nl_BE")
    return gettext("Hier bestellen kan vanaf %(minimum)s, zonder btw en verzending.") % {"minimum": minimum}
