"""Every page of the back office: staff sees it, nobody else does, and what is only read cannot be written."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from fulfilment import life
from fulfilment.entrypoints.backoffice.order_path import path_of
from fulfilment.entrypoints.backoffice.urls import back_office
from fulfilment.flows import work_task
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import Membership, User
from fulfilment.payouts.models import Batch, Payout
from fulfilment.production.models import Parcel, Task, TaskStep
from tests.support import rows, workshop
from tests.support.furnished import House
from tests.support.pages import against_the_policy, told

LISTS = [
    "inbox_openissue",
    "orders_order",
    "production_task",
    "payouts_batch",
    "payments_payment",
    "ledger_entry",
    "companies_company",
    "invoices_invoice",
    "partners_partner",
    "agreements_agreement",
    "partners_user",
]

ALIKE = {"IBAN", "BIC", "Partner"}
"""Labels that are written in Dutch as in the code."""


def pages(house: House) -> list[str]:
    """The address of every page that is looked at."""
    entry = Entry.objects.filter(postings__order=house.order).earliest("pk")
    payout = house.batch.payouts.get()
    Batch.objects.update(state=Batch.State.FETCHED)
    house.batch.payouts.update(state=Payout.State.SENT)  # before that, it cannot fail
    of_batch = {
        name: reverse(f"backoffice:payouts_batch_{name}", args=[house.batch.pk]) for name in ("approve", "confirm")
    }
    return [
        reverse("backoffice:index"),
        reverse("backoffice:balances"),
        reverse("backoffice:discounts"),
        reverse("backoffice:payouts_batch_plan"),
        *(reverse(f"backoffice:{name}_changelist") for name in LISTS),
        *of_batch.values(),
        reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout.public_id]),
        reverse("backoffice:orders_order_change", args=[house.order.pk]),
        reverse("backoffice:vitals"),
        reverse("backoffice:orders_order_refund", args=[house.order.pk]),
        reverse("backoffice:orders_order_divide", args=[house.order.pk]),
        reverse("backoffice:inbox_openissue_change", args=[house.issue.pk]),
        reverse("backoffice:payments_payment_change", args=[house.payment.pk]),
        reverse("backoffice:payouts_batch_change", args=[house.batch.pk]),
        reverse("backoffice:ledger_entry_change", args=[entry.pk]),
        reverse("backoffice:companies_company_change", args=[house.company.pk]),
        reverse("backoffice:companies_company_add"),
        *(
            reverse(f"backoffice:companies_company_{deed}", args=[house.company.pk])
            for deed in ("approve", "terms", "details", "invite", "refuse", "suspend", "resume", "end")
        ),
        reverse("backoffice:partners_partner_change", args=[house.labeur.pk]),
        reverse("backoffice:partners_partner_add"),
        reverse("backoffice:agreements_agreement_change", args=[house.lamp.pk]),
        reverse("backoffice:agreements_agreement_add"),
        reverse("backoffice:partners_user_add"),
        reverse("backoffice:partners_user_change", args=[rows.user("somebody@example.com").pk]),
    ]


def test_staff_sees_every_page(staff: Client, house: House) -> None:
    for address in pages(house):
        assert staff.get(address).status_code == 200, address


def test_every_page_stands_without_scripts_and_offers_a_way_past_its_menu_first(staff: Client, house: House) -> None:
    for address in pages(house):
        page = told(staff.get(address))
        assert re.search(r"<noscript><link [^>]*backoffice/no-scripts\.css", page), address
        assert "x-cloak" not in page[: page.index("<body")], address  # hidden until a script has run
        body = page[page.index("<body") :]
        assert re.findall(r'<(?:a|button|input)\b[^>]*?(?:href="([^"]*)")?>', body)[0] == "#inhoud", address
        assert page.count('id="inhoud"') == 1, address


def test_every_page_passes_its_own_strict_policy(staff: Client, house: House) -> None:
    for address in [*pages(house), reverse("backoffice:history")]:
        answer = staff.get(address)
        assert not against_the_policy(answer), address


def test_every_page_has_one_heading_that_names_it(staff: Client, house: House) -> None:
    for address in pages(house):
        headings = re.findall(r"<h1[^>]*>(.*?)</h1>", staff.get(address).content.decode(), re.DOTALL)
        assert len(headings) == 1, (address, headings)
        assert re.sub(r"<[^>]*>", "", headings[0]).strip(), address


def test_a_list_and_a_row_are_called_by_their_own_names(staff: Client, house: House) -> None:
    for address, name in (
        (reverse("backoffice:orders_order_changelist"), "Bestellingen"),
        (reverse("backoffice:partners_partner_change", args=[house.labeur.pk]), "Labeur"),
        (reverse("backoffice:partners_partner_add"), "Partner toevoegen"),
        (reverse("backoffice:payments_payment_change", args=[house.payment.pk]), "Betaling van €\u00a0587,50"),
    ):
        page = staff.get(address).content.decode()
        assert f"<h1>{name}</h1>" in page
        assert f"<title> {name} ·" in page


@pytest.mark.parametrize("name", ["index", "balances", "ledger_entry_changelist", "payouts_batch_plan"])
def test_the_menu_tells_one_room_as_the_present_one(name: str, staff: Client) -> None:
    page = staff.get(reverse(f"backoffice:{name}")).content.decode()
    [present] = re.findall(r'<a href="([^"]*)"[^>]*aria-current="page"', page)
    assert present == reverse(f"backoffice:{'payouts_batch_changelist' if name == 'payouts_batch_plan' else name}")


def test_the_tables_of_an_app_are_no_page(staff: Client) -> None:
    answer = staff.get(reverse("backoffice:app_list", args=["orders"]))
    assert answer.headers["Location"] == reverse("backoffice:index")


def test_who_is_not_logged_in_is_sent_to_the_login_of_the_house(client: Client, house: House) -> None:
    for address in pages(house):
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("account_login")), address


def test_a_job_coach_sees_no_page(client: Client, house: House) -> None:
    client.force_login(rows.user("coach@example.com"))
    for address in pages(house):
        assert client.get(address, follow=True).status_code == 403, address


def test_a_job_coach_is_told_whose_rooms_these_are_and_finds_the_way_out(client: Client, house: House) -> None:
    coach = rows.user("coach@example.com")
    Membership.objects.create(user=coach, partner=house.labeur, role=Membership.Role.COACH)
    client.force_login(coach)

    page = client.get(reverse("backoffice:index"), follow=True).content.decode()

    assert "Dit deel is voor de medewerkers van Sociaal Gemaakt" in page
    assert "coach@example.com" in page
    assert f'action="{reverse("account_logout")}"' in page
    assert f'href="{reverse("home")}"' in page
    assert client.get(reverse("home"), follow=True).redirect_chain[-1][0] == reverse("portal:today")


def test_logging_out_ends_at_the_login(staff: Client) -> None:
    answer = staff.post(reverse("backoffice:logout"))
    assert answer.status_code == 302
    assert staff.get(reverse("backoffice:index")).status_code == 302


@pytest.mark.parametrize(
    "name", ["ledger_entry", "orders_order", "payments_payment", "payouts_batch", "production_task", "inbox_openissue"]
)
def test_nothing_is_added_or_deleted_by_hand(name: str, staff: Client, house: House) -> None:
    assert staff.post(reverse(f"backoffice:{name}_add"), {}).status_code == 403
    assert staff.post(reverse(f"backoffice:{name}_delete", args=[1]), {"post": "yes"}).status_code in (403, 302)
    assert Entry.objects.exists()


def test_an_entry_of_the_ledger_cannot_be_changed(staff: Client, house: House) -> None:
    entry = Entry.objects.earliest("pk")
    address = reverse("backoffice:ledger_entry_change", args=[entry.pk])

    assert staff.post(address, {"key": "changed", "kind": "changed"}).status_code == 403

    entry.refresh_from_db()
    assert entry.key != "changed"


def test_the_first_page_says_what_needs_a_person_and_where_the_money_is(staff: Client, house: House) -> None:
    page = staff.get(reverse("backoffice:index")).content.decode()
    assert "Voor Zit geldt geen overeenkomst." in page
    assert "wacht op goedkeuring" in page
    assert "€\u00a0500,00" in page


def test_the_page_of_an_order_tells_its_path_its_shares_and_that_it_adds_up(staff: Client, house: House) -> None:
    page = staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])).content.decode()
    for words in (
        "Bestelling 42",
        "volgens het plan bij de betaling",
        "Pakket van Labeur",
        "nog niet aan Saleor gemeld",
        "€\u00a0286,61",
        "Debet en credit zijn gelijk",
        "an@example.com",
    ):
        assert words in page


def test_on_the_path_what_was_collected_is_no_parcel(staff: Client, house: House) -> None:
    Parcel.objects.update(carrier="afgehaald", tracking_code="", delivered_at=F("shipped_at"))
    page = staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])).content.decode()
    assert "Afgehaald bij Labeur" in page
    assert "Pakket van Labeur" not in page
    assert "Afgehaald in het atelier" not in page


def test_a_task_opens_the_page_of_its_order(staff: Client, house: House) -> None:
    answer = staff.get(reverse("backoffice:production_task_change", args=[house.task.pk]))
    assert answer.headers["Location"] == reverse("backoffice:orders_order_change", args=[house.order.pk])


def test_orders_are_found_by_number_and_by_stage(staff: Client, house: House) -> None:
    address = reverse("backoffice:orders_order_changelist")
    assert "#42" in staff.get(address, {"q": "42"}).content.decode()
    assert "#42" in staff.get(address, {"fase": "making"}).content.decode()
    for empty in ({"q": "nobody"}, {"fase": "unrouted"}, {"fase": "refunded"}):
        assert "#42" not in staff.get(address, empty).content.decode()


def test_the_path_of_an_order_tells_what_was_set_back_at_the_bench(staff: Client, house: House) -> None:
    task = Task.objects.filter(order=house.order).latest("pk")
    TaskStep.objects.create(task=task, state=Task.State.WAITING, undoes=Task.State.ACCEPTED, at=timezone.now())
    page = staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])).content.decode()
    assert f"{task.producer.name}: Teruggezet op “{Task.State.WAITING.label}”" in page


def deliveries(order: Order) -> list[str]:
    """What the path of an order tells of what arrived, without whose it was."""
    return [step.title.rpartition(": ")[2] for step in path_of(order) if "eleverd" in step.title]


def test_what_was_not_delivered_after_all_follows_the_delivery_that_it_undoes(db: None) -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)
    parcel = workshop.shipped(task, coach).public_id
    hours = count(1)

    def press(step: Callable[..., None]) -> None:
        step(parcel, by=coach, now=workshop.NOW + timedelta(hours=next(hours)))

    press(work_task.deliver)
    assert deliveries(task.order) == ["Geleverd"]
    press(work_task.undo_delivery)
    assert deliveries(task.order) == ["Geleverd", "Toch niet geleverd"]
    press(work_task.deliver)
    assert deliveries(task.order) == ["Geleverd", "Toch niet geleverd", "Geleverd"]
    press(work_task.undo_delivery)
    assert deliveries(task.order) == ["Geleverd", "Toch niet geleverd"] * 2


def test_of_two_parcels_the_one_that_did_arrive_is_told_once(db: None) -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur, [workshop.THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    first = workshop.shipped(task, coach, quantities={line: 1})
    second = workshop.shipped(task, coach, quantities={line: 2}, form_key="form-2")
    for hour, parcel in enumerate((first, second), start=1):
        work_task.deliver(parcel.public_id, by=coach, now=workshop.NOW + timedelta(hours=hour))
    work_task.undo_delivery(first.public_id, by=coach, now=workshop.NOW + timedelta(hours=3))
    assert deliveries(task.order) == ["Geleverd", "Toch niet geleverd"]


def test_a_refund_that_was_asked_stands_on_the_path(staff: Client, house: House) -> None:
    Refund.objects.create(
        order=house.order, kind=Refund.Kind.GESTURE, amount_minor=1_000, includes_shipping=False, asked_at=rows.NOW
    )
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])))
    assert "Terugbetaling gevraagd" in page
    assert "Tegemoetkoming" in page


def test_a_refund_that_failed_stands_on_its_order_with_the_button_to_try_again(staff: Client, house: House) -> None:
    refund = Refund.objects.create(
        order=house.order, kind=Refund.Kind.NOT_WANTED, amount_minor=1_000, includes_shipping=False, asked_at=rows.NOW
    )
    life.move(refund, "grant", now=rows.NOW, granted_id="granted-1")
    life.move(refund, "fail", now=rows.NOW)
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])))
    assert "Terugbetaling mislukt" in page
    assert "Opnieuw proberen" in page


def test_the_page_of_a_refund_first_asks_why(staff: Client, house: House) -> None:
    page = told(staff.get(reverse("backoffice:orders_order_refund", args=[house.order.pk])))
    assert "Waarom gaat er geld terug?" in page
    assert "Komt of kwam terug" in page


def test_every_filter_is_called_in_words_of_the_page(staff: Client) -> None:
    """A field that nobody gave a name is called as the code does."""
    fields = [(room, name) for room in back_office._registry.values() for name in room.list_filter]
    named = [(room.opts, name[0] if isinstance(name, tuple) else name) for room, name in fields]
    assert len(named) > 5
    for opts, name in named:
        if isinstance(name, str):
            assert str(opts.get_field(name).verbose_name) != name.replace("_", " "), (opts, name)


def test_every_field_of_a_form_is_called_in_words_of_the_page(staff: Client, operator: User, house: House) -> None:
    request = RequestFactory().get("/")
    request.user = operator
    for room in back_office._registry.values():
        if not room.has_add_permission(request):
            continue
        forms = [
            room.get_form(request),
            *(inline.get_formset(request).form for inline in room.get_inline_instances(request)),
        ]
        labels = {(form, name): str(field.label) for form in forms for name, field in form.base_fields.items()}
        english = [
            key for key, label in labels.items() if label.lower() == key[1].replace("_", " ") and label not in ALIKE
        ]
        assert not english
