"""A form is saved over the row that it was opened for, and over no newer one: whoever comes second is told."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice.base import Room
from fulfilment.entrypoints.backoffice.urls import back_office
from fulfilment.partners.models import Membership, Partner, TaxRegime, User
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import opened, told

STALE = "Niet bewaard: hier veranderde iets nadat je deze pagina opende"


@pytest.fixture
def partner(db: None) -> Partner:
    made = rows.partner("labeur")
    Membership.objects.create(partner=made, user=rows.user("coach@example.com"), role="coach")
    return made


def partner_form(partner: Partner, **changed: str) -> dict[str, str]:
    """The form of a partner as it was opened just now: with its rows below, of which nothing is changed."""
    [membership] = partner.memberships.all()
    form = {name: getattr(partner, name) for name in ("name", "kind", "city", "email", "iban", "bic")}
    form |= {"lead_days": str(partner.lead_days), "bench_hours": "38", "ships": "on"}
    form |= {"tax_regimes-TOTAL_FORMS": "0", "tax_regimes-INITIAL_FORMS": "0"}
    form |= {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    form |= {"memberships-0-id": str(membership.pk), "memberships-0-partner": str(partner.pk)}
    form |= {"memberships-0-user": str(membership.user_id), "memberships-0-role": membership.role}
    return {**form, **opened(partner), **changed}


def page_of(row: Model) -> str:
    return reverse(f"backoffice:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_of_two_operators_with_one_partner_open_the_second_is_told_and_overwrites_nothing(
    staff: Client, partner: Partner
) -> None:
    first, second = partner_form(partner, city="Lochristi"), partner_form(partner, email="nieuw@example.com")
    assert STALE not in told(staff.post(page_of(partner), first, follow=True))

    answer = staff.post(page_of(partner), second, follow=True)

    assert STALE in told(answer)
    assert 'value="Lochristi"' in told(answer)  # what the other one made of it
    partner.refresh_from_db()
    assert (partner.city, partner.email) == ("Lochristi", "labeur@example.com")

    staff.post(page_of(partner), partner_form(partner, email="nieuw@example.com"))
    partner.refresh_from_db()
    assert (partner.city, partner.email) == ("Lochristi", "nieuw@example.com")


def join(partner: Partner) -> None:
    Membership.objects.create(partner=partner, user=rows.user("worker@example.com"), role="worker")


def change_role(partner: Partner) -> None:
    partner.memberships.update(role="viewer")


def leave(partner: Partner) -> None:
    partner.memberships.all().delete()


def be_taxed_otherwise(partner: Partner) -> None:
    TaxRegime.objects.create(partner=partner, regime="vat_liable", valid_from=date(2027, 1, 1), vat_basis_points=2_100)


@pytest.mark.parametrize("deed", [join, change_role, leave, be_taxed_otherwise])
def test_what_changed_below_the_row_counts_too(
    staff: Client, partner: Partner, deed: Callable[[Partner], None]
) -> None:
    form = partner_form(partner, city="Lochristi")
    deed(partner)
    after = list(Membership.objects.values())

    assert STALE in told(staff.post(page_of(partner), form, follow=True))

    partner.refresh_from_db()
    assert partner.city == "Gent"
    assert list(Membership.objects.values()) == after


def test_a_form_of_a_person_overwrites_no_newer_one_and_logging_in_is_no_change(staff: Client, db: None) -> None:
    coach = rows.user("coach@example.com")
    form = {"email": "coach@example.com", "first_name": "Coach", "last_name": "", "password1": ""}
    open_one, other = {**form, **opened(coach), "is_active": "on"}, {**form, **opened(coach)}
    User.objects.filter(pk=coach.pk).update(last_login=rows.NOW)

    assert STALE not in told(staff.post(page_of(coach), other, follow=True))  # closes the account
    assert STALE in told(staff.post(page_of(coach), open_one, follow=True))

    coach.refresh_from_db()
    assert not coach.is_active


def test_a_mistake_in_a_form_does_not_make_it_old(staff: Client, partner: Partner) -> None:
    form = partner_form(partner, iban="BE71 0961 2345 6760")
    page = told(staff.post(page_of(partner), form))
    assert "Dit rekeningnummer klopt niet" in page
    assert f'name="seen" value="{form["seen"]}"' in page


def test_a_page_that_does_not_say_what_was_seen_saves_nothing(staff: Client, partner: Partner) -> None:
    form = partner_form(partner, city="Lochristi")
    del form["seen"]
    assert STALE in told(staff.post(page_of(partner), form, follow=True))
    partner.refresh_from_db()
    assert partner.city == "Gent"


def test_every_form_of_a_row_says_what_was_seen(staff: Client, operator: User, house: House) -> None:
    """Whichever rooms there will be: what may be changed on a page is changed over what that page showed."""
    operator.is_superuser = True
    operator.save()
    rows.agreement("SG-009", house.labeur, bound=False)
    changeable = []
    for model, room in back_office._registry.items():
        for row in model._default_manager.all():
            page = told(staff.get(page_of(row)))
            if 'name="_save"' in page:
                assert isinstance(room, Room)
                assert f'name="seen" value="{room.seen(row)}"' in page
                changeable.append(model._meta.label)
    assert set(changeable) == {"agreements.Agreement", "partners.Partner", "partners.User"}
