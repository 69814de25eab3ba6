"""The code on a label: on one parcel only, unless somebody says so; and what the customer hears of a wrong one."""

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
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


def corrected(parcel: Parcel, coach: User, code: str, carrier: str = "bpost") -> bool:
    return work_task.correct_tracking(parcel.public_id, carrier=carrier, tracking_code=code, by=coach, now=NOW)


def test_each_correction_is_told_to_the_customer_once_and_the_same_again_is_none() -> None:
    task, coach = ready()
    parcel = workshop.shipped(task, coach, code="111111")

    for code, is_new in (("222222", True), ("222 222", False), ("111111", True), ("222222", True)):
        assert corrected(parcel, coach, code) is is_new

    shipped, *told = Mail.objects.order_by("pk")
    assert shipped.key == f"parcel:{parcel.public_id}:shipped"
    assert [mail.key for mail in told] == [f"parcel:{parcel.public_id}:corrected:{number}" for number in (1, 2, 3)]
    assert ["111111" in mail.text for mail in told] == [False, True, False]


def test_the_mail_gives_the_right_code_says_that_it_is_the_same_parcel_and_what_is_in_it() -> None:
    task, coach = ready()
    parcel = workshop.shipped(task, coach, code="111111")

    corrected(parcel, coach, "055312", carrier="dpd")

    mail = Mail.objects.latest("pk")
    assert mail.subject == f"De juiste trackingcode van je pakket (bestelling {task.order.number})"
    assert mail.to == "an@example.com"
    for body in (mail.text, mail.html):
        assert "Het is nog hetzelfde pakket." in body
        assert "https://tracking.dpd.de/status/nl_BE/parcel/055312" in body
        assert "3 × Zit" in body
        assert "111111" not in body


def test_a_parcel_that_goes_by_bicycle_after_all_is_told_to_have_no_code() -> None:
    task, coach = ready()
    parcel = workshop.shipped(task, coach)

    corrected(parcel, coach, "", carrier="cycloon")

    mail = Mail.objects.latest("pk")
    assert mail.subject == f"Wie je pakket brengt (bestelling {task.order.number})"
    assert "Vervoerder: Fietskoerier" in mail.text
    assert "Trackingcode" not in mail.text + mail.html


def test_a_refused_correction_and_a_purged_address_write_no_mail() -> None:
    task, coach = ready()
    parcel = workshop.shipped(task, coach)

    with pytest.raises(Refusal, match="3 tot 40 tekens"):
        corrected(parcel, coach, "geen")
    Recipient.objects.update(purged_at=NOW)
    assert corrected(parcel, coach, "222222")

    assert [mail.key for mail in Mail.objects.all()] == [f"parcel:{parcel.public_id}:shipped"]
