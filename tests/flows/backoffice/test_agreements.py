"""Agreements in the back office: written, signed by all, and then fixed."""

from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.agreements.models import Agreement, Signature
from fulfilment.entrypoints.backoffice.agreements import AgreementRoom
from fulfilment.errors import Refusal
from fulfilment.flows import sign_agreement
from fulfilment.partners.models import Partner, TaxRegime, User
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import as_opened, opened, told


def agreement_form(house: House, figures: tuple[str, str], *, code: str = "SG-009") -> dict[str, str]:
    terms = zip(figures, (house.labeur, house.sep), strict=True)
    fields = {
        "product_code": code,
        "price_list": "",
        "producer": str(house.labeur.pk),
        "valid_from": "2026-12-01",
        "valid_until": "",
        "discount_policy": "shared_by_all",
        "terms-TOTAL_FORMS": "2",
        "terms-INITIAL_FORMS": "0",
    }
    for position, (figure, partner) in enumerate(terms):
        fields |= {
            f"terms-{position}-rank": str(position + 1),
            f"terms-{position}-kind": "percent",
            f"terms-{position}-partner": str(partner.pk),
            f"terms-{position}-figure": figure,
        }
    return fields


def drafted(staff: Client, house: House) -> Agreement:
    """An agreement that an operator wrote and nobody signed yet."""
    answer = staff.post(reverse("backoffice:agreements_agreement_add"), agreement_form(house, ("60,00", "40")))
    assert answer.status_code == 302
    return Agreement.objects.get(product_code="SG-009")


def change_form(house: House, agreement: Agreement, figures: tuple[str, str]) -> dict[str, str]:
    """The form of an agreement as it was opened just now, with other figures."""
    form = agreement_form(house, figures) | {"terms-INITIAL_FORMS": "2"} | opened(agreement)
    for position, term in enumerate(agreement.terms.order_by("rank")):
        form |= {f"terms-{position}-id": str(term.pk), f"terms-{position}-agreement": str(agreement.pk)}
    return form


def sign(staff: Client, agreement: Agreement, partner: Partner, words: str | None = None) -> str:
    """Note a signature for what the agreement says now, or for what was read before; what the page then tells."""
    address = reverse("backoffice:agreements_agreement_sign", args=[agreement.pk, partner.pk])
    return told(staff.post(address, {"words": words or sign_agreement.words_of(agreement)}, follow=True))


def page_of(agreement: Agreement) -> str:
    return reverse("backoffice:agreements_agreement_change", args=[agreement.pk])


def test_percentages_must_make_a_hundred(staff: Client, house: House) -> None:
    address = reverse("backoffice:agreements_agreement_add")

    refused = staff.post(address, agreement_form(house, ("60.00", "39.99")))
    assert "het moet precies 100 % zijn" in told(refused)
    assert staff.post(address, agreement_form(house, ("60.50", "39.50"))).status_code == 302

    made = Agreement.objects.get(product_code="SG-009")
    assert [term.basis_points for term in made.terms.all()] == [6_050, 3_950]
    assert (made.version, made.bound_at) == (1, None)


def test_an_agreement_binds_with_the_last_signature_and_is_then_fixed(
    staff: Client, operator: User, house: House
) -> None:
    made = drafted(staff, house)

    for partner in (house.labeur, house.sep):
        made.refresh_from_db()
        assert made.bound_at is None
        assert "De handtekening is genoteerd." in sign(staff, made, partner)

    made.refresh_from_db()
    assert made.bound_at is not None
    assert set(made.signatures.values_list("signed_by", flat=True)) == {operator.pk}
    assert "Maak een nieuwe versie" in told(
        staff.post(page_of(made), change_form(house, made, ("10.00", "90.00")), follow=True)
    )
    assert "60 % van de rest" in told(staff.get(page_of(made)))


def test_a_form_that_was_opened_before_the_last_signature_changes_nothing_and_says_why(
    staff: Client, house: House
) -> None:
    made = drafted(staff, house)
    sign(staff, made, house.labeur)
    form = change_form(house, made, ("10.00", "90.00"))
    sign(staff, made, house.sep)
    made.refresh_from_db()
    bound_at = made.bound_at

    answer = staff.post(page_of(made), form, follow=True)

    assert "intussen tekende de laatste partner" in told(answer)
    assert "Maak een nieuwe versie" in told(answer)
    made.refresh_from_db()
    assert bound_at is not None
    assert made.bound_at == bound_at
    assert made.signatures.count() == 2
    assert [term.basis_points for term in made.terms.order_by("rank")] == [6_000, 4_000]


def test_a_signature_in_the_instant_of_saving_is_not_undone_by_it(staff: Client, house: House) -> None:
    made = drafted(staff, house)
    sign(staff, made, house.labeur)
    form = change_form(house, made, ("10.00", "90.00"))
    read = AgreementRoom.get_object

    def read_and_then_signed(room: AgreementRoom, *args: Any, **kwargs: Any) -> Any:
        found = read(room, *args, **kwargs)
        sign_agreement.sign(agreement_id=made.pk, partner_id=house.sep.pk, by=None, now=rows.NOW)
        return found

    with mock.patch.object(AgreementRoom, "get_object", read_and_then_signed):
        answer = staff.post(page_of(made), form)

    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.bound_at == rows.NOW
    assert made.signatures.count() == 2
    assert [term.basis_points for term in made.terms.order_by("rank")] == [6_000, 4_000]


def test_a_signature_that_came_while_a_form_was_open_is_not_thrown_away_unseen(staff: Client, house: House) -> None:
    made = drafted(staff, house)
    form = change_form(house, made, ("10.00", "90.00"))
    sign(staff, made, house.sep)

    assert "hier veranderde iets nadat je deze pagina opende" in told(staff.post(page_of(made), form, follow=True))

    assert made.signatures.count() == 1
    assert [term.basis_points for term in made.terms.order_by("rank")] == [6_000, 4_000]


def test_changing_the_terms_before_they_bind_asks_for_new_signatures(staff: Client, house: House) -> None:
    made = drafted(staff, house)
    sign(staff, made, house.sep)
    assert made.signatures.count() == 1

    answer = staff.post(page_of(made), change_form(house, made, ("70.00", "30.00")))

    assert answer.status_code == 302
    assert not made.signatures.exists()
    assert [term.basis_points for term in made.terms.order_by("rank")] == [7_000, 3_000]


def test_what_is_signed_is_what_was_read(staff: Client, house: House) -> None:
    made = drafted(staff, house)
    read = sign_agreement.words_of(made)
    assert f'name="words" value="{read}"' in told(staff.get(page_of(made)))
    staff.post(page_of(made), change_form(house, made, ("70.00", "30.00")))

    assert "Deze overeenkomst veranderde nadat je ze las." in sign(staff, made, house.sep, read)
    assert not made.signatures.exists()

    address = reverse("backoffice:agreements_agreement_sign", args=[made.pk, house.sep.pk])
    staff.post(address)  # a page that does not say what was read
    assert not made.signatures.exists()


@pytest.mark.parametrize("field", ["valid_from", "valid_until", "producer", "term"])
def test_whatever_whoever_signs_agrees_to_is_what_must_not_have_changed(house: House, field: str) -> None:
    made = rows.agreement("SG-009", house.labeur, designer=house.sep, bound=False)
    read = sign_agreement.words_of(made)
    if field == "term":
        made.terms.filter(rank=2).update(partner=house.labeur)
    else:
        value: Any = rows.partner("compaan") if field == "producer" else date(2025, 2, 2)
        Agreement.objects.filter(pk=made.pk).update(**{field: value})
    with pytest.raises(Refusal) as refused:
        sign_agreement.sign(agreement_id=made.pk, partner_id=house.labeur.pk, by=None, now=rows.NOW, words=read)
    assert refused.value.code == "STALE"


def test_a_signature_that_is_noted_twice_is_one(staff: Client, house: House) -> None:
    made = drafted(staff, house)
    for partner in (house.sep, house.sep, house.labeur, house.labeur):
        assert "De handtekening is genoteerd." in sign(staff, made, partner)
    assert made.signatures.count() == 2


# --- who is taxed, and who ships -------------------------------------------------------------------------------------


def test_nobody_signs_with_a_partner_whose_taxes_nobody_knows(staff: Client, house: House) -> None:
    newcomer = rows.partner("nieuw", kind="designer", name="Nieuw Talent", taxed=False)
    made = rows.agreement("SG-009", house.labeur, designer=newcomer, bound=False, valid_from=date(2026, 12, 1))
    page = told(staff.get(page_of(made)))
    assert "Er kan nog niet getekend worden" in page
    assert reverse("backoffice:partners_partner_change", args=[newcomer.pk]) in page
    assert "Handtekening noteren" not in page

    refusal = "Er kan nog niet getekend worden: zonder fiscaal stelsel op 01/12/2026: Nieuw Talent."
    assert refusal in sign(staff, made, house.labeur)
    TaxRegime.objects.create(partner=newcomer, regime="royalty", valid_from=date(2026, 12, 2))
    assert refusal in sign(staff, made, house.labeur)
    assert not made.signatures.exists()

    TaxRegime.objects.create(partner=newcomer, regime="royalty", valid_from=date(2026, 12, 1))
    assert "Er kan nog niet getekend worden" not in told(staff.get(page_of(made)))
    assert "De handtekening is genoteerd." in sign(staff, made, house.labeur)


def test_an_agreement_says_when_its_maker_does_not_ship(staff: Client, house: House) -> None:
    told_when = "verzendt niet zelf en krijgt dus geen verzendgeld"
    made = rows.agreement("SG-009", house.labeur, bound=False)
    assert told_when not in told(staff.get(page_of(made)))
    Partner.objects.filter(pk=house.labeur.pk).update(ships=False)
    assert told_when in told(staff.get(page_of(made)))


# --- versions --------------------------------------------------------------------------------------------------------


def test_who_bears_discounts_is_a_part_of_what_is_read_and_signed(staff: Client, house: House) -> None:
    staff.post(reverse("backoffice:agreements_agreement_add"), agreement_form(house, ("60.00", "40.00")))
    made = Agreement.objects.get(product_code="SG-009")
    assert "Het platform waarborgt de vaste bedragen" in told(staff.get(page_of(made)))
    read = sign_agreement.words_of(made)
    Agreement.objects.filter(pk=made.pk).update(discount_policy="platform_tops_up")
    made.refresh_from_db()
    assert sign_agreement.words_of(made) != read
    rows.bind(made)
    following = sign_agreement.new_version(agreement_id=made.pk, valid_from=date(2027, 1, 1))
    assert following.discount_policy == "platform_tops_up"


def test_a_new_version_takes_over_on_its_first_day(staff: Client, house: House) -> None:
    staff.post(reverse("backoffice:agreements_agreement_version", args=[house.lamp.pk]))
    draft = Agreement.objects.get(product_code="SG-001", version=2)
    assert [term.basis_points for term in draft.terms.all()] == [6_000, 4_000]
    again = staff.post(reverse("backoffice:agreements_agreement_version", args=[house.lamp.pk]), follow=True)
    assert "Er is al een nieuwe versie" in told(again)

    for partner in sign_agreement.named(draft):
        sign(staff, draft, partner)

    house.lamp.refresh_from_db()
    draft.refresh_from_db()
    assert draft.bound_at is not None
    assert house.lamp.valid_until is not None
    assert (draft.valid_from - house.lamp.valid_until).days == 1


def test_a_version_that_begins_too_early_does_not_bind(house: House) -> None:
    early = rows.agreement("SG-001", house.labeur, bound=False, version=2)
    with pytest.raises(Refusal, match="geldt al een andere versie"):
        sign_agreement.sign(agreement_id=early.pk, partner_id=house.labeur.pk, by=None, now=rows.NOW)
    assert not Signature.objects.filter(agreement=early).exists()


def test_a_stranger_does_not_sign(house: House) -> None:
    draft = rows.agreement("SG-009", house.labeur, bound=False)
    with pytest.raises(Refusal, match="staat niet in de overeenkomst"):
        sign_agreement.sign(agreement_id=draft.pk, partner_id=house.sep.pk, by=None, now=rows.NOW)


def test_fixed_amounts_are_written_in_euros(staff: Client, house: House) -> None:
    form = agreement_form(house, ("95.50", "100"))
    staff.post(reverse("backoffice:agreements_agreement_add"), form | {"terms-0-kind": "fixed"})

    first, second = Agreement.objects.get(product_code="SG-009").terms.order_by("rank")

    assert (first.amount_minor, first.basis_points) == (9_550, None)
    assert (second.amount_minor, second.basis_points) == (None, 10_000)


def test_a_draft_with_a_wrong_code_is_put_right_and_signed_anew(staff: Client, house: House) -> None:
    draft = drafted(staff, house)
    sign(staff, draft, house.labeur)
    form = change_form(house, draft, ("60,00", "40")) | {"product_code": house.lamp.product_code}

    assert staff.post(page_of(draft), form).status_code == 302

    draft.refresh_from_db()
    assert (draft.product_code, draft.version) == (house.lamp.product_code, house.lamp.version + 1)
    assert not draft.signatures.exists()


def test_the_version_stays_where_the_product_does(staff: Client, house: House) -> None:
    draft = drafted(staff, house)
    staff.post(page_of(draft), change_form(house, draft, ("50", "50")) | {"valid_from": "2026-12-02"})
    draft.refresh_from_db()
    assert (draft.version, draft.valid_from) == (1, date(2026, 12, 2))


def test_a_draft_is_thrown_away_with_its_signatures_and_what_all_signed_is_not(staff: Client, house: House) -> None:
    draft = drafted(staff, house)
    sign(staff, draft, house.labeur)
    deleting = "backoffice:agreements_agreement_delete"
    assert reverse(deleting, args=[draft.pk]) in told(staff.get(page_of(draft)))

    asked = told(staff.get(reverse(deleting, args=[draft.pk])))
    assert "Overeenkomst weggooien" in asked
    assert "echt weggooien? Dan gaat dit allemaal weg:" in asked
    assert "Weggegooid: overeenkomst" in told(
        staff.post(reverse(deleting, args=[draft.pk]), {"post": "yes"}, follow=True)
    )
    assert not Agreement.objects.filter(pk=draft.pk).exists()

    assert reverse(deleting, args=[house.lamp.pk]) not in told(staff.get(page_of(house.lamp)))
    refused = staff.post(reverse(deleting, args=[house.lamp.pk]), {"post": "yes"}, follow=True)
    assert "Deze overeenkomst is door allen getekend, en blijft." in told(refused)
    assert Agreement.objects.filter(pk=house.lamp.pk).exists()


def test_rows_of_terms_that_nobody_touched_ask_for_nothing(staff: Client, house: House) -> None:
    """Sent as a browser does: each field with what stood in it when the page was opened."""
    address = reverse("backoffice:agreements_agreement_add")
    untouched = as_opened(told(staff.get(address)))
    assert untouched["terms-TOTAL_FORMS"] == "3"

    answer = staff.post(address, untouched | agreement_form(house, ("60,00", "40")) | {"terms-TOTAL_FORMS": "3"})

    assert answer.status_code == 302, told(answer)
    assert Agreement.objects.get(product_code="SG-009").terms.count() == 2


def test_a_draft_has_a_row_for_another_term_without_any_script(staff: Client, house: House) -> None:
    draft = drafted(staff, house)
    page = as_opened(told(staff.get(page_of(draft))))
    assert page["terms-TOTAL_FORMS"] == "3"
    more = {"terms-0-figure": "50", "terms-2-rank": "3", "terms-2-kind": "percent", "terms-2-figure": "10"}

    answer = staff.post(page_of(draft), page | more | {"terms-2-partner": str(rows.partner("compaan").pk)})

    assert answer.status_code == 302, told(answer)
    assert [term.basis_points for term in draft.terms.all()] == [5_000, 4_000, 1_000]


def test_a_form_that_is_sent_twice_makes_one_agreement_and_says_so(staff: Client, house: House) -> None:
    address = reverse("backoffice:agreements_agreement_add")
    form = as_opened(told(staff.get(address))) | agreement_form(house, ("60,00", "40"))
    assert staff.post(address, form).status_code == 302

    again = staff.post(address, form, follow=True)

    made = Agreement.objects.get(product_code="SG-009")
    assert again.redirect_chain[-1][0] == page_of(made)
    assert "Deze overeenkomst was al bewaard." in told(again)
    other = as_opened(told(staff.get(address))) | agreement_form(house, ("60,00", "40"))
    assert staff.post(address, other).status_code == 302
    assert Agreement.objects.filter(product_code="SG-009").count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"valid_until": "2026-11-30"}, "De laatste dag ligt voor de eerste."),
        ({"terms-1-rank": "1"}, "Twee rijen hebben hetzelfde (volgorde)."),
    ],
)
def test_what_cannot_be_is_said_in_the_words_of_the_page(
    staff: Client, house: House, wrong: dict[str, str], said: str
) -> None:
    refused = staff.post(reverse("backoffice:agreements_agreement_add"), agreement_form(house, ("60,00", "40")) | wrong)
    assert said in told(refused)
    assert "Beperking" not in told(refused)
