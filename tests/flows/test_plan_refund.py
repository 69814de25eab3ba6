"""What may go back, and who gives it: shown before, and its rows add up to what goes back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfilment.errors import Refusal
from fulfilment.flows.plan_refund import Choice, limits, plan
from fulfilment.flows.reverse_shares import books_of
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner
from fulfilment.production.models import Task
from fulfilment.revenue.reversal import Bearer
from tests.support import rows
from tests.support.bought import LAMP, STOOL, Bought, agree, bought, issues
from tests.support.outside import undone
from tests.support.refund_steps import ask, came_back, not_wanted, paid

pytestmark = pytest.mark.django_db

THREE = ("SG-007", 3, 10_000)


@pytest.fixture
def found() -> Bought:
    """A lamp of a workshop with VAT of its own and a designer, and two stools."""
    lamp_maker, _stool_maker = agree("SG-001", "SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    rows.regime(lamp_maker, vat=2_100)
    rows.regime(Partner.objects.get(slug="sep"), withholding=1_500)
    return bought(LAMP, STOOL)


def shipped(found: Bought, at: int, count: int) -> None:
    """So many of a line left their workshop."""
    line = Task.objects.get(lines__line=found.line(at)).lines.get(line=found.line(at))
    line.shipped_quantity += count
    line.save(update_fields=["shipped_quantity"])


def test_showing_a_refund_writes_nothing(found: Bought) -> None:
    entries = Entry.objects.count()
    plan(found.order, not_wanted(found, {0: 1}, shipping=True))
    assert Entry.objects.count() == entries
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("units", "shipping"), [({0: 1}, False), ({1: 1}, True), ({0: 1, 1: 2}, True), ({}, True), ({1: 2}, False)]
)
def test_the_rows_of_a_preview_add_up_to_what_goes_back(found: Bought, units: dict[int, int], shipping: bool) -> None:
    shown = plan(found.order, not_wanted(found, units, shipping=shipping))
    assert shown.rows.total == shown.amount == sum(shown.amounts.values())
    assert shown.rows.other == 0


def test_a_gesture_of_ten_euros_from_the_platform_takes_its_vat_along(found: Bought) -> None:
    shown = plan(found.order, Choice(Refund.Kind.GESTURE, amount=1_000, lines=[found.line(0)]))
    assert (shown.amount, shown.rows.vat, shown.rows.platform, shown.rows.partners) == (1_000, 174, 826, {})


def test_a_gesture_for_one_line_is_borne_by_whoever_is_named(found: Bought) -> None:
    maker, sep = Partner.objects.get(slug="maker-sg-001"), Partner.objects.get(slug="sep")
    line = found.line(0)
    shared = plan(found.order, Choice(Refund.Kind.GESTURE, amount=2_890, lines=[line], bearer=Bearer.SHARED))
    assert set(shared.rows.partners) == {maker.pk, sep.pk}
    alone = plan(found.order, Choice(Refund.Kind.GESTURE, amount=2_890, lines=[line], bearer=Bearer.MAKER))
    assert alone.rows.partners == {maker.pk: 2_890 - alone.rows.vat}
    assert shared.rows.total == alone.rows.total == 2_890


def test_what_was_shipped_comes_back_and_what_was_not_is_not_wanted_any_more(found: Bought) -> None:
    shipped(found, 1, 1)
    seen = limits(found.order)
    assert (seen.open[found.line(1)], seen.shipped[found.line(1)]) == (1, 1)
    with pytest.raises(Refusal, match="moeten er nog 1 weg") as refused:
        plan(found.order, not_wanted(found, {1: 2}))
    assert refused.value.code == "SHIPPED"
    with pytest.raises(Refusal, match="zijn er 0 verzonden") as refused:
        plan(found.order, came_back(found, {0: 1}))
    assert refused.value.code == "NOT_SHIPPED"
    assert plan(found.order, came_back(found, {1: 1})).amount == 20_000


@pytest.mark.parametrize(
    ("units", "shipping", "code"),
    [
        ({0: 0}, False, "NOTHING_CHOSEN"),
        ({}, False, "NOTHING_CHOSEN"),
        ({0: 2}, False, "TOO_MANY"),
        ({0: -1}, True, "TOO_MANY"),
    ],
)
def test_what_cannot_be_refunded_is_refused(found: Bought, units: dict[int, int], shipping: bool, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        plan(found.order, not_wanted(found, units, shipping=shipping))
    assert refused.value.code == code


def test_an_amount_above_what_is_left_of_the_price_is_refused(found: Bought) -> None:
    with pytest.raises(Refusal, match=r"Er kan nog €.289,00 terug"):
        plan(found.order, Choice(Refund.Kind.GESTURE, amount=28_901, lines=[found.line(0)]))
    with pytest.raises(Refusal) as refused:
        plan(found.order, Choice(Refund.Kind.GESTURE, amount=0))
    assert refused.value.code == "NOTHING_CHOSEN"


def test_an_amount_waits_until_it_is_known_who_bears_it() -> None:
    agree("SG-001")
    waiting = bought(LAMP, STOOL)
    with pytest.raises(Refusal) as refused:
        plan(waiting.order, Choice(Refund.Kind.GESTURE, amount=1_000))
    assert refused.value.code == "UNROUTED"


def test_what_is_asked_back_cannot_be_chosen_again(found: Bought) -> None:
    ask(found, not_wanted(found, {0: 1}, shipping=True))
    seen = limits(found.order)
    assert (seen.open[found.line(0)], seen.gross[found.line(0)], seen.shipping) == (0, 0, False)


def test_a_unit_after_a_gesture_is_worth_what_is_left_of_it(found: Bought) -> None:
    """Five euros off each of two stools: then one stool is 195, and the gesture of the other stands."""
    refund = ask(found, Choice(Refund.Kind.GESTURE, amount=1_000, lines=[found.line(1)]))
    paid(found, refund)
    assert plan(found.order, not_wanted(found, {1: 1})).amount == 19_500


def test_units_take_the_price_that_was_asked_for_them_in_whatever_order_they_are_paid() -> None:
    """Two of three are asked, then a gesture of 47 cents, then the third: the third and the gesture are paid first."""
    agree("SG-007")
    found = bought(THREE)
    two = ask(found, not_wanted(found, {0: 2}))
    gesture = ask(found, Choice(Refund.Kind.GESTURE, amount=47, lines=[found.line(0)], bearer=Bearer.SHARED))
    third = ask(found, not_wanted(found, {0: 1}))
    for refund in (gesture, third, two):
        paid(found, refund)
        assert found.books().get("customer", 0) == 0
    assert issues() == []


def test_of_a_line_that_went_back_whole_nothing_is_left_for_a_gesture_that_failed(found: Bought) -> None:
    gesture = ask(found, Choice(Refund.Kind.GESTURE, amount=1_000, lines=[found.line(0)]))
    Refund.objects.filter(pk=gesture.pk).update(state=Refund.State.FAILED)
    paid(found, ask(found, not_wanted(found, {0: 1})))
    assert limits(found.order).gross[found.line(0)] == 0
    assert plan(found.order, Choice(Refund.Kind.GESTURE, amount=500, bearer=Bearer.MAKER)).amount == 500


def test_of_a_line_that_goes_back_whole_a_gesture_that_waits_keeps_what_it_was_to_have(found: Bought) -> None:
    """Of the lamp, two stools and their delivery; then all of them but the stools are given back."""
    gesture = ask(found, Choice(Refund.Kind.GESTURE, amount=1_000))
    Refund.objects.filter(pk=gesture.pk).update(state=Refund.State.FAILED)
    rest = ask(found, not_wanted(found, {0: 1}, shipping=True))
    paid(found, rest)
    assert found.books().get("customer", 0) == 0
    assert books_of(found.order).customer == 0

    paid(found, gesture)
    gesture.refresh_from_db()
    assert (gesture.state, found.books().get("customer", 0), issues()) == (Refund.State.PAID, 0, [])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_given_back_its_rows_add_up_and_its_books_are_explained(data: st.DataObject) -> None:
    """Gestures of any amount and bearer, and units, paid in any order: what is shown is what is booked."""
    with undone():
        lamp_maker, *_others = agree("SG-001", "SG-007")
        rows.partner("sociaal-gemaakt", kind="platform")
        rows.regime(lamp_maker, vat=2_100)
        found = bought(LAMP, THREE)
        asked: list[Refund] = []
        for _step in range(data.draw(st.integers(1, 4))):
            seen = limits(found.order)
            left = sum(seen.gross.values())
            if not left:
                break
            if data.draw(st.booleans()):
                amount, bearer = data.draw(st.integers(1, left)), data.draw(st.sampled_from(Bearer))
                choice = Choice(Refund.Kind.GESTURE, amount=amount, bearer=bearer)
            elif any(seen.open.values()):
                pk = data.draw(st.sampled_from([pk for pk, count in seen.open.items() if count]))
                choice = Choice(Refund.Kind.NOT_WANTED, {pk: data.draw(st.integers(1, seen.open[pk]))})
            else:
                break
            shown = plan(found.order, choice)
            assert shown.rows.total == shown.amount
            if shown.amount:
                asked.append(ask(found, choice))
            if asked and data.draw(st.sampled_from(["paid now", "later"])) == "paid now":
                paid(found, asked.pop(data.draw(st.integers(0, len(asked) - 1))))
        while asked:
            paid(found, asked.pop(data.draw(st.integers(0, len(asked) - 1))))
        assert found.books().get("customer", 0) == 0
