"""Each paid line becomes work for the one workshop that answers for it; what nobody answers for holds up nothing."""

from dataclasses import replace
from datetime import date

import pytest

from fulfilment.agreements.models import Agreement
from fulfilment.flows import tell_customer
from fulfilment.flows.accept_order import Accepted
from fulfilment.flows.route_order import route_order
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, TaxRegime
from fulfilment.production.models import PieceWork, Task, TaskLine
from fulfilment.revenue.models import Share
from fulfilment.routing.models import Assignment, Decision, Plan
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues, ordered

pytestmark = pytest.mark.django_db

GIFT = ("SG-006", 1, 1_200)


def work() -> dict[str, list[tuple[str, int]]]:
    """What each workshop is to make: (product code, units)."""
    found: dict[str, list[tuple[str, int]]] = {}
    for line in TaskLine.objects.select_related("task__producer", "line").order_by("pk"):
        found.setdefault(line.task.producer.slug, []).append((line.line.product_code, line.quantity))
    return found


def shares() -> dict[tuple[str, str], int]:
    """Who earns how much of which product ("" is the shipping)."""
    return {
        (share.partner.slug, share.line.product_code if share.line else ""): share.amount_minor
        for share in Share.objects.select_related("partner", "line")
    }


def test_three_workshops_each_get_their_part_of_one_order() -> None:
    agree("SG-001", "SG-003", "SG-006")
    found = bought(LAMP, STOOL, GIFT)
    assert work() == {
        "maker-sg-001": [("SG-001", 1)],
        "maker-sg-003": [("SG-003", 2)],
        "maker-sg-006": [("SG-006", 1)],
    }
    assert shares() == {
        ("maker-sg-001", "SG-001"): 14_331,
        ("sep", "SG-001"): 9_553,
        ("maker-sg-003", "SG-003"): 33_058,
        ("maker-sg-006", "SG-006"): 992,
        ("maker-sg-001", ""): 262,
        ("maker-sg-003", ""): 262,
        ("maker-sg-006", ""): 261,
    }
    assert set(found.books()) == {Account.UNALLOCATED, Account.PARTNER_HELD, Account.VAT_OWED}
    assert found.order.routed_at == NOW
    assert Decision.objects.get().reason == Decision.Reason.IN_FORCE
    assert issues() == []


def test_lines_of_one_workshop_are_one_task_due_after_its_lead_days() -> None:
    maker = rows.partner("labeur")
    Partner.objects.update(lead_days=7)
    rows.agreement("SG-001", maker)
    rows.agreement("SG-003", maker)
    bought(LAMP, STOOL)
    assert work() == {"labeur": [("SG-001", 1), ("SG-003", 2)]}
    # Ordered on 23 November at nine in the evening, here.
    assert Task.objects.get().due_on == date(2026, 11, 30)


def test_the_day_of_a_task_counts_its_pieces_and_what_the_workshop_promised_before() -> None:
    maker = rows.partner("labeur")
    Partner.objects.update(lead_days=7, bench_hours=10)
    rows.agreement("SG-001", maker)
    rows.agreement("SG-003", maker)
    PieceWork.objects.create(product_code="SG-003", minutes=10 * 60)
    first = bought(LAMP, STOOL).order.tasks.get()
    assert first.due_on == date(2026, 12, 7)  # twenty hours are two weeks
    assert bought(LAMP).order.tasks.get().due_on == date(2026, 11, 30)  # its pieces wait for no bench
    assert bought(STOOL).order.tasks.get().due_on == date(2026, 12, 21)
    first.refresh_from_db()
    assert first.due_on == date(2026, 12, 7)


def test_routing_again_does_nothing() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    entries = Entry.objects.count()
    for _ in range(3):
        found.update()
    assert (Decision.objects.count(), Task.objects.count(), Entry.objects.count()) == (1, 2, entries)


def test_the_confirmation_is_asked_for_once_and_tells_what_is_made_and_what_waits() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    found.update()
    mark = Mark.objects.get(kind="confirmation")
    assert (mark.object_id, mark.counter) == (found.order.public_id, 1)
    agree("SG-003")
    found.update()
    tell_customer.order_confirmed(found.order, NOW)
    text = Mail.objects.get().text
    assert "Maker-sg-001" in text
    assert "Maker-sg-003" in text


def test_a_line_that_nobody_makes_waits_on_the_list_and_the_rest_goes_on() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    assert work() == {"maker-sg-001": [("SG-001", 1)]}
    assert found.order.routed_at is None
    assert Decision.objects.get().refusals == ["SG-003"]
    assert issues() == [f"unrouted:{found.remote.number}"]
    # The lamp found its owners; the stools and the shipping are still the customer's.
    assert found.books()[Account.CUSTOMER] == 40_000 + 950
    assert Share.objects.filter(line=None).count() == 0


def test_while_nobody_makes_it_looking_again_changes_nothing() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    before = Entry.objects.count()
    for _ in range(3):
        found.update()
    assert Decision.objects.count() == 1
    assert Entry.objects.count() == before


def test_when_the_agreement_comes_the_rest_is_routed_and_nothing_twice() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    first = Decision.objects.get()
    agree("SG-003")
    found.update()
    found.update()

    first.refresh_from_db()
    second = Decision.objects.get(superseded_by=None)
    assert first.superseded_by == second
    assert second.reason == Decision.Reason.AGREEMENT_CAME
    assert sorted(Assignment.objects.filter(decision=second).values_list("line__product_code", flat=True)) == [
        "SG-001",
        "SG-003",
    ]
    assert work() == {"maker-sg-001": [("SG-001", 1)], "maker-sg-003": [("SG-003", 2)]}
    assert Task.objects.count() == 2
    assert shares()[("maker-sg-001", "")] + shares()[("maker-sg-003", "")] == 785
    assert Share.objects.filter(line=None).count() == 2
    assert Account.CUSTOMER not in found.books()
    assert found.order.routed_at == NOW
    assert issues() == []


def test_an_order_that_nobody_makes_at_all_waits_whole_and_loses_nothing() -> None:
    found = bought(LAMP)
    assert not Task.objects.exists()
    assert found.books()[Account.CUSTOMER] == 29_850
    agree("SG-001")
    found.update()
    assert work() == {"maker-sg-001": [("SG-001", 1)]}
    assert Account.CUSTOMER not in found.books()


def test_a_line_that_waits_and_is_refunded_holds_up_the_others_no_longer() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    found.refund(40_000, {found.line_id(1): 2})
    found.update()
    assert found.order.routed_at == NOW
    assert Decision.objects.get(superseded_by=None).reason == Decision.Reason.REST_REFUNDED
    assert issues() == []
    # The lamp's maker alone ships, and gets all of the shipping.
    assert shares()[("maker-sg-001", "")] == 785
    assert Account.CUSTOMER not in found.books()
    agree("SG-003")
    found.update()
    assert work() == {"maker-sg-001": [("SG-001", 1)]}


def test_units_refunded_while_the_line_waited_are_neither_made_nor_shared() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    maker = agree("SG-003")[0]
    found.update()
    line = TaskLine.objects.get(line__product_code="SG-003")
    assert (line.quantity, line.cancelled_quantity, line.open_quantity) == (2, 1, 1)
    assert balance(Account.PARTNER_HELD, partner_id=maker.pk) == 16_529 + 392
    assert Account.CUSTOMER not in found.books()
    found.refund(20_000, {found.line_id(1): 1})
    assert balance(Account.PARTNER_HELD, partner_id=maker.pk) == 392
    found.refund(29_850)
    assert set(found.books()) <= {Account.UNALLOCATED, Account.STRIPE}


def test_shipping_refunded_while_a_line_waited_is_shared_by_nobody() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    found.refund(950, {}, shipping=True)
    agree("SG-003")
    found.update()
    assert Share.objects.filter(line=None).count() == 0
    assert Account.CUSTOMER not in found.books()
    found.refund(68_900)
    assert set(found.books()) <= {Account.UNALLOCATED, Account.STRIPE}


def test_an_order_refunded_whole_while_it_waited_is_over() -> None:
    found = bought(LAMP)
    found.refund(29_850)
    found.update()
    assert issues() == []
    assert found.order.routed_at == NOW
    assert not Task.objects.exists()
    assert set(found.books()) <= {Account.UNALLOCATED, Account.STRIPE}


def test_the_plan_made_at_payment_goes_before_what_is_in_force_on_the_day() -> None:
    old, new = rows.partner("old-maker"), rows.partner("new-maker")
    planned = rows.agreement("SG-001", old)
    Agreement.objects.filter(pk=planned.pk).update(valid_until=date(2026, 11, 22))
    later = rows.agreement("SG-001", new, version=2, bound=False)
    Agreement.objects.filter(pk=later.pk).update(valid_from=date(2026, 11, 23), bound_at=NOW)
    found = ordered(LAMP)
    Plan.objects.create(checkout_id=found.remote.checkout_id, assignments={"SG-001": planned.pk}, made_at=NOW)
    found.update()
    assert work() == {"old-maker": [("SG-001", 1)]}
    assert Decision.objects.get().reason == Decision.Reason.PLANNED


def test_without_a_plan_the_day_here_decides_also_just_before_midnight() -> None:
    old, new = rows.partner("old-maker"), rows.partner("new-maker")
    first = rows.agreement("SG-001", old)
    Agreement.objects.filter(pk=first.pk).update(valid_until=date(2026, 11, 23))
    second = rows.agreement("SG-001", new, version=2, bound=False)
    Agreement.objects.filter(pk=second.pk).update(valid_from=date(2026, 11, 24), bound_at=NOW)
    for hour, minute, maker in ((22, 59, "old-maker"), (23, 0, "new-maker")):
        found = ordered(LAMP)
        found.tell(replace(found.remote, placed_at=NOW.replace(hour=hour, minute=minute, second=0)))
        assert Task.objects.get(order=found.order).producer.slug == maker


def test_an_agreement_of_the_price_list_goes_before_the_general_one() -> None:
    general = rows.agreement("SG-001", rows.partner("retail-maker"))
    wholesale = rows.agreement("SG-001", rows.partner("wholesale-maker"), version=2, bound=False)
    Agreement.objects.filter(pk=wholesale.pk).update(price_list="wholesale", bound_at=NOW)
    for channel, agreement in (("wholesale", wholesale), ("consumer", general), ("fair", general)):
        order = rows.order([("SG-001", "Koord", 1, 12_100)])
        Order.objects.filter(pk=order.pk).update(channel=channel)
        order.refresh_from_db()
        route_order(Accepted(order, list(order.lines.all()), is_new=True), now=NOW)
        assert Assignment.objects.get(decision__order=order).agreement == agreement


def test_the_tax_regime_of_the_day_is_frozen_with_each_share() -> None:
    maker = agree("SG-003")[0]
    before = TaxRegime.objects.create(
        partner=maker, regime="vat_liable", valid_from=date(2025, 1, 1), vat_basis_points=2_100
    )
    TaxRegime.objects.create(partner=maker, regime="small_business", valid_from=date(2026, 11, 24))
    found = bought(STOOL, shipping=0)
    share = Share.objects.get()
    assert (share.tax_regime, share.amount_minor, share.vat_minor) == (before, 33_058, 6_942)
    assert found.books()[Account.PARTNER_HELD] == 40_000
    assert found.books()[Account.VAT_INPUT] == -6_942
    assert found.books()[Account.VAT_OWED] == 6_942


def test_a_product_without_a_code_is_nobodys() -> None:
    agree("SG-001")
    found = bought(LAMP, ("", 1, 500))
    assert work() == {"maker-sg-001": [("SG-001", 1)]}
    assert issues("unrouted") == [found.remote.number]
