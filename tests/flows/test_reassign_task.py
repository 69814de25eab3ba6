"""Work is given to another workshop: a new decision, a new task, and the money of exactly the units that move."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import slip_content
from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.flows.reassign_task import reassign, takers
from fulfilment.flows.release_shares import release_shares
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags, trial_balance
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, TaxRegime, User
from fulfilment.production.models import Task
from fulfilment.revenue.models import Share
from fulfilment.routing.models import Decision
from tests.support import rows, workshop
from tests.support.bought import LAMP, STOOL, agree, bought, issues
from tests.support.reassigning import SHIPPING, STOOL_NET, Case, case
from tests.support.workshop import NOW

pytestmark = pytest.mark.django_db


def test_all_that_is_open_goes_and_its_money_follows_by_the_new_agreement() -> None:
    found = case()
    before = found.order.books()
    made = found.move()

    assert (made.producer, made.state, made.due_on) == (found.new, Task.State.WAITING, date(2026, 12, 4))
    assert [(row.line.product_code, row.quantity) for row in made.lines.all()] == [("SG-003", 2)]
    old = found.task
    assert old.state == Task.State.MOVED
    assert [(row.moved_quantity, row.open_quantity) for row in old.lines.all()] == [(2, 0)]
    last = old.steps.last()
    assert last is not None
    assert (last.by, last.note) == (found.staff, "New-maker")

    decision = Decision.objects.get(superseded_by=None)
    assert decision.reason == Decision.Reason.REASSIGNED
    assert [one.producer for one in decision.assignments.all()] == [found.new]
    assert Decision.objects.exclude(pk=decision.pk).get().superseded_by == decision

    assert found.earned() == {"new-maker": STOOL_NET // 2 + SHIPPING, "platform": STOOL_NET // 2}
    assert Entry.objects.get(kind="order_reassigned").key == (
        f"order:{found.order.order.public_id}:reassigned:{decision.pk}"
    )
    after = found.order.books()
    assert after[Account.VAT_OWED] == before[Account.VAT_OWED]
    assert Account.CUSTOMER not in after
    assert sum(trial_balance().values()) == 0


def test_shares_are_never_changed_and_their_sum_is_what_each_earns() -> None:
    found = case()
    first = list(Share.objects.order_by("pk").values())
    found.move()
    assert list(Share.objects.order_by("pk").values())[: len(first)] == first
    sums: dict[str, int] = {}
    for share in Share.objects.select_related("partner"):
        sums[share.partner.slug] = sums.get(share.partner.slug, 0) + share.amount_minor
    assert {slug: amount for slug, amount in sums.items() if amount} == found.earned()
    assert set(Share.objects.filter(amount_minor__lt=0).values_list("decision__reason", flat=True)) == {"reassigned"}


def test_what_was_shipped_stays_its_own_and_stays_earned() -> None:
    found = case(shipping=0)
    workshop.brought_to("ready", found.task, found.coach)
    [line] = workshop.units(found.task)
    workshop.shipped(found.task, found.coach, quantities={line: 1})

    made = found.move()

    assert found.task.state == Task.State.SHIPPED
    assert [row.quantity for row in made.lines.all()] == [1]
    half = STOOL_NET // 2
    assert found.earned() == {found.former.slug: half, "new-maker": half // 2 + 1, "platform": half // 2}
    assert found.task.parcels.get().lines.get().quantity == 1


def test_what_arrived_before_is_delivered_when_the_rest_goes() -> None:
    found = case()
    workshop.brought_to("ready", found.task, found.coach)
    [line] = workshop.units(found.task)
    parcel = workshop.shipped(found.task, found.coach, quantities={line: 1})
    work_task.deliver(parcel.public_id, by=found.coach, now=NOW)
    found.move()
    assert found.task.state == Task.State.DELIVERED


def test_the_shipping_money_follows_who_ships() -> None:
    found = case(LAMP)
    lamp_maker = Partner.objects.get(slug="maker-sg-001")
    assert shipping_of(found) == {"maker-sg-001": 392, found.former.slug: 393}
    found.move()
    assert shipping_of(found) == {lamp_maker.slug: 393, "new-maker": 392}


def test_who_shipped_a_parcel_keeps_a_part_of_the_shipping_and_all_share_equally() -> None:
    found = case(LAMP)
    workshop.brought_to("ready", found.task, found.coach)
    [line] = workshop.units(found.task)
    workshop.shipped(found.task, found.coach, quantities={line: 1})
    found.move()
    assert shipping_of(found) == {"maker-sg-001": 262, found.former.slug: 262, "new-maker": 261}


def test_who_has_other_work_of_the_order_already_gets_no_second_part_of_the_shipping() -> None:
    found = case(LAMP)
    lamp_maker = Partner.objects.get(slug="maker-sg-001")
    workshop.takes_over(lamp_maker, "SG-003", since=NOW.date() + timedelta(days=1))
    reassign(found.task.public_id, lamp_maker.pk, by=found.staff, now=NOW + timedelta(days=1))
    assert shipping_of(found) == {lamp_maker.slug: SHIPPING}
    assert Task.objects.filter(producer=lamp_maker).count() == 2


def test_a_workshop_that_does_not_ship_gets_none_of_it() -> None:
    found = case(LAMP)
    Partner.objects.filter(pk=found.new.pk).update(ships=False)
    found.move()
    assert shipping_of(found) == {"maker-sg-001": SHIPPING}


def shipping_of(found: Case) -> dict[str, int]:
    held = by_tags(Account.PARTNER_HELD, "line_id", "partner_id", order_id=found.order.order.pk)
    return {
        Partner.objects.get(pk=partner).slug: amount
        for (line, partner), amount in held.items()
        if line is None and partner is not None and amount
    }


def test_the_taxes_are_those_of_the_day_on_which_it_moves() -> None:
    found = case()
    for since, rate in ((date(2025, 1, 1), 0), (NOW.date(), 2_100)):
        TaxRegime.objects.create(
            partner=found.new,
            regime="vat_liable" if rate else "small_business",
            valid_from=since,
            vat_basis_points=rate,
        )
    found.move()
    share = Share.objects.get(partner=found.new, line__isnull=False)
    assert (share.amount_minor, share.vat_minor) == (16_529, 3_471)


def test_what_a_vat_liable_and_a_royalty_partner_had_goes_back_whole() -> None:
    former, designer = rows.partner("labeur"), rows.partner("sep", kind="designer")
    TaxRegime.objects.create(partner=former, regime="vat_liable", valid_from=date(2025, 1, 1), vat_basis_points=2_100)
    TaxRegime.objects.create(
        partner=designer, regime="royalty", valid_from=date(2025, 1, 1), withholding_basis_points=1_500
    )
    rows.agreement("SG-001", former, designer=designer)
    order = bought(LAMP, shipping=0)
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-001")
    reassign(Task.objects.get().public_id, new.pk, by=rows.user("op@example.com", staff=True), now=NOW)
    books = order.books()
    assert Account.VAT_INPUT not in books
    assert Account.WITHHOLDING_OWED not in books
    assert books[Account.PARTNER_HELD] == books[Account.PLATFORM_SHARE] == 23_884 // 2


def test_units_that_were_refunded_before_do_not_move() -> None:
    found = case(shipping=0)
    found.order.refund(20_000, {found.order.line_id(0): 1})
    made = found.move()
    assert [row.quantity for row in made.lines.all()] == [1]
    assert sum(found.earned().values()) == STOOL_NET // 2
    assert set(found.earned()) == {"new-maker", "platform"}


def test_it_can_move_on_to_a_third_workshop() -> None:
    found = case(shipping=0)
    first = found.move()
    coach = workshop.member(found.new)
    workshop.brought_to("ready", first, coach)
    [line] = workshop.units(first)
    workshop.shipped(first, coach, quantities={line: 1})
    third = rows.partner("third-maker")
    workshop.takes_over(third, "SG-003", since=NOW.date() + timedelta(days=1))

    reassign(first.public_id, third.pk, by=found.staff, now=NOW + timedelta(days=1))

    earned = found.earned()
    half = -(-STOOL_NET // 4)  # of two units that brought 16 529, one went on with 8 264
    assert earned["new-maker"] == half
    assert earned["third-maker"] + earned["new-maker"] + earned["platform"] == STOOL_NET
    assert Decision.objects.filter(superseded_by=None).count() == 1


def test_nobody_moves_what_was_released_shipped_or_cancelled() -> None:
    found = case()
    workshop.brought_to("ready", found.task, found.coach)
    workshop.shipped(found.task, found.coach)
    refused(found, "WRONG_STATE")
    release_shares(as_of=date(2027, 3, 1), now=datetime(2027, 3, 1, tzinfo=UTC))
    assert found.order.order.released_at is not None
    refused(found, "RELEASED")
    assert Decision.objects.count() == 1

    other = case_of_cancelled()
    refused(other, "CANCELLED")


def case_of_cancelled() -> Case:
    former = rows.partner("cancelled-maker")
    rows.agreement("SG-005", former)
    order = bought(("SG-005", 1, 12_900))
    new = rows.partner("cancelled-new")
    workshop.takes_over(new, "SG-005")
    Order.objects.filter(pk=order.order.pk).update(cancelled_at=NOW)
    return Case(order, former, new, workshop.member(former), User.objects.filter(is_staff=True)[0])


def refused(found: Case, code: str) -> None:
    with pytest.raises(Refusal) as told:
        found.move()
    assert told.value.code == code
    assert told.value.message.endswith(".")


def test_the_same_press_twice_moves_once() -> None:
    found = case()
    found.move()
    refused(found, "WRONG_STATE")
    assert Task.objects.count() == 2


def test_without_an_agreement_nobody_can_take_it_over() -> None:
    former = agree("SG-003")[0]
    order = bought(STOOL)
    stranger = rows.partner("stranger")
    found = Case(order, former, stranger, workshop.member(former), rows.user("op@example.com", staff=True))
    assert takers(found.task, NOW) == []
    refused(found, "NO_AGREEMENT")


def test_an_agreement_that_nobody_signed_or_that_is_over_does_not_count() -> None:
    former, unsigned, over = (rows.partner(slug) for slug in ("former", "unsigned", "over"))
    rows.agreement("SG-003", over, valid_until=date(2025, 12, 31))
    rows.agreement("SG-003", former, version=2, valid_from=date(2026, 1, 1))
    rows.agreement("SG-003", unsigned, version=3, bound=False)
    bought(STOOL)
    assert takers(Task.objects.get(producer=former), NOW) == []


def test_who_answered_for_it_on_the_day_of_the_order_can_take_it_over_too() -> None:
    found = case()
    made = found.move()
    assert [taker.producer for taker in takers(made, NOW)] == [found.former]
    reassign(made.public_id, found.former.pk, by=found.staff, now=NOW)
    assert found.earned() == {found.former.slug: STOOL_NET + SHIPPING}


def test_of_two_products_the_one_that_the_other_cannot_make_stays_where_it_is() -> None:
    former = rows.partner("both")
    rows.agreement("SG-003", former)
    rows.agreement("SG-004", former)
    order = bought(STOOL, ("SG-004", 1, 9_800), shipping=0)
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    found = Case(order, former, new, workshop.member(former), rows.user("op@example.com", staff=True))

    made = found.move()

    assert [row.line.product_code for row in made.lines.all()] == ["SG-003"]
    assert found.task.state == Task.State.WAITING
    assert {row.line.product_code: row.open_quantity for row in found.task.lines.all()} == {"SG-003": 0, "SG-004": 1}
    assert found.earned()["both"] == 8_099
    standing = Decision.objects.get(superseded_by=None)
    assert {one.line.product_code: one.producer.slug for one in standing.assignments.all()} == {
        "SG-003": "new-maker",
        "SG-004": "both",
    }


def test_what_was_declined_is_off_the_list_once_another_makes_it_and_the_customer_knows_who() -> None:
    found = case()
    workshop.says(found.task, found.coach, "declined", "busy", "another_workshop")
    assert issues("task_declined") == [f"task:{found.task.public_id}"]
    made = found.move()
    assert issues() == []
    mail = Mail.objects.get(key=f"task:{made.public_id}:reassigned")
    assert "door New-maker in Gent, in de plaats van Maker-sg-003" in mail.text
    assert "Klaar tegen vrijdag 4 december." in mail.text


def test_saleor_hears_of_it_after_commit(queued: list[tuple[str, str]]) -> None:
    found = case()
    found.move()
    decision = Decision.objects.get(superseded_by=None)
    assert Mark.objects.get(kind=Mark.Kind.REASSIGNMENT).object_id == str(decision.pk)


def test_a_line_that_waits_for_a_workshop_is_routed_later_and_shares_in_the_shipping_as_it_stands_then() -> None:
    former = agree("SG-003")[0]
    order = bought(STOOL, LAMP)
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    found = Case(order, former, new, workshop.member(former), rows.user("op@example.com", staff=True))
    found.move()
    assert shipping_of(found) == {}
    assert Decision.objects.get(superseded_by=None).refusals == ["SG-001"]
    agree("SG-001")
    order.update()
    assert shipping_of(found) == {"new-maker": 393, "maker-sg-001": 392}
    assert Task.objects.filter(producer=found.new).count() == 1


def test_the_packing_slip_names_who_really_makes_it() -> None:
    found = case(LAMP)
    made = found.move()
    slip = slip_content(made, cards.open_units(made), [])
    assert "gemaakt door New-maker in Gent" in str(slip["units"])
    assert "een deel van de bestelling" in str(slip["note"])
