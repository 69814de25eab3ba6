"""Whoever works for another workshop finds nothing of this one, at any address of the portal, whatever they send."""

from dataclasses import dataclass

import pytest
from django.db import models
from django.test import Client
from django.urls import URLPattern, reverse

from fulfilment.entrypoints.portal.urls import urlpatterns
from fulfilment.flows import work_task
from fulfilment.flows.announce_return import announce
from fulfilment.inbox.models import Mark
from fulfilment.mail.models import Mail
from fulfilment.partners.models import Membership, Partner, User
from fulfilment.production.models import Impediment, Parcel, ParcelLine, Task, TaskLine, TaskStep
from fulfilment.returns.models import Return, ReturnLine
from tests.support import rows, workshop
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db

SECRETS = ("Zit", "An Peeters", "Kouter 1", "9000 Gent", "323212345678", "Compaan", "€\u00a0123,45")
"""What stands on pages of the workshop that is looked for, and may stand on no page of a stranger."""

WATCHED: tuple[type[models.Model], ...] = (
    *(Task, TaskLine, TaskStep, Parcel, ParcelLine, Impediment, Return, ReturnLine, Mark, Mail),
)


@dataclass(frozen=True)
class House:
    """A workshop with a task in every state, a parcel on its way, one that arrived and one that was collected."""

    partner: Partner
    coach: User
    tasks: tuple[Task, ...]
    parcels: tuple[Parcel, ...]


def furnish() -> House:
    compaan = rows.partner("compaan")
    coach = workshop.member(compaan)
    waiting = workshop.task(compaan, [THREE_STOOLS])
    further = [
        workshop.brought_to(state, workshop.task(compaan, [THREE_STOOLS]), coach)
        for state in ("accepted", "making", "ready", "ready")
    ]
    [line] = workshop.units(further[-1])
    part = workshop.shipped(further[-1], coach, quantities={line: 1})
    arrived = workshop.shipped(further[-1], coach, quantities={line: 1}, form_key="form-3")
    work_task.deliver(arrived.public_id, by=coach, now=NOW)
    collected = workshop.shipped(further[-1], coach, quantities={line: 1}, carrier="afgehaald", form_key="form-2")
    for is_back in (False, True):
        units = {further[-1].order.lines.get().pk: 1}
        announce(further[-1].order.public_id, units, reason=Return.Reason.WRONG, now=NOW, is_back=is_back)
    rows.held(waiting.order, compaan, 12_345)
    workshop.says(further[1], coach, "blocked", "material")
    return House(compaan, coach, (waiting, *further), (part, arrived, collected))


def own_pages(house: House) -> list[str]:
    """Addresses that name nothing: a stranger gets their own page there, and nothing of this workshop on it."""
    return []


def of_tasks(house: House) -> list[str]:
    return [task.public_id for task in house.tasks]


def of_parcels(house: House) -> list[str]:
    return [parcel.public_id for parcel in house.parcels]


def of_impediments(house: House) -> list[str]:
    return list(Impediment.objects.filter(task__in=house.tasks).values_list("public_id", flat=True))


def of_returns(house: House) -> list[str]:
    return list(Return.objects.filter(task__in=house.tasks).values_list("public_id", flat=True))


def of_workshop(house: House) -> list[str]:
    return [house.partner.public_id]


CASES = {
    "today": own_pages,
    "hours": own_pages,
    "parcels": own_pages,
    "returns": own_pages,
    "receive": of_returns,
    "judge": of_returns,
    "undo_return": of_returns,
    "earnings": own_pages,
    "switch": of_workshop,
    "task": of_tasks,
    "accept": of_tasks,
    "start": of_tasks,
    "finish": of_tasks,
    "undo": of_tasks,
    "trouble": of_tasks,
    "go_on": of_tasks,
    "take_back": of_impediments,
    "ship": of_tasks,
    "task_slip": of_tasks,
    "lay_ready": of_parcels,
    "undo_lay_ready": of_parcels,
    "deliver": of_parcels,
    "undo_delivery": of_parcels,
    "tracking": of_parcels,
    "parcel_slip": of_parcels,
}
"""What is named in each address of the portal. A new address needs a line here, or the first test fails."""


def names() -> list[str]:
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern), "walk what is included as well"
        assert pattern.name
        found.append(pattern.name)
    return found


def addresses(name: str, house: House) -> list[str]:
    return [reverse(f"portal:{name}", args=[key]) for key in CASES[name](house)]


def bodies(house: House) -> list[dict[str, str]]:
    """What a stranger could send: nothing, and all that the forms of the owner hold."""
    everything = {"carrier": "bpost", "tracking_code": "999999", "form_key": "stolen-key", "from": "list"}
    everything |= {"kind": "later", "reason": "busy", "day": "2027-01-04", "told": "", "note": ""}
    for line in TaskLine.objects.filter(task__in=house.tasks):
        everything[f"quantity-{line.pk}"] = "1"
    for piece in ReturnLine.objects.all():
        everything |= {f"quantity-{piece.pk}": "1", f"piece-{piece.pk}-1": "new"}
    steps = ("accepted", "making", "ready", "received", "judged")
    return [{}, *({**everything, "step": step} for step in steps)]


def snapshot() -> list[list[dict[str, object]]]:
    return [list(model._default_manager.order_by("pk").values()) for model in WATCHED]


def strangers() -> dict[str, Client]:
    """Somebody of another workshop, a designer, a viewer of this workshop, staff, somebody of nothing."""
    labeur = rows.partner("labeur")
    workshop.task(labeur)
    compaan = Partner.objects.get(slug="compaan")
    people = {
        "another workshop": workshop.member(labeur),
        "designer": workshop.member(rows.partner("cas-moor", kind="designer"), role=Membership.Role.DESIGNER),
        "viewer of this workshop": workshop.member(compaan, role=Membership.Role.VIEWER),
        "designer within this workshop": workshop.member(compaan, role=Membership.Role.DESIGNER),
        "staff": User.objects.create_user(
            "operator@example.com", is_staff=True, staff_role="operator", is_superuser=True
        ),
        "nobody": User.objects.create_user("nobody@example.com"),
    }
    clients = {}
    for who, user in people.items():
        clients[who] = Client()
        clients[who].force_login(user)
    return clients


def test_every_address_of_the_portal_has_its_case() -> None:
    assert sorted(names()) == sorted(CASES)


def test_somebody_of_another_workshop_gets_404_everywhere_and_changes_nothing() -> None:
    house = furnish()
    stranger = strangers()["another workshop"]
    before, sent = snapshot(), bodies(house)

    for name in names():
        for address in addresses(name, house):
            assert stranger.get(address, sent[-1]).status_code == 404, address
            for body in sent:
                assert stranger.post(address, body).status_code == 404, address

    assert snapshot() == before


def test_a_page_of_ones_own_shows_nothing_of_another_workshop() -> None:
    house = furnish()
    stranger = strangers()["another workshop"]
    before, sent = snapshot(), bodies(house)

    for name, case in CASES.items():
        if case is not own_pages:
            continue
        address = reverse(f"portal:{name}")
        answers = [stranger.get(address, {"werkplaats": house.partner.public_id})]
        answers += [stranger.post(address, body) for body in sent]
        for answer in answers:
            assert answer.status_code in (200, 422)  # what is no number of hours is refused
            text = answer.content.decode()
            assert not [secret for secret in SECRETS if secret in text]
            assert not [task for task in house.tasks if task.public_id in text]

    assert snapshot() == before


def test_the_owner_does_see_on_these_pages_what_a_stranger_may_not() -> None:
    """So that the tests above do not pass on empty pages."""
    house = furnish()
    owner = Client()
    owner.force_login(house.coach)
    seen = ""
    for name in ("today", "parcels", "earnings", "task"):
        for address in addresses(name, house) or [reverse(f"portal:{name}")]:
            answer = owner.get(address)
            assert answer.status_code == 200, address
            seen += answer.content.decode()

    assert [secret for secret in SECRETS if secret not in seen] == []


def test_a_worker_of_this_workshop_sees_its_work_and_nowhere_what_it_earns() -> None:
    house = furnish()
    worker = Client()
    worker.force_login(workshop.member(house.partner, role=Membership.Role.WORKER))

    for name in ("today", "parcels", "task", "ship", "tracking"):
        for address in addresses(name, house) or [reverse(f"portal:{name}")]:
            text = worker.get(address, follow=True).content.decode()
            assert "Compaan" in text, address
            assert reverse("portal:earnings") not in text, address
            assert "€" not in text, address
    for answer in (worker.get(reverse("portal:earnings")), worker.post(reverse("portal:earnings"))):
        assert answer.status_code == 403
        assert "Dit is niet voor jou" in answer.content.decode()
        assert "123,45" not in answer.content.decode()


def test_who_works_for_no_workshop_is_sent_home_and_changes_nothing() -> None:
    house = furnish()
    others = strangers()
    del others["another workshop"]
    before, sent = snapshot(), bodies(house)

    for name in names():
        for address in addresses(name, house) or [reverse(f"portal:{name}")]:
            for who, client in others.items():
                # Who is next to the work tries all of it, the others the most that a form holds.
                tried = sent if who == "viewer of this workshop" else sent[-1:]
                for answer in (client.get(address), *(client.post(address, body) for body in tried)):
                    assert (answer.status_code, answer["Location"]) == (302, "/"), (who, address)

    assert snapshot() == before


def test_who_is_not_logged_in_is_asked_to() -> None:
    house = furnish()
    before = snapshot()

    for name in names():
        for address in addresses(name, house) or [reverse(f"portal:{name}")]:
            for answer in (Client().get(address), Client().post(address, {})):
                assert answer.status_code == 302
                assert answer["Location"].startswith("/accounts/login/?next=/portal/")

    assert snapshot() == before
