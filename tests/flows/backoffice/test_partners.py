"""What a partner is: decided once where money hangs on it, and asked in words where it decides whose money it is."""

from datetime import date

from django.test import Client
from django.urls import reverse

from fulfilment.partners.models import Partner, TaxRegime
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import opened, told

WHY = "Ligt vast: er is al geld voor deze partner geboekt."


def asked_to_be_designer(staff: Client, partner: Partner) -> Partner:
    """The partner after its form was sent with another kind, and another city to see that it was taken."""
    fields = {"name": partner.name, "kind": "designer", "city": "Lochristi", "lead_days": "10", "ships": "on"}
    rows_of_nothing = {
        f"{name}-{which}_FORMS": "0" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")
    }
    address = reverse("backoffice:partners_partner_change", args=[partner.pk])
    assert staff.post(address, fields | rows_of_nothing | opened(partner)).status_code == 302
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


def test_a_partner_whom_a_signed_agreement_names_keeps_its_kind_also_without_a_share(
    staff: Client, house: House
) -> None:
    compaan = rows.partner("compaan")
    page_of = reverse("backoffice:partners_partner_change", args=[compaan.pk])
    draft = rows.agreement("SG-003", compaan, bound=False)
    assert 'name="kind"' in staff.get(page_of).content.decode()
    rows.bind(draft)
    page = staff.get(page_of).content.decode()
    assert "Ligt vast: deze partner staat in een getekende overeenkomst." in page
    assert 'name="kind"' not in page


# --- who ships -------------------------------------------------------------------------------------------------------


def saved(staff: Client, partner: Partner | None, **changed: str) -> str:
    """What the page tells once the form of a partner (or of a new one) was sent in."""
    fields = {"name": "Compaan", "slug": "compaan", "kind": "producer", "city": "Gent", "lead_days": "10"}
    below = [f"{name}-{which}_FORMS" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")]
    address = reverse("backoffice:partners_partner_add")
    if partner is not None:
        address = reverse("backoffice:partners_partner_change", args=[partner.pk])
        fields |= {"name": partner.name, "kind": partner.kind, **opened(partner)}
    return told(staff.post(address, {**fields, **dict.fromkeys(below, "0"), **changed}, follow=True))


def test_whether_a_new_workshop_ships_is_asked_with_what_hangs_on_it(staff: Client, house: House) -> None:
    asked = told(staff.get(reverse("backoffice:partners_partner_add")))
    assert "Wie verzendt wat hier gemaakt wordt?" in asked
    assert "delen het verzendgeld gelijk" in asked

    assert "daar hangt het verzendgeld van af" in saved(staff, None)
    assert not Partner.objects.filter(slug="compaan").exists()

    saved(staff, None, ships="on")
    assert Partner.objects.get(slug="compaan").ships


def test_a_workshop_can_say_that_it_does_not_ship_once_somebody_gets_the_money(staff: Client, house: House) -> None:
    assert "Maak eerst het platform als partner" in saved(staff, house.labeur, ships="off")
    house.labeur.refresh_from_db()
    assert house.labeur.ships

    rows.partner("sociaal-gemaakt", kind="platform")
    answer = saved(staff, house.labeur, ships="off")

    house.labeur.refresh_from_db()
    assert not house.labeur.ships
    assert "Labeur maakt SG-001 en verzendt voortaan niet zelf. Spreek af wie die pakketten weghaalt." in answer
    assert "Spreek af wie" not in saved(staff, house.labeur, ships="off", city="Lochristi")
    assert '<option value="off" selected' in told(
        staff.get(reverse("backoffice:partners_partner_change", args=[house.labeur.pk]))
    )


def test_of_whom_makes_nothing_it_is_not_asked(staff: Client, house: House) -> None:
    assert "Wie verzendt wat hier gemaakt wordt?" not in told(
        staff.get(reverse("backoffice:partners_partner_change", args=[house.sep.pk]))
    )
    saved(staff, None, slug="talent", kind="designer", ships="on")
    assert not Partner.objects.get(slug="talent").ships


def test_who_becomes_a_workshop_says_whether_it_ships(staff: Client, house: House) -> None:
    designer = rows.partner("talent", kind="designer", ships=False)
    assert "daar hangt het verzendgeld van af" in saved(staff, designer, kind="producer")
    saved(staff, designer, kind="producer", ships="on")
    designer.refresh_from_db()
    assert (designer.kind, designer.ships) == (Partner.Kind.PRODUCER, True)


# --- how each is taxed -----------------------------------------------------------------------------------------------


def test_the_list_shows_who_is_not_taxed_yet(staff: Client, house: House) -> None:
    listed = reverse("backoffice:partners_partner_changelist")
    assert "Nog geen fiscaal stelsel" not in told(staff.get(listed))
    newcomer = rows.partner("talent", kind="designer", taxed=False)
    TaxRegime.objects.create(partner=newcomer, regime="royalty", valid_from=date(2999, 1, 1))
    assert "Nog geen fiscaal stelsel" in told(staff.get(listed))
    TaxRegime.objects.create(partner=newcomer, regime="small_business", valid_from=date(2024, 1, 1))
    page = told(staff.get(listed))
    assert "Nog geen fiscaal stelsel" not in page
    assert "Vrijgesteld als kleine onderneming" in page
