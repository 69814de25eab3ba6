"""What the order-routing plugin lets through, and which configuration it accepts."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from sociaalgemaakt_checkout.refusal import Movement
from sociaalgemaakt_order_routing.rules import Line, configuration_problems, refused, unroutable

NOTHING = Decimal(0)
LAMP = Line("SG-001", "Koord", {"producer": "labeur"})
ORPHAN = Line("SG-009", "Wees", {})
ADDRESS = "https://fulfilment.example/hooks/plugin/"
SECRET = "k3y-" * 8


def moved(
    charged: str = "0", authorized: str = "0", charge_pending: str = "0", authorize_pending: str = "0"
) -> Movement:
    return Movement(Decimal(charged), Decimal(authorized), Decimal(charge_pending), Decimal(authorize_pending))


def not_to_be_asked() -> Iterable[Movement]:
    raise AssertionError("nobody should look at the money of a checkout that can be routed")


def test_a_product_with_a_producer_can_be_routed() -> None:
    assert unroutable([LAMP]) == []


@pytest.mark.parametrize(
    "metadata", [{}, {"producer": ""}, {"producer": "  "}, {"producer": None}, {"maker": "labeur"}]
)
def test_a_product_without_a_producer_cannot_be_routed(metadata: dict[str, object]) -> None:
    orphan = Line("SG-009", "Wees", metadata)
    assert unroutable([LAMP, orphan]) == [orphan]


def test_an_order_whose_lines_all_have_a_producer_is_never_refused_and_costs_no_query() -> None:
    assert refused([LAMP], not_to_be_asked) == []


def test_an_order_that_nobody_can_make_is_refused_while_no_money_has_moved() -> None:
    assert refused([LAMP, ORPHAN], list) == [ORPHAN]
    assert refused([ORPHAN], lambda: [moved()]) == [ORPHAN]


@pytest.mark.parametrize(
    "movement",
    [moved(charged="0.01"), moved(authorized="5"), moved(charge_pending="289.00"), moved(authorize_pending="1")],
)
def test_an_order_for_which_money_has_moved_is_never_refused(movement: Movement) -> None:
    assert refused([ORPHAN], lambda: [moved(), movement]) == []


def test_a_line_is_named_as_people_know_it() -> None:
    assert ORPHAN.label == "Wees (SG-009)"
    assert Line("", "Wees", {}).label == "Wees"


def test_a_whole_address_and_a_long_secret_can_work() -> None:
    assert configuration_problems(ADDRESS, SECRET) == {}
    assert configuration_problems("http://127.0.0.1:8081/hooks/plugin/", SECRET) == {}
    assert configuration_problems("http://[::1]:8081/hooks/plugin/", SECRET) == {}


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("", "Vul het adres in"),
        ("fulfilment.example/hooks/plugin/", "geen volledig webadres"),
        ("ftp://fulfilment.example/", "geen volledig webadres"),
        ("https:///hooks/plugin/", "geen volledig webadres"),
        ("http://fulfilment.example:99999/", "geen volledig webadres"),
        ("http://[::1/", "geen volledig webadres"),
        ("https://fulfilment.example/hooks /plugin/", "spatie"),
        ("https://atelié.example/", "teken"),
        ("https://piet:geheim@fulfilment.example/", "gebruikersnaam"),
        ("https://fulfilment.example/#top", "#"),
    ],
)
def test_an_address_that_cannot_work_is_named_as_such(address: str, complaint: str) -> None:
    problems = configuration_problems(address, SECRET)
    assert list(problems) == ["notice_address"]
    assert complaint in problems["notice_address"]


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [("", "PLUGIN_NOTICE_SECRETS"), ("short", "te kort"), (SECRET + ",", "komma"), (SECRET + " ", "spaties")],
)
def test_a_secret_that_cannot_work_is_named_as_such(secret: str, complaint: str) -> None:
    problems = configuration_problems(ADDRESS, secret)
    assert list(problems) == ["notice_secret"]
    assert complaint in problems["notice_secret"]


def test_both_fields_are_complained_about_at_once() -> None:
    assert set(configuration_problems("", "")) == {"notice_address", "notice_secret"}
