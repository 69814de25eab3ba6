"""The account of a partner in the back office: typed by one, confirmed by another, seen in every plan until then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fulfilment.flows import change_account, order_payouts, plan_payouts
from fulfilment.mail.models import Mail
from fulfilment.partners.models import AccountChange, Partner, User
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import opened, told
from tests.support.rows import IBANS

pytestmark = pytest.mark.django_db

NEW = IBANS[3]
NEW_SHOWN = "NL91 ABNA 0417 1643 00"
NO_ROWS = {f"{name}-{which}_FORMS": "0" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")}


def typed(client: Client, partner: Partner, **changed: str) -> str:
    """The page after the form of a partner was sent with something else in it."""
    fields = {
        **{name: getattr(partner, name) for name in ("name", "kind", "city", "email", "bank_name", "iban", "bic")},
        "lead_days": str(partner.lead_days),
        "bench_hours": "38",
        "ships": "on",
    }
    address = reverse("backoffice:partners_partner_change", args=[partner.pk])
    answer = client.post(address, {**fields, **NO_ROWS, **opened(partner), "_continue": "1", **changed}, follow=True)
    partner.refresh_from_db()
    return told(answer)


@pytest.fixture
def colleague() -> Client:
    client = Client()
    client.force_login(rows.user("finance@example.com", role="finance"))
    return client


def page_of(change: AccountChange) -> str:
    return reverse("backoffice:partners_partner_account", args=[change.partner_id, change.public_id])


def test_a_typed_account_waits_and_the_rest_of_the_form_is_saved(staff: Client, house: House) -> None:
    former = house.labeur.iban

    text = typed(staff, house.labeur, iban=NEW, city="Lochristi")

    assert "De nieuwe rekening wacht op een collega" in text
    assert (house.labeur.iban, house.labeur.city) == (former, "Lochristi")
    change = AccountChange.objects.get()
    assert (change.old_iban, change.new_iban) == (former, NEW)
    assert NEW_SHOWN in text
    assert "Nieuwe rekening voor Labeur" in told(staff.get(reverse("backoffice:index")))


def test_who_typed_it_sees_no_button_and_a_colleague_confirms_it(
    staff: Client, colleague: Client, house: House
) -> None:
    typed(staff, house.labeur, iban=NEW)
    change = AccountChange.objects.get()

    own = told(staff.get(page_of(change)))
    assert "Je vroeg deze rekening zelf" in own
    assert "bevestigen</button>" not in own
    staff.post(page_of(change))
    change.refresh_from_db()
    assert change.state == AccountChange.State.ASKED

    assert "bevestigen</button>" in told(colleague.get(page_of(change)))
    text = told(colleague.post(page_of(change), follow=True))

    assert "Bevestigd." in text
    change.refresh_from_db()
    assert change.state == AccountChange.State.CONFIRMED
    assert "Nieuwe rekening voor Labeur" not in told(staff.get(reverse("backoffice:index")))


def test_whoever_helps_customers_may_stop_it_and_not_confirm_it(staff: Client, house: House) -> None:
    typed(staff, house.labeur, iban=NEW)
    change = AccountChange.objects.get()
    support = Client()
    support.force_login(rows.user("support@example.com", role="support"))

    assert support.post(page_of(change)).status_code == 403
    text = told(support.get(page_of(change)))
    assert "Tegenhouden" in text
    stop = reverse("backoffice:partners_partner_account_stop", args=[change.partner_id, change.public_id])
    assert "Tegengehouden" in told(support.post(stop, follow=True))


def test_a_second_account_waits_for_the_first(staff: Client, house: House) -> None:
    typed(staff, house.labeur, iban=NEW)

    text = typed(staff, house.labeur, iban=IBANS[2])

    assert "wacht al een andere rekening" in text
    assert AccountChange.objects.count() == 1


def test_a_page_from_before_it_was_asked_changes_nothing(staff: Client, house: House) -> None:
    before = opened(house.labeur)
    typed(staff, house.labeur, iban=NEW)

    assert "Niet bewaard" in typed(staff, house.labeur, city="Lochristi", **before)


def test_a_new_partner_has_the_account_that_was_typed(staff: Client) -> None:
    fields = {
        "name": "Nieuw",
        "slug": "nieuw",
        "kind": "designer",
        "email": "n@example.com",
        "lead_days": "1",
        "bench_hours": "38",
    }
    staff.post(reverse("backoffice:partners_partner_add"), {**fields, "iban": NEW, **NO_ROWS})

    assert Partner.objects.get(slug="nieuw").iban == NEW
    assert not AccountChange.objects.exists()


def test_another_mail_address_is_told_to_the_former_one(staff: Client, house: House) -> None:
    former = house.labeur.email

    typed(staff, house.labeur, email="other@example.com")

    mail = Mail.objects.get(subject="We schrijven voortaan naar een ander adres")
    assert (mail.to, "other@example.com" in mail.text) == (former, True)


def test_every_plan_warns_until_the_new_account_holds(
    staff: Client, colleague: Client, house: House, operator: User
) -> None:
    house.batch.payouts.all().delete()
    rows.payable(house.labeur, 5_000)
    rows.money_at_bank(10_000)
    typed(staff, house.labeur, iban=NEW)
    change, now = AccountChange.objects.get(), timezone.now()

    plan = told(staff.get(reverse("backoffice:payouts_batch_plan")))
    assert f"iemand vroeg een andere rekening ({NEW_SHOWN})" in plan
    batch = plan_payouts.create_batch(as_of=timezone.localdate(now), by=operator, now=now)
    assert batch is not None
    change_account.confirm(change.public_id, by=User.objects.get(email="finance@example.com"), now=now)
    for address in ("change", "approve"):
        page = told(colleague.get(reverse(f"backoffice:payouts_batch_{address}", args=[batch.pk])))
        assert f"een andere rekening ({NEW_SHOWN}). Tot dan betalen we op" in page
    order_payouts.approve(batch=batch.public_id, by=operator, now=now)
    assert "Let op" in told(staff.get(reverse("backoffice:payouts_batch_change", args=[batch.pk])))

    change_account.begin_due(now=now + timedelta(days=4))
    assert "Let op" not in told(staff.get(reverse("backoffice:payouts_batch_plan")))
