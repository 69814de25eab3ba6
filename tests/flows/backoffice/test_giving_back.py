"""The pages on which money is given back, as an operator reads them: what went before, what moved on, what is left."""

import re
from collections.abc import Iterator
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice import refunds
from fulfilment.flows.plan_refund import Choice
from fulfilment.mail.models import Mail
from fulfilment.money import written
from fulfilment.orders.models import Refund
from fulfilment.production.models import Task
from fulfilment.revenue.reversal import Bearer
from tests.support import rows
from tests.support.bought import LAMP, STOOL, Bought, agree, bought
from tests.support.pages import as_opened, told
from tests.support.refund_steps import ask, not_wanted, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Iterator[Bought]:
    """A lamp and a stool, by two workshops."""
    agree("SG-001", "SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    made = bought(LAMP, STOOL)
    with mock.patch.object(refunds, "connected", made.saleor.as_saleor):
        yield made


def gesture(found: Bought, *positions: int, bearer: Bearer = Bearer.SHARED) -> Refund:
    """Ten euros went back as a gesture, for these lines or for the whole order."""
    lines = [found.line(at) for at in positions]
    refund = ask(found, Choice(Refund.Kind.GESTURE, amount=1_000, lines=lines, bearer=bearer))
    paid(found, refund)
    return refund


def page_of(staff: Client, found: Bought) -> str:
    return told(staff.get(reverse("backoffice:orders_order_change", args=[found.order.pk])))


def test_a_piece_that_moved_on_since_the_preview_is_told_and_asked_again(staff: Client, found: Bought) -> None:
    address = reverse("backoffice:orders_order_refund", args=[found.order.pk])
    choice = {"kind": "not_wanted", f"line-{found.line(0)}": "1", "reason": "Van gedacht veranderd"}
    form = {**choice, "seen": as_opened(told(staff.get(address, choice)))["seen"]}
    task = Task.objects.get(lines__line=found.line(0))
    Task.objects.filter(pk=task.pk).update(state=Task.State.READY)
    page = told(staff.post(address, form, follow=True))
    assert f"verder gewerkt: SG-001 ({task.producer.name}): Klaar voor verzending" in page
    assert "De klant krijgt" in page  # what happens now, with its button
    assert not Refund.objects.exists()
    staff.post(address, {**choice, "seen": as_opened(page)["seen"]}, follow=True)
    assert Refund.objects.count() == 1


def test_the_preview_says_that_a_gesture_was_made_before_and_is_off_the_price(staff: Client, found: Bought) -> None:
    gesture(found, 0)
    address = reverse("backoffice:orders_order_refund", args=[found.order.pk])
    choice = {"kind": "not_wanted", f"line-{found.line(0)}": "1", "reason": "Kras"}
    page = told(staff.get(address, choice))
    assert (
        "Voor SG-001 ging al \u20ac\u00a010,00 terug als tegemoetkoming: van de prijs blijft \u20ac\u00a0279,00 over."
        in page
    )
    other = {"kind": "not_wanted", f"line-{found.line(1)}": "1", "reason": "Kras"}
    assert "tegemoetkoming" not in told(staff.get(address, other)).partition("bo-preview")[2]


def test_the_path_names_what_a_gesture_was_for_and_who_bears_it(staff: Client, found: Bought) -> None:
    gesture(found, 0)
    assert "Tegemoetkoming · voor SG-001 · gedragen door: Iedereen, naar zijn deel · Kras" in page_of(staff, found)
    assert "tegemoetkoming voor SG-001: wat je kocht" in Mail.objects.get(subject__startswith="Je krijgt").text


def test_the_path_says_of_a_gesture_for_no_piece_that_it_is_for_all_of_the_order(staff: Client, found: Bought) -> None:
    gesture(found, bearer=Bearer.PLATFORM)
    assert "voor de hele bestelling · gedragen door: Het platform" in page_of(staff, found)
    assert "Dit is een tegemoetkoming: wat je kocht" in Mail.objects.get(subject__startswith="Je krijgt").text


def test_an_order_of_which_all_went_back_says_so_where_the_button_was(staff: Client, found: Bought) -> None:
    address = reverse("backoffice:orders_order_refund", args=[found.order.pk])
    assert f'href="{address}"' in page_of(staff, found)
    refund = ask(found, not_wanted(found, {0: 1, 1: 2}, shipping=True))
    assert "Alles gaat terug." in page_of(staff, found)
    paid(found, refund)
    page = page_of(staff, found)
    assert "Alles ging terug." in page
    assert f'href="{address}"' not in page


@pytest.mark.parametrize("typed", ["{}", "#{}", " # {} ", "#\u00a0{}"])
@pytest.mark.parametrize("room", ["orders_order", "production_task"])
def test_an_order_is_found_by_its_number_as_people_write_it(
    staff: Client, found: Bought, room: str, typed: str
) -> None:
    number = "1042"
    type(found.order).objects.filter(pk=found.order.pk).update(number=number)
    for asked in (number, "1 042"):
        page = told(staff.get(reverse(f"backoffice:{room}_changelist"), {"q": typed.format(asked)}))
        assert "#1042" in page


# --- what the delivery cost goes back with --------------------------------------------------------------------------


WHY = "Zo blijft er niets van deze bestelling bij de klant: dan gaan ook de kosten van de gewone levering terug."


def choice(found: Bought, *units: int, **more: str) -> dict[str, str]:
    """So many of each line are not wanted any more."""
    lines = {f"line-{found.line(at)}": str(count) for at, count in enumerate(units)}
    return {"kind": "not_wanted", **lines, "reason": "Van gedacht veranderd", **more}


def refund_page(staff: Client, found: Bought, given: dict[str, str]) -> str:
    return told(staff.get(reverse("backoffice:orders_order_refund", args=[found.order.pk]), given))


def is_ticked(page: str) -> bool:
    return re.search(r'name="shipping"[^>]*checked', page) is not None


def test_of_an_order_of_which_nothing_is_wanted_the_delivery_is_proposed_with_its_reason(
    staff: Client, found: Bought
) -> None:
    page = refund_page(staff, found, choice(found, 1, 2))
    assert is_ticked(page)
    assert WHY in page
    assert f"De klant krijgt {written(found.order.total_gross_minor, 'EUR')} terug" in page
    staff.post(reverse("backoffice:orders_order_refund", args=[found.order.pk]), as_opened(page))
    [refund] = Refund.objects.all()
    assert (refund.includes_shipping, refund.amount_minor) == (True, found.order.total_gross_minor)


def test_who_takes_the_delivery_away_again_is_not_asked_twice(staff: Client, found: Bought) -> None:
    page = refund_page(staff, found, choice(found, 1, 2, offered="1"))
    assert not is_ticked(page)
    assert WHY in page  # that it belongs to it is said all the same
    price = found.order.total_gross_minor - found.order.shipping_gross_minor
    assert f"De klant krijgt {written(price, 'EUR')} terug" in page


def test_of_a_part_no_delivery_goes_back(staff: Client, found: Bought) -> None:
    page = refund_page(staff, found, choice(found, 1, 1))
    assert not is_ticked(page)
    assert WHY not in page


def test_where_a_part_was_shipped_and_stays_no_delivery_goes_back(staff: Client, found: Bought) -> None:
    rows.parcel(Task.objects.get(lines__line=found.line(0)))
    for given in (choice(found, 0, 2), {"kind": "not_wanted", "whole": "1"}):
        page = refund_page(staff, found, given)
        assert not is_ticked(page)
        assert WHY not in page


def test_where_the_rest_went_back_before_the_delivery_goes_with_the_last_of_it(staff: Client, found: Bought) -> None:
    paid(found, ask(found, not_wanted(found, {0: 1})))
    page = refund_page(staff, found, {"kind": "not_wanted", "whole": "1"})
    assert is_ticked(page)
    assert WHY in page


def test_where_all_comes_back_the_delivery_is_proposed_too(staff: Client, found: Bought) -> None:
    for at in (0, 1):
        rows.parcel(Task.objects.get(lines__line=found.line(at)))
    assert is_ticked(refund_page(staff, found, {"kind": "came_back", "whole": "1"}))
    assert not is_ticked(refund_page(staff, found, {**choice(found, 1, 0), "kind": "came_back"}))
