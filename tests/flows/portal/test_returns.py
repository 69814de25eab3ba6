"""What comes back, at the bench: one question a page, and nothing happens before the last; once is once."""

from datetime import timedelta

import pytest
from django.test import Client

from fulfilment.flows import announce_return
from fulfilment.partners.models import User
from fulfilment.production.models import Task
from fulfilment.returns.models import Return
from tests.support import workshop
from tests.support.portal import bench, form_of, page, press
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db


def coming(count: int = 2) -> tuple[Client, Return]:
    """So many of three stools are announced at the workshop that they left."""
    compaan, coach, client = bench()
    task = sent(workshop.task(compaan, [THREE_STOOLS]), coach)
    [back] = announce_return.announce(
        task.order.public_id, {task.order.lines.get().pk: count}, reason=Return.Reason.DAMAGED, now=NOW
    )
    return client, back


def sent(task: Task, coach: User) -> Task:
    workshop.brought_to("ready", task, coach)
    workshop.shipped(task, coach)
    return task


def state(back: Return) -> str:
    return Return.objects.get(pk=back.pk).state


def test_a_workshop_to_which_nothing_comes_back_is_not_bothered_with_it() -> None:
    _compaan, _coach, client = bench()
    assert "komt iets terug" not in page(client, "today")
    assert "komt terug" not in page(client, "parcels")
    assert "Er komt nu niets terug." in page(client, "returns")


def test_what_comes_back_is_on_the_page_of_today_and_says_why() -> None:
    client, back = coming()
    assert "Er komt iets terug" in page(client, "today")
    assert "Hiervan komt iets terug" in page(client, "task", back.task.public_id)
    shown = page(client, "returns")
    for text in ("2 × Zit", "Kwam stuk aan", "Onderweg naar hier", f"Bestelling {back.order.number}"):
        assert text in shown


def test_how_many_came_is_asked_shown_once_more_and_then_said() -> None:
    client, back = coming()
    line = back.lines.get().pk
    assert "Hoeveel is er aangekomen?" in page(client, "receive", back.public_id)
    check = page(client, "receive", back.public_id, query={f"quantity-{line}": 1})
    assert "Is dit hier?" in check
    assert "1 stuk is er nog niet." in check
    assert state(back) == "announced"
    done = press(client, "receive", back.public_id, **form_of(check))
    assert "Kijk nu na hoe het is." in done
    assert "Na te kijken" in done
    assert sorted(Return.objects.values_list("state", flat=True)) == ["expected", "received"]


def test_of_one_piece_nobody_asks_how_many() -> None:
    client, back = coming(1)
    assert "Is dit hier?" in page(client, "receive", back.public_id)
    press(client, "receive", back.public_id)
    assert state(back) == "received"


@pytest.mark.parametrize("count", ["", "-1", "3", "0", "veel"])
def test_a_number_that_cannot_be_is_asked_again_in_words(count: str) -> None:
    client, back = coming()
    answer = client.get(f"/portal/terug/{back.public_id}/ontvangen/", {f"quantity-{back.lines.get().pk}": count})
    assert answer.status_code == 422
    assert "Hoeveel is er aangekomen?" in answer.content.decode()


def test_each_piece_is_judged_on_a_page_of_its_own() -> None:
    client, back = coming()
    line = back.lines.get().pk
    press(client, "receive", back.public_id, **{f"quantity-{line}": 2})
    first = page(client, "judge", back.public_id)
    assert "Hoe is Zit, stuk 1 van 2?" in first
    for word in ("Als nieuw", "Te herstellen", "Stuk of weg"):
        assert word in first
    second = page(client, "judge", back.public_id, query={f"piece-{line}-1": "new"})
    assert "Hoe is Zit, stuk 2 van 2?" in second
    assert form_of(second)[f"piece-{line}-1"] == "new"
    answers = {f"piece-{line}-1": "new", f"piece-{line}-2": "mend"}
    check = page(client, "judge", back.public_id, query=answers)
    assert "Klopt dit?" in check
    assert state(back) == "received"
    done = press(client, "judge", back.public_id, **form_of(check))
    assert "Het is nagekeken." in done
    assert "1 als nieuw, 1 te herstellen" in done
    assert state(back) == "judged"


def test_a_form_sent_twice_or_come_back_to_does_it_once() -> None:
    client, back = coming()
    line = back.lines.get().pk
    for _ in range(2):
        told = press(client, "receive", back.public_id, **{f"quantity-{line}": 1})
    assert "Dit was al aangekomen." in told
    assert "Dit was al aangekomen." in page(client, "receive", back.public_id)
    answers = {f"piece-{line}-1": "spoilt"}
    for _ in range(2):
        told = press(client, "judge", back.public_id, **answers)
    assert "Dit was al nagekeken." in told
    assert Return.objects.count() == 2


def test_a_wrong_press_is_taken_back_step_by_step_as_long_as_it_can_be() -> None:
    client, back = coming(1)
    press(client, "receive", back.public_id)
    press(client, "judge", back.public_id, **{f"piece-{back.lines.get().pk}-1": "new"})
    assert "Opnieuw nakijken" in page(client, "returns")
    assert "Teruggezet." in press(client, "undo_return", back.public_id, step="judged")
    assert "Toch nog niet hier" in page(client, "returns")
    press(client, "undo_return", back.public_id, step="received")
    assert state(back) == "expected"
    press(client, "receive", back.public_id)
    Return.objects.update(told_at=NOW + timedelta(days=1))
    assert "Toch nog niet hier" not in page(client, "returns")
    assert "er is al iets mee gebeurd" in press(client, "undo_return", back.public_id, step="received")


def test_what_was_judged_meanwhile_is_not_said_to_be_taken_back() -> None:
    client, back = coming(1)
    press(client, "receive", back.public_id)
    press(client, "judge", back.public_id, **{f"piece-{back.lines.get().pk}-1": "new"})
    told = press(client, "undo_return", back.public_id, step="received")
    assert "Teruggezet." not in told
    assert "deze retour staat op “Nagekeken”" in told
    assert state(back) == "judged"


def test_a_step_that_was_taken_back_already_is_said_to_be_so() -> None:
    client, back = coming(1)
    press(client, "receive", back.public_id)
    for _ in range(2):
        assert "Teruggezet." in press(client, "undo_return", back.public_id, step="received")
    assert "Dat kan nu niet" in press(client, "undo_return", back.public_id, step="expected")
    assert state(back) == "expected"


def test_what_is_not_here_is_not_judged() -> None:
    client, back = coming(1)
    assert "Dat kan nu niet met deze retour." in page(client, "judge", back.public_id)
