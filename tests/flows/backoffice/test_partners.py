"""What a partner is decides where its money is booked: it lasts from the first share on."""

from django.test import Client
from django.urls import reverse

from fulfilment.partners.models import Partner
from tests.support import rows
from tests.support.furnished import House

WHY = "Ligt vast: er is al geld voor deze partner geboekt."


def asked_to_be_designer(staff: Client, partner: Partner) -> Partner:
    """The partner after its form was sent with another kind, and another city to see that it was taken."""
    fields = {"name": partner.name, "kind": "designer", "city": "Lochristi", "lead_days": "10", "ships": "on"}
    rows_of_nothing = {
        f"{name}-{which}_FORMS": "0" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")
    }
    address = reverse("backoffice:partners_partner_change", args=[partner.pk])
    assert staff.post(address, fields | rows_of_nothing).status_code == 302
    partner.refresh_from_db()
    assert partner.city == "Lochristi"
    return partner


def test_the_kind_of_a_partner_with_a_share_is_only_read(staff: Client, house: House) -> None:
    page = staff.get(reverse("backoffice:partners_partner_change", args=[house.labeur.pk])).content.decode()
    assert WHY in page
    assert 'name="kind"' not in page

    assert asked_to_be_designer(staff, house.labeur).kind == Partner.Kind.PRODUCER


def test_the_kind_of_a_partner_without_a_share_can_be_put_right(staff: Client, house: House) -> None:
    newcomer = rows.partner("newcomer")
    page = staff.get(reverse("backoffice:partners_partner_change", args=[newcomer.pk])).content.decode()
    assert WHY not in page

    assert asked_to_be_designer(staff, newcomer).kind == Partner.Kind.DESIGNER
