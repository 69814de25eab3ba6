"""When the wholesale plugin raises, with the least of Saleor that it needs. On a real Saleor it was tried by hand."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

MODULE = "sociaalgemaakt_wholesale.plugin"
CONFIGURED = {"customer_types": "wholesale", "minimum_net": "250.00"}
RETAILER = SimpleNamespace(is_active=True, customer_type=SimpleNamespace(slug="wholesale", is_default=False))
CONSUMER = SimpleNamespace(is_active=True, customer_type=SimpleNamespace(slug="default", is_default=True))
PAID = SimpleNamespace(
    charged_value=Decimal("0.01"), authorized_value=0, charge_pending_value=0, authorize_pending_value=0
)


def net(amount: str) -> SimpleNamespace:
    return SimpleNamespace(net=SimpleNamespace(amount=Decimal(amount)))


@dataclass
class Checkout:
    user: SimpleNamespace | None
    subtotal: SimpleNamespace = field(default_factory=lambda: net("300.00"))
    transactions: list[SimpleNamespace] = field(default_factory=list)
    currency: str = "EUR"

    @property
    def payment_transactions(self) -> SimpleNamespace:
        return SimpleNamespace(all=lambda: self.transactions)


@dataclass
class BasePlugin:
    configuration: list[dict[str, str | None]]


class ErrorCode(Enum):
    PLUGIN_MISCONFIGURED = "plugin-misconfigured"


TYPES = SimpleNamespace(objects=SimpleNamespace(values_list=lambda *_: [("default", True), ("wholesale", False)]))
SALEOR: dict[str, dict[str, object]] = {
    "babel.numbers": {"format_currency": lambda *_, **__: "€ 250,00", "get_currency_precision": lambda _: 2},
    "saleor.account.models": {"CustomerType": TYPES},
    "saleor.checkout.calculations": {"checkout_subtotal": lambda checkout_info, **_: checkout_info.reckoned},
    "saleor.checkout.models": {"Checkout": Checkout},
    "saleor.plugins.base_plugin": {
        "BasePlugin": BasePlugin,
        "ConfigurationTypeField": SimpleNamespace(STRING="String"),
    },
    "saleor.plugins.error_codes": {"PluginErrorCode": ErrorCode},
}


@pytest.fixture
def plugin_class(stand_in: Callable[[object], None]) -> Iterator[Any]:
    stand_in(SALEOR)
    yield importlib.import_module(MODULE).WholesalePlugin
    del sys.modules[MODULE]


def saved(**values: str) -> list[dict[str, str | None]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def complete(
    plugin_class: Any, checkout: Checkout, *, reckoned: str = "300.00", guess: Any = None, **values: str
) -> Any:
    """What `checkoutComplete` asks of the plugin; `guess` is the account that Saleor found by the e-mail address."""
    info = SimpleNamespace(checkout=checkout, user=guess, manager=None, lines=[], reckoned=net(reckoned))
    return plugin_class(saved(**{**CONFIGURED, **values})).preprocess_order_creation(info, [], previous_value="before")


def begin_to_pay(plugin_class: Any, subject: object) -> Any:
    session = SimpleNamespace(source_object=subject)
    return plugin_class(saved(**CONFIGURED)).transaction_initialize_session(session, previous_value="before")


def test_an_entitled_order_goes_through_and_leaves_the_answer_of_others_alone(plugin_class: Any) -> None:
    assert complete(plugin_class, Checkout(RETAILER)) == "before"


def test_a_refusal_says_why_under_a_code_that_each_mutation_knows(plugin_class: Any) -> None:
    with pytest.raises(ValidationError, match="zakelijke account") as anonymous:
        complete(plugin_class, Checkout(None))
    assert anonymous.value.code == "graphql_error"
    with pytest.raises(ValidationError, match="Met je account"):
        complete(plugin_class, Checkout(CONSUMER))
    with pytest.raises(ValidationError, match="€ 250,00"):
        complete(plugin_class, Checkout(RETAILER), reckoned="249.99")


def test_the_minimum_is_held_against_prices_of_now(plugin_class: Any) -> None:
    assert complete(plugin_class, Checkout(RETAILER, subtotal=net("10.00")), reckoned="300.00") == "before"


def test_the_owner_of_a_typed_in_address_is_not_the_buyer(plugin_class: Any) -> None:
    with pytest.raises(ValidationError, match="zakelijke account"):
        complete(plugin_class, Checkout(None), guess=RETAILER)


def test_an_account_without_a_type_is_not_entitled(plugin_class: Any) -> None:
    with pytest.raises(ValidationError, match="Met je account"):
        complete(plugin_class, Checkout(SimpleNamespace(is_active=True, customer_type=None)))


def test_nothing_is_refused_once_money_has_moved(plugin_class: Any) -> None:
    paid = Checkout(None, transactions=[PAID])
    assert complete(plugin_class, paid) == "before"
    assert begin_to_pay(plugin_class, paid) == "before"


def test_whoever_may_not_order_may_not_begin_to_pay_either(plugin_class: Any) -> None:
    with pytest.raises(ValidationError, match="zakelijke account"):
        begin_to_pay(plugin_class, Checkout(None))
    with pytest.raises(ValidationError, match="€ 250,00"):
        begin_to_pay(plugin_class, Checkout(RETAILER, subtotal=net("249.99")))
    assert begin_to_pay(plugin_class, Checkout(RETAILER)) == "before"


def test_an_order_that_is_paid_later_is_no_business_of_ours(plugin_class: Any) -> None:
    assert begin_to_pay(plugin_class, SimpleNamespace(user=None)) == "before"


def test_what_cannot_be_checked_is_refused_while_asking_again_is_free(plugin_class: Any) -> None:
    with pytest.raises(ValidationError, match="niet nagaan"):
        complete(plugin_class, Checkout(RETAILER), minimum_net="damaged")
    assert complete(plugin_class, Checkout(RETAILER, transactions=[PAID]), minimum_net="damaged") == "before"


def test_a_payment_that_cannot_be_read_counts_as_one(plugin_class: Any) -> None:
    assert complete(plugin_class, Checkout(None, transactions=[SimpleNamespace()])) == "before"


def test_a_wrong_configuration_is_refused_with_an_error_for_each_field(plugin_class: Any) -> None:
    channel = SimpleNamespace(currency_code="EUR")
    wrong = SimpleNamespace(active=True, channel=channel, configuration=saved(customer_types="x", minimum_net="1,5"))
    with pytest.raises(ValidationError) as found:
        plugin_class.validate_plugin_configuration(wrong)
    assert set(found.value.message_dict) == {"customer_types", "minimum_net"}
    assert {error.code for errors in found.value.error_dict.values() for error in errors} == {"plugin-misconfigured"}


def test_what_is_off_or_right_can_be_saved(plugin_class: Any) -> None:
    off = SimpleNamespace(active=False, channel=None, configuration=saved(customer_types="", minimum_net=""))
    right = SimpleNamespace(
        active=True, channel=SimpleNamespace(currency_code="EUR"), configuration=saved(**CONFIGURED)
    )
    for configuration in (off, right):
        plugin_class.validate_plugin_configuration(configuration)
