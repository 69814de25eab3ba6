"""What a partner is: decided once where money hangs on it, and asked in words where it decides whose money it is."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.partners.models import Partner, TaxRegime
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import opened, told

NO_ROWS = [f"{name}-{which}_FORMS" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")]
"""The fields that say that no row below a partner is sent."""

WHY = "Ligt vast: er is al geld voor deze partner geboekt."


def asked_to_be_designer(staff: Client, partner: Partner) -> Partner:
    """The partner after its form was sent with another kind, and another city to see that it was taken."""
    fields = {
        "name": partner.name,
        "kind": "designer",
        "city": "Lochristi",
        "lead_days": "10",
        "bench_hours": "38",
        "ships": "on",
    }
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
    fields = {
        "name": "Compaan",
        "slug": "compaan",
        "kind": "producer",
        "city": "Gent",
        "lead_days": "10",
        "bench_hours": "38",
    }
    address = reverse("backoffice:partners_partner_add")
    if partner is not None:
        address = reverse("backoffice:partners_partner_change", args=[partner.pk])
        fields |= {"name": partner.name, "kind": partner.kind, **opened(partner)}
    return told(staff.post(address, {**fields, **dict.fromkeys(NO_ROWS, "0"), **changed}, follow=True))


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


# --- what a bank can pay ----------------------------------------------------------------------------------------------


def sent(staff: Client, partner: Partner, **fields: str) -> str:
    """What the page says after the form was sent with these bank data; nothing where they were taken."""
    told_of = {
        "name": partner.name,
        "kind": partner.kind,
        "city": "Gent",
        "lead_days": "10",
        "bench_hours": "38",
        "ships": "on",
    }
    address = reverse("backoffice:partners_partner_change", args=[partner.pk])
    answer = staff.post(address, told_of | opened(partner) | dict.fromkeys(NO_ROWS, "0") | fields)
    return told(answer) if answer.status_code == 200 else ""


@pytest.mark.parametrize(
    ("country", "iban"),
    [
        ("TR", "TR33 0006 1005 1978 6457 8413 26"),
        ("BR", "BR18 0036 0305 0000 1000 9795 493C 1"),
        ("SA", "SA03 8000 0000 6080 1016 7519"),
        ("AE", "AE07 0331 2345 6789 0123 456"),
        ("UA", "UA21 3223 1300 0002 6007 2335 6600 1"),
    ],
)
def test_an_account_that_no_bank_file_can_pay_is_refused_where_it_is_typed(
    staff: Client, country: str, iban: str
) -> None:
    partner = rows.partner("newcomer")
    assert f"Op een rekening in dit land ({country}) kunnen we niet betalen" in sent(staff, partner, iban=iban)
    partner.refresh_from_db()
    assert partner.iban == rows.IBANS[0]


def test_account_and_bic_are_taken_as_people_write_them(staff: Client) -> None:
    partner = rows.partner("newcomer", iban="")
    assert sent(staff, partner, iban="MT84 MALT 0110 0001 2345 MTLC AST0 01S", bic="gkcc be bb xxx") == ""
    asked = partner.account_changes.get()  # a second person confirms it
    assert (asked.new_iban, asked.new_bic) == ("MT84MALT011000012345MTLCAST001S", "GKCCBEBBXXX")


def test_a_bic_that_is_none_is_refused(staff: Client) -> None:
    assert "Deze BIC klopt niet" in sent(staff, rows.partner("newcomer"), iban=rows.IBANS[0], bic="GEEN BIC")


@pytest.mark.parametrize("name", ["🧶🧶", "جمعية", f"Werkplaats {'x' * 60}"])
def test_a_name_that_no_bank_writes_asks_for_the_one_on_the_account(staff: Client, name: str) -> None:
    partner = rows.partner("newcomer", name=name)
    assert f"De bank kan “{name}” niet schrijven." in sent(staff, partner, iban=rows.IBANS[0])
    assert "De bank kan “🧵” niet schrijven." in sent(staff, partner, iban=rows.IBANS[0], bank_name="🧵")

    assert sent(staff, partner, iban=rows.IBANS[0], bank_name="Jamiya vzw") == ""

    partner.refresh_from_db()
    assert (partner.name, partner.bank_name) == (name, "Jamiya vzw")


def test_who_is_not_paid_yet_may_be_called_anything_and_accents_are_no_matter(staff: Client) -> None:
    assert sent(staff, rows.partner("wool", name="🧶🧶", iban="")) == ""
    assert sent(staff, rows.partner("accents", name="Ateljé Één & Co"), iban=rows.IBANS[0]) == ""


def test_the_list_of_partners_marks_an_account_that_cannot_be_paid(staff: Client) -> None:
    """Data may be from before such data were refused."""
    rows.partner("abroad", iban="TR330006100519786457841326")
    page = told(staff.get(reverse("backoffice:partners_partner_changelist")))
    assert '<span class="bo-label bo-alert">TR330006100519786457841326</span>' in page


@pytest.mark.parametrize("page", ["partners_partner_add", "partners_user_add", "agreements_agreement_add", "people"])
def test_nothing_that_is_pasted_into_a_form_is_cut_by_the_browser(staff: Client, page: str) -> None:
    assert "maxlength" not in staff.get(reverse(f"backoffice:{page}")).content.decode()


def test_a_name_that_is_too_long_is_refused_with_how_long_it_may_be(staff: Client, house: House) -> None:
    assert "120 tekens" in saved(staff, house.labeur, name="x" * 130)
    house.labeur.refresh_from_db()
    assert house.labeur.name == "Labeur"
