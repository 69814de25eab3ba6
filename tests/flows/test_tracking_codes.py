"""The code on a label: on one parcel only, unless somebody says so; and what the customer hears of a wrong one."""

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.partners.models import User
from fulfilment.production.models import Parcel, Task
from tests.support import rows, workshop
from tests.support.workshop import NOW, THREE_STOOLS, Product

pytestmark = pytest.mark.django_db


def ready(slug: str = "compaan", product: Product = THREE_STOOLS) -> tuple[Task, User]:
    """Three stools (or what is said) that are ready to be shipped, and a coach of their workshop."""
    partner = rows.partner(slug)
    coach = workshop.member(partner)
    return workshop.brought_to("ready", workshop.task(partner, [product]), coach), coach


def test_a_code_stands_on_one_parcel_of_a_workshop_whichever_order_it_is_of() -> None:
    task, coach = ready()
    workshop.shipped(task, coach, code="3SABC-123")
    other = workshop.brought_to("ready", workshop.task(task.producer, [THREE_STOOLS]), coach)

    for typed in ("3SABC-123", "3s abc-123"):
        with pytest.raises(Refusal, match=f"van bestelling {task.order.number}") as refused:
            workshop.shipped(other, coach, code=typed, sure=False)
        assert refused.value.code == "CODE_TAKEN"

    assert Parcel.objects.count() == 1


def test_another_workshop_may_have_the_same_code_and_two_parcels_none_at_all() -> None:
    task, coach = ready()
    workshop.shipped(task, coach, sure=False)
    elsewhere, colleague = ready("labeur", ("SG-001", "Koord", 3))
    [line] = workshop.units(elsewhere)

    workshop.shipped(elsewhere, colleague, quantities={line: 1}, sure=False)
    for number in (1, 2):
        workshop.shipped(
            elsewhere, colleague, quantities={line: 1}, carrier="cycloon", form_key=f"bike-{number}", sure=False
        )

    assert Parcel.objects.count() == 4


def test_saying_that_one_code_is_right_says_it_of_no_other() -> None:
    task, coach = ready()
    [line] = workshop.units(task)
    for number in (1, 2):
        workshop.shipped(task, coach, quantities={line: 1}, code=f"11111{number}", form_key=f"form-{number}")

    with pytest.raises(Refusal, match="Deze code staat al"):
        work_task.ship(
            task.public_id,
            quantities={line: 1},
            carrier="bpost",
            tracking_code="111112",
            same_code="111111",
            form_key="form-3",
            by=coach,
            now=NOW,
        )


def test_the_form_that_sent_a_parcel_is_not_asked_about_its_own_code() -> None:
    task, coach = ready()
    [line] = workshop.units(task)

    first = workshop.shipped(task, coach, quantities={line: 1}, sure=False)

    assert workshop.shipped(task, coach, quantities={line: 1}, sure=False) == first


def test_a_parcel_keeps_its_own_code_when_only_its_carrier_is_corrected() -> None:
    task, coach = ready()
    parcel = workshop.shipped(task, coach, code="323212345678")

    assert work_task.correct_tracking(parcel.public_id, carrier="dpd", tracking_code="3232 12345678", by=coach, now=NOW)

    parcel.refresh_from_db()
    assert (parcel.carrier, parcel.tracking_code) == ("dpd", "323212345678")
