"""Who changed what, from what, to what: kept whoever writes, told beside each row and as one list, and for good."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from fulfilment.agreements.models import Term
from fulfilment.entrypoints.backoffice.history import changes
from fulfilment.partners.models import Membership, Partner, User
from tests.support import rows, workshop
from tests.support.app_role import as_application
from tests.support.furnished import House
from tests.support.pages import opened, told

pytestmark = pytest.mark.django_db

LIST = "backoffice:history"


def typed(client: Client, partner: Partner, **changed: str) -> None:
    fields = {name: getattr(partner, name) for name in ("name", "kind", "city", "email", "bank_name", "iban", "bic")}
    no_rows = {
        f"{name}-{which}_FORMS": "0" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")
    }
    address = reverse("backoffice:partners_partner_change", args=[partner.pk])
    sent = {
        **fields,
        "lead_days": str(partner.lead_days),
        "bench_hours": "38",
        "ships": "on",
        **no_rows,
        **opened(partner),
        **changed,
    }
    assert client.post(address, sent).status_code == 302


def test_what_somebody_changed_is_told_with_who_it_was_and_what_it_was(
    staff: Client, operator: User, house: House
) -> None:
    typed(staff, house.labeur, city="Lochristi", lead_days="12", bench_hours="38")

    change = changes(house.labeur)[0]

    assert (change.what, change.deed, change.by) == ("Partner Labeur", "veranderd", operator.email)
    assert [(value.name, value.was, value.is_now) for value in change.values] == [
        ("Stad", "Gent", "Lochristi"),
        ("Dagen om te maken en te verzenden", "10", "12"),
    ]


def test_it_stands_beside_the_row_and_in_the_list(staff: Client, house: House) -> None:
    typed(staff, house.labeur, city="Lochristi")

    for address in (reverse("backoffice:partners_partner_change", args=[house.labeur.pk]), reverse(LIST)):
        text = told(staff.get(address))
        assert "<del>Gent</del> <ins>Lochristi</ins>" in text
        assert "Partner Labeur veranderd" in text
    for address in (
        reverse("backoffice:agreements_agreement_change", args=[house.lamp.pk]),
        reverse("backoffice:partners_user_change", args=[workshop.member(house.labeur).pk]),
    ):
        assert "Wie veranderde wat" in told(staff.get(address))


def test_what_no_person_did_is_told_too_also_where_rows_are_changed_at_once(house: House) -> None:
    Partner.objects.update(lead_days=21)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_partner SET city = 'Brugge' WHERE id = %s", [house.labeur.pk])

    by_sql, by_update = changes(house.labeur)[:2]

    assert [(value.was, value.is_now) for value in by_sql.values] == [("Gent", "Brugge")]
    assert [(value.was, value.is_now) for value in by_update.values] == [("10", "21")]
    assert (by_sql.by, by_update.by) == ("", "")


def test_a_change_of_nothing_is_none(house: House) -> None:
    before = len(changes(house.labeur))
    house.labeur.save()
    assert len(changes(house.labeur)) == before


def test_what_names_a_row_is_told_beside_it(house: House) -> None:
    coach = workshop.member(house.labeur)
    membership = Membership.objects.get(user=coach)
    membership.role = Membership.Role.VIEWER
    membership.save()
    membership.delete()

    for row in (house.labeur, coach):
        gone, changed, made = [change for change in changes(row) if change.what.startswith("Lidmaatschap")]
        assert [change.deed for change in (gone, changed, made)] == ["weggehaald", "veranderd", "gemaakt"]
        assert [(value.name, value.was, value.is_now) for value in changed.values] == [("Rol", "Jobcoach", "Meelezer")]
        assert "coach@labeur.example · Labeur" in made.what


def test_amounts_and_shares_of_an_agreement_are_told_as_people_read_them(house: House) -> None:
    draft = rows.agreement("SG-009", house.labeur, bound=False)
    Term.objects.filter(agreement=draft).update(kind="fixed", amount_minor=9_500, basis_points=None)

    [change] = [change for change in changes(draft) if change.deed == "veranderd"]

    assert [(value.name, value.was, value.is_now) for value in change.values] == [
        ("Soort", "Deel van de rest", "Vast bedrag per stuk"),
        ("Bedrag per stuk", "–", "€\u00a095,00"),
        ("Deel", "100 %", "–"),
    ]


def test_a_password_is_in_no_log(staff: Client) -> None:
    user = rows.user("somebody@example.com")
    columns = [field.name for field in User.pgh_event_model._meta.fields]  # type: ignore[attr-defined]

    assert "password" not in columns
    before = len(changes(user))
    user.set_password("een-heel-ander-wachtwoord")
    user.save()
    assert len(changes(user)) == before


def test_the_program_itself_changes_nothing_of_the_log(house: House) -> None:
    Partner.objects.update(lead_days=21)
    with as_application():
        Partner.objects.update(lead_days=22)  # it writes as it goes
        for statement in (
            "UPDATE partners_partnerevent SET lead_days = 21",
            "DELETE FROM partners_partnerevent",
            "DELETE FROM pghistory_context",
            "UPDATE pghistory_context SET metadata = '{}'",
        ):
            refused = pytest.raises(ProgrammingError, match="permission denied")
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_who_it_was_is_kept_with_the_rights_of_the_program(staff: Client, operator: User, house: House) -> None:
    with as_application():
        typed(staff, house.labeur, city="Lochristi")
    assert changes(house.labeur)[0].by == operator.email


def test_who_comes_after_is_not_taken_for_who_came_before(staff: Client, house: House) -> None:
    typed(staff, house.labeur, city="Lochristi")

    Partner.objects.update(lead_days=21)

    assert changes(house.labeur)[0].by == ""


def test_the_list_is_read_page_by_page(staff: Client, house: House) -> None:
    for number in range(60):
        Partner.objects.filter(pk=house.labeur.pk).update(lead_days=number + 1)

    first, second = told(staff.get(reverse(LIST))), told(staff.get(reverse(LIST), {"pagina": "2"}))

    assert "<ins>60</ins>" in first
    assert "<ins>10</ins>" not in first
    assert "<ins>10</ins>" in second
    assert "Ouder" in first
    assert "Nieuwer" in second
    for wrong in ("0", "-1", "x", "²", "99999999999"):
        assert "<ins>60</ins>" in told(staff.get(reverse(LIST), {"pagina": wrong}))
