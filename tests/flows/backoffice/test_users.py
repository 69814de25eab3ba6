"""People's accounts: a role for staff, and whoever's account somebody else changes hears of it."""

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.mail.models import Mail
from fulfilment.partners.models import User
from tests.support import rows
from tests.support.pages import opened, told
from tests.support.second_step import with_app

pytestmark = pytest.mark.django_db
CHANGED = "Er veranderde iets aan je account"


@pytest.fixture
def chief(staff: Client, operator: User) -> Client:
    operator.is_superuser = True
    operator.save()
    return staff


def saved(client: Client, user: User, **changed: str) -> None:
    fields = {"email": user.email, "first_name": user.first_name, "is_active": "on", "staff_role": user.staff_role}
    address = reverse("backoffice:partners_user_change", args=[user.pk])
    answer = client.post(address, {**fields, **opened(user), **changed})
    assert answer.status_code == 302, told(answer)
    user.refresh_from_db()


def test_a_role_makes_staff_and_without_one_nobody_is(chief: Client) -> None:
    somebody = rows.user("somebody@example.com")

    saved(chief, somebody, staff_role="finance")
    assert (somebody.is_staff, somebody.staff_role) == (True, "finance")
    saved(chief, somebody, staff_role="")
    assert (somebody.is_staff, somebody.staff_role) == (False, "")


def test_whoever_is_no_superuser_changes_no_staff(staff: Client) -> None:
    reader, somebody = rows.user("reader@example.com", role="reader"), rows.user("somebody@example.com")
    with_app(reader)

    wiped = staff.post(reverse("backoffice:partners_user_wipe", args=[reader.pk]))
    saved(staff, somebody, staff_role="operator")

    assert wiped.status_code == 403
    assert not somebody.is_staff
    page = told(staff.get(reverse("backoffice:partners_user_change", args=[reader.pk])))
    assert "Tweede stap wissen" not in page


def test_what_somebody_else_changes_is_told_at_the_address_that_one_had(staff: Client) -> None:
    coach = rows.user("coach@compaan.example")

    saved(staff, coach, email="thief@example.com", password1="een-heel-ander-wachtwoord")

    mail = Mail.objects.get(subject=CHANGED)
    assert mail.to == "coach@compaan.example"
    assert "het e-mailadres, het wachtwoord" in mail.text
    saved(staff, coach, first_name="Coach")  # a name is nobody's door
    assert Mail.objects.filter(subject=CHANGED).count() == 1


def test_the_second_step_of_somebody_is_wiped_with_a_button(staff: Client) -> None:
    coach = rows.user("coach@compaan.example")
    address = reverse("backoffice:partners_user_change", args=[coach.pk])
    assert "Tweede stap wissen" not in told(staff.get(address))
    with_app(coach)

    assert "Tweede stap wissen" in told(staff.get(address))
    answer = staff.post(reverse("backoffice:partners_user_wipe", args=[coach.pk]), follow=True)

    assert "De tweede stap is gewist" in told(answer)
    assert "Tweede stap wissen" not in told(answer)
    assert "tweede stap is gewist" in Mail.objects.get(subject=CHANGED, to=coach.email).text
