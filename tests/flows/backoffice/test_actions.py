"""What staff does in the back office: refunds, exceptions, payouts, partners, agreements."""

from datetime import date
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice import refunds
from fulfilment.entrypoints.backoffice.order_acts import ACTS
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import divide_refund, request_refund
from fulfilment.flows.plan_refund import Choice
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner, TaxRegime, User
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import opened, told

# --- refunds ---------------------------------------------------------------------------------------------------------


def test_a_refund_is_shown_before_anything_is_asked(staff: Client, house: House) -> None:
    line = house.order.lines.get()
    address = reverse("backoffice:orders_order_refund", args=[house.order.pk])
    before = Entry.objects.count()

    choice = {"kind": "came_back", f"line-{line.pk}": "1", "shipping": "on", "reason": "Beschadigd"}
    page = told(staff.get(address, choice))

    assert "De klant krijgt €\u00a0298,50 terug" in page
    assert "Labeur" in page
    assert Entry.objects.count() == before


def test_a_refund_is_asked_of_saleor_with_exactly_what_was_chosen(staff: Client, operator: User, house: House) -> None:
    line = house.order.lines.get()
    address = reverse("backoffice:orders_order_refund", args=[house.order.pk])
    with mock.patch.object(request_refund, "request") as request, mock.patch.object(refunds, "connected") as connected:
        request.return_value.state = "under_way"
        choice = {"kind": "came_back", f"line-{line.pk}": "1", "reason": "Beschadigd"}
        answer = staff.post(address, choice, follow=True)

    [call] = request.call_args_list
    assert call.args == (house.order.public_id, Choice(Refund.Kind.CAME_BACK, {line.pk: 1}))
    assert call.kwargs["by"] == operator
    assert call.kwargs["reason"] == "Beschadigd"
    assert call.kwargs["saleor"] is connected.return_value
    assert "De terugbetaling is gevraagd" in told(answer)


@pytest.mark.parametrize("typed", ["€\u00a01.000,50", "1000.5", "1.000,50"])
def test_an_amount_may_be_typed_as_the_page_prints_it(staff: Client, house: House, typed: str) -> None:
    address = reverse("backoffice:orders_order_refund", args=[house.order.pk])
    page = told(staff.get(address, {"kind": "gesture", "bearer": "platform", "reason": "Gebaar", "amount": typed}))
    assert f'value="{typed}"' in page
    assert "Vul een bedrag in" not in page
    wrong = told(staff.get(address, {"kind": "gesture", "bearer": "platform", "reason": "Gebaar", "amount": "1e3"}))
    assert "Vul een bedrag in met hoogstens twee cijfers na de komma, zoals 1.141,50." in wrong


def test_a_plain_refund_is_divided_after_a_look_at_what_that_does(staff: Client, house: House) -> None:
    address = reverse("backoffice:orders_order_divide", args=[house.order.pk])
    with mock.patch.object(divide_refund, "to_divide", return_value=0):
        assert "Er is niets te verdelen" in told(staff.get(address))
    with (
        mock.patch.object(divide_refund, "to_divide", return_value=5_000),
        mock.patch.object(divide_refund, "divide") as divide,
    ):
        choice = {"kind": "gesture", "bearer": "platform", "reason": "Gebaar"}
        page = told(staff.get(address, choice))
        assert "Te verdelen: €\u00a050,00" in page
        assert "De klant kreeg €\u00a050,00 terug" in page
        answer = staff.post(address, choice, follow=True)
    assert divide.call_args.kwargs["reason"] == "Gebaar"
    assert "Elke cent heeft weer een eigenaar." in told(answer)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Refusal("De verzendkosten zijn al terugbetaald."), "De verzendkosten zijn al terugbetaald."),
        (GatewayError("no answer", retry=True), "Een ander systeem gaf geen goed antwoord"),
    ],
)
def test_a_refund_that_cannot_be_is_told_and_can_be_changed(
    staff: Client, house: House, failure: Exception, expected: str
) -> None:
    line = house.order.lines.get()
    address = reverse("backoffice:orders_order_refund", args=[house.order.pk])
    with (
        mock.patch.object(request_refund, "request", side_effect=failure),
        mock.patch.object(refunds, "connected"),
    ):
        choice = {"kind": "came_back", f"line-{line.pk}": "1", "reason": "Beschadigd"}
        answer = staff.post(address, choice, follow=True)

    assert expected in told(answer)
    assert "Beschadigd" in told(answer)


def test_more_than_was_bought_is_not_given_back(staff: Client, house: House) -> None:
    line = house.order.lines.get()
    address = reverse("backoffice:orders_order_refund", args=[house.order.pk])
    with mock.patch.object(request_refund, "request") as request:
        staff.post(address, {"kind": "came_back", f"line-{line.pk}": "3", "reason": "Beschadigd"})
    request.assert_not_called()


# --- exceptions ------------------------------------------------------------------------------------------------------


def test_an_exception_is_solved_with_a_note_of_who_did_what(staff: Client, operator: User, house: House) -> None:
    address = reverse("backoffice:inbox_openissue_change", args=[house.issue.pk])

    staff.post(address, {"note": ""})
    assert OpenIssue.objects.filter(resolved_at__isnull=True).exists()
    staff.post(address, {"note": "Overeenkomst gemaakt met Compaan."})

    assert not OpenIssue.objects.filter(resolved_at__isnull=True).exists()
    page = told(staff.get(address))
    assert "Overeenkomst gemaakt met Compaan." in page
    assert operator.email in page
    listed = told(staff.get(reverse("backoffice:inbox_openissue_changelist")))
    assert "Voor Zit geldt geen overeenkomst." not in listed


def test_following_a_link_never_moves_anything_and_leads_to_the_page_with_the_button(
    staff: Client, house: House, django_assert_num_queries: Any
) -> None:
    payout = house.batch.payouts.get().public_id
    plan = reverse("backoffice:payouts_batch_plan")
    batch = reverse("backoffice:payouts_batch_change", args=[house.batch.pk])
    agreement = reverse("backoffice:agreements_agreement_change", args=[house.lamp.pk])
    issue = reverse("backoffice:inbox_openissue_change", args=[house.issue.pk])
    order = reverse("backoffice:orders_order_change", args=[house.order.pk])
    pages = {
        reverse("backoffice:payouts_batch_create"): plan,
        reverse("backoffice:payouts_batch_release"): plan,
        reverse("backoffice:payouts_batch_collect"): plan,
        reverse("backoffice:payouts_batch_cancel", args=[house.batch.pk]): batch,
        reverse("backoffice:payouts_batch_confirm_one", args=[house.batch.pk, payout]): batch,
        reverse("backoffice:agreements_agreement_sign", args=[house.lamp.pk, house.sep.pk]): agreement,
        reverse("backoffice:agreements_agreement_version", args=[house.lamp.pk]): agreement,
        reverse("backoffice:inbox_openissue_bear", args=[house.issue.pk]): issue,
        reverse("backoffice:inbox_openissue_transfer", args=[house.issue.pk]): issue,
        reverse("backoffice:inbox_openissue_again", args=[house.issue.pk]): issue,
        reverse("backoffice:check_balance"): reverse("backoffice:balances"),
        **{reverse(f"backoffice:orders_order_{name}", args=[house.order.pk]): order for name in ACTS},
    }
    for address, page in pages.items():
        with django_assert_num_queries(2):  # who is asking, and nothing else
            assert staff.get(address).headers["Location"] == page, address


def test_who_was_logged_out_before_pressing_reads_that_nothing_happened_and_finds_the_button_again(
    client: Client, operator: User, house: House
) -> None:
    address = reverse("backoffice:payouts_batch_create")
    asked = client.post(address, {"as_of": "2026-12-01"}, follow=True)
    assert "Je was uitgelogd. Wat je net verstuurde, is niet gebeurd" in told(asked)

    operator.set_password("a long enough secret")
    operator.save()
    login, query = asked.redirect_chain[-1][0].split("?")
    known = {"login": operator.email, "password": "a long enough secret"}
    back = client.post(login, known | dict(parse_qsl(query)), follow=True)
    assert back.status_code == 200
    assert back.redirect_chain[-1][0] == reverse("backoffice:payouts_batch_plan")


# --- partners and people ---------------------------------------------------------------------------------------------


def partner_form(partner: Partner, **changed: str) -> dict[str, str]:
    fields = {
        "name": partner.name,
        "kind": partner.kind,
        "city": partner.city,
        "email": partner.email,
        "iban": partner.iban,
        "bic": partner.bic,
        "lead_days": "10",
        "bench_hours": "38",
        "ships": "on",
        "tax_regimes-TOTAL_FORMS": "0",
        "tax_regimes-INITIAL_FORMS": "0",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    return {**fields, **opened(partner), **changed}


def test_an_account_number_is_kept_without_spaces_and_only_when_it_is_right(staff: Client, house: House) -> None:
    address = reverse("backoffice:partners_partner_change", args=[house.labeur.pk])

    refused = staff.post(address, partner_form(house.labeur, iban="BE71 0961 2345 6760"))
    assert "Dit rekeningnummer klopt niet" in told(refused)
    staff.post(address, partner_form(house.labeur, iban="be43 0689 9999 9501"))

    assert house.labeur.account_changes.get().new_iban == "BE43068999999501"


def test_a_tax_regime_is_added_in_percent_and_never_changed(staff: Client, house: House) -> None:
    address = reverse("backoffice:partners_partner_change", args=[house.labeur.pk])
    added = {
        "tax_regimes-TOTAL_FORMS": "1",
        "tax_regimes-0-valid_from": "2027-01-01",
        "tax_regimes-0-regime": "vat_liable",
        "tax_regimes-0-vat_number": "BE1999000150",
        "tax_regimes-0-vat": "6.5",
        "tax_regimes-0-withheld": "0",
    }

    answer = staff.post(address, partner_form(house.labeur, **added))

    assert answer.status_code == 302
    regime = TaxRegime.objects.get(valid_from=date(2027, 1, 1), partner=house.labeur)
    assert (regime.vat_basis_points, regime.valid_from) == (650, date(2027, 1, 1))
    assert "6,5" in told(staff.get(address))

    changed = {"tax_regimes-INITIAL_FORMS": "1", "tax_regimes-0-id": str(regime.pk), "tax_regimes-0-vat": "21"}
    changed |= {"tax_regimes-0-partner": str(house.labeur.pk), "tax_regimes-0-DELETE": "on"}
    staff.post(address, partner_form(house.labeur, **added | changed))
    regime.refresh_from_db()
    assert regime.vat_basis_points == 650


def test_a_person_gets_a_password_that_is_long_enough(staff: Client, db: None) -> None:
    address = reverse("backoffice:partners_user_add")
    person = {"email": "nieuw@example.com", "first_name": "Nieuw", "last_name": "", "is_active": "on"}

    assert staff.post(address, {**person, "password1": ""}).status_code == 200
    assert staff.post(address, {**person, "password1": "kort"}).status_code == 200
    assert staff.post(address, {**person, "password1": "lang-genoeg-hoor"}).status_code == 302

    made = User.objects.get(email="nieuw@example.com")
    assert made.check_password("lang-genoeg-hoor")
    assert not made.is_staff


def test_only_a_superuser_makes_or_changes_staff(staff: Client, operator: User) -> None:
    other = rows.user("other@example.com", staff=True)
    address = reverse("backoffice:partners_user_change", args=[other.pk])
    assert staff.post(address, {"email": "taken@example.com"}).status_code == 403

    coach = rows.user("coach@example.com")
    staff.post(
        reverse("backoffice:partners_user_change", args=[coach.pk]),
        {
            "email": "coach@example.com",
            "first_name": "Coach",
            "is_active": "on",
            "staff_role": "operator",
            "password1": "",
        }
        | opened(coach),
    )
    coach.refresh_from_db()
    assert (coach.first_name, coach.is_staff) == ("Coach", False)
    assert coach.check_password("een-lang-wachtwoord")
