"""What a hook costs whoever waits for it, with the least of Saleor that the plugin needs."""

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

MODULE = "sociaalgemaakt_order_routing.plugin"
ORDER = SimpleNamespace(pk="0198f3c2")


@dataclass
class Broker:
    """Takes tasks; may be away, or not answer until it is let go on."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    tries: int = 0
    is_away: bool = False
    answers: threading.Event = field(default_factory=threading.Event)

    def apply_async(self, arguments: tuple[str, str, str], *, retry: bool) -> None:
        assert not retry
        self.tries += 1
        assert self.answers.wait(timeout=5)
        if self.is_away:
            raise ConnectionError
        self.threads.add(threading.current_thread().name)
        self.taken.append(arguments[:2])


@pytest.fixture
def broker() -> Broker:
    broker = Broker()
    broker.answers.set()
    return broker


@pytest.fixture
def module(stand_in: Callable[[object], None], broker: Broker) -> Iterator[Any]:
    stand_in(
        {
            "saleor.plugins.base_plugin": {
                "BasePlugin": object,
                "ConfigurationTypeField": SimpleNamespace(STRING="String", SECRET="Secret"),
            },
            "saleor.plugins.error_codes": {"PluginErrorCode": SimpleNamespace()},
            "sociaalgemaakt_order_routing.tasks": {"PLUGIN_ID": "x", "tell_fulfilment": broker},
        }
    )
    module = importlib.import_module(MODULE)
    yield module
    broker.answers.set()
    finish(module)
    del sys.modules[MODULE]


def finish(module: Any) -> None:
    """All that was handed to the thread is done."""
    module._sender().shutdown(wait=True)


def test_every_hook_has_a_notice_of_its_name_queued_and_hands_on_the_value_before_it(
    module: Any, broker: Broker
) -> None:
    plugin = module.OrderRoutingPlugin()
    assert plugin.order_created(ORDER, "before") == "before"
    assert plugin.order_paid(ORDER, "before", webhooks=set()) == "before"
    fulfillment = SimpleNamespace(pk=7, order_id="0198f3c2")
    assert plugin.fulfillment_created(fulfillment, "before", notify_customer=True) == "before"
    finish(module)
    assert broker.taken == [
        ("order_created", "0198f3c2"),
        ("order_paid", "0198f3c2"),
        ("fulfillment_created", "0198f3c2"),
    ]


def test_nobody_waits_for_the_broker(module: Any, broker: Broker) -> None:
    broker.answers.clear()
    for _ in range(5):
        module.OrderRoutingPlugin().order_updated(ORDER, None)
    assert not broker.taken
    broker.answers.set()
    finish(module)
    assert len(broker.taken) == 5
    assert len(broker.threads) == 1


def test_a_broker_that_is_away_is_left_alone_for_a_while_and_hides_no_order(module: Any, broker: Broker) -> None:
    broker.is_away = True
    for _ in range(5):
        assert module.OrderRoutingPlugin().order_created(ORDER, "before") == "before"
    finish(module)
    assert broker.tries == 1


def test_nothing_that_goes_wrong_in_a_hook_reaches_the_buyer(module: Any, broker: Broker) -> None:
    assert module.OrderRoutingPlugin().order_created(SimpleNamespace(), "before") == "before"
    finish(module)
    assert module.OrderRoutingPlugin().order_created(ORDER, "before") == "before"
    assert not broker.taken
