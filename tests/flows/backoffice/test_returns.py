"""What comes back, in the back office: announced, followed, decided upon; and what was pressed by mistake."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.flows import request_refund, work_return
from fulfilment.flows.plan_refund import Choice
from fulfilment.flows.watch_returns import sweep_returns
from fulfilment.inbox.models import OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order, Refund
from fulfilment.production.models import Task
from fulfilment.returns.models import Return
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought
from tests.support.coming_back import announced, judged, received, sent
from tests.support.pages import as_opened, told

pytestmark = pytest.mark.django_db


def page(staff: Client, order: Order, name: str = "change", query: str = "") -> str:
    answer = staff.get(reverse(f"backoffice:orders_order_{name}", args=[order.pk]) + query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def press(staff: Client, order: Order, name: str, **body: object) -> str:
    answer = staff.post(reverse(f"backoffice:orders_order_{name}", args=[order.pk]), body, follow=True)
    assert answer.status_code in (200, 422)
    return answer.content.decode()


def state() -> str:
    return Return.objects.get().state


def test_what_left_can_be_announced_with_a_reason(staff: Client) -> None:
    found = sent()
    assert "Retour aankondigen" in page(staff, found.order)
    assert "van 3" in page(staff, found.order, "return")
    done = press(staff, found.order, "return", **{f"line-{found.line}": 2, "reason": "damaged"})
    assert "Aangekondigd. De klant krijgt een mail" in done
    back = Return.objects.get()
    assert (back.reason, back.lines.get().quantity, back.announced_by is not None) == ("damaged", 2, True)
    for text in ("Kwam stuk aan", "Retour naar Compaan aangekondigd", "Het is onderweg", "De klant houdt het"):
        assert text in done


def form_of_returns(staff: Client, order: Order, **filled: object) -> dict[str, object]:
    """The form as it stands on the page now, filled in."""
    [seen] = re.findall(r'name="seen" value="([^"]*)"', page(staff, order, "return"))
    return {"seen": seen, "reason": "wrong", **filled}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_form_that_is_sent_twice_announces_once(staff: Client, count: int) -> None:
    found = sent()
    form = form_of_returns(staff, found.order, **{f"line-{found.line}": count})
    assert "Aangekondigd." in press(staff, found.order, "return", **form)
    assert "Dit was al aangekondigd, of er veranderde intussen iets." in press(staff, found.order, "return", **form)
    assert Return.objects.count() == 1
    assert Mail.objects.filter(key__startswith="return:").count() == 1


def test_a_form_from_before_something_that_the_customer_kept_is_from_before(staff: Client) -> None:
    found = sent()
    form = form_of_returns(staff, found.order, **{f"line-{found.line}": 1})
    press(staff, found.order, "return", **form)
    press(staff, found.order, "return_kept", **{"return": Return.objects.get().public_id})
    assert "Dit was al aangekondigd" in press(staff, found.order, "return", **form)
    assert Return.objects.count() == 1


def test_who_looked_again_announces_the_rest(staff: Client) -> None:
    found = sent()
    for _ in range(2):
        form = form_of_returns(staff, found.order, **{f"line-{found.line}": 1})
        assert "Aangekondigd." in press(staff, found.order, "return", **form)
    assert Return.objects.count() == 2


def test_what_is_there_already_is_announced_as_such_and_nobody_is_asked_to_send_it(staff: Client) -> None:
    found = sent()
    press(staff, found.order, "return", **{f"line-{found.line}": 1, "reason": "wrong", "is_back": "on"})
    assert state() == "received"
    assert not Mail.objects.filter(key__startswith="return:").exists()


@pytest.mark.parametrize("count", [0, 4, -1, "veel"])
def test_more_than_the_customer_has_cannot_be_announced(staff: Client, count: object) -> None:
    found = sent()
    press(staff, found.order, "return", **{f"line-{found.line}": count, "reason": "wrong"})
    assert not Return.objects.exists()


def test_of_an_order_that_did_not_leave_nothing_can_be_announced(staff: Client) -> None:
    agree("SG-001")
    order = bought(LAMP).order
    assert "Retour aankondigen" not in page(staff, order)
    assert "niets dat nog terug kan komen" in page(staff, order, "return")


def test_the_buttons_of_a_return_move_it(staff: Client) -> None:
    found = sent()
    name = announced(found).public_id
    done = press(
        staff, found.order, "return_expected", **{"return": name, "carrier": "bpost", "tracking_code": "T 123"}
    )
    back = Return.objects.get()
    assert (back.state, back.carrier, back.tracking_code) == ("expected", "bpost", "T123")
    assert "Retour naar Compaan: Onderweg terug" in done
    press(staff, found.order, "return_lost", **{"return": name})
    assert state() == "lost"
    press(staff, found.order, "return_expected", **{"return": name})
    press(staff, found.order, "return_kept", **{"return": name})
    assert state() == "withdrawn"
    assert "Dat kan nu niet" in press(staff, found.order, "return_lost", **{"return": name})


@pytest.mark.parametrize("code", ["\N{GRINNING FACE}", "ab", "x" * 41])
def test_a_tracking_code_of_a_return_must_be_able_to_be_one(staff: Client, code: str) -> None:
    found = sent()
    form = {"return": announced(found).public_id, "carrier": "bpost", "tracking_code": code}
    answer = staff.post(reverse("backoffice:orders_order_return_expected", args=[found.order.pk]), form)
    told = answer.content.decode()
    assert "Een trackingcode heeft 3 tot 40 tekens" in told
    assert f'value="{code}"' in told
    assert '<option value="bpost" selected>' in told
    assert state() == "announced"


def test_a_return_of_another_order_is_not_moved_from_here(staff: Client) -> None:
    found = sent()
    name = announced(found).public_id
    other = rows.order([("SG-001", "Koord", 1, 10_000)])
    for act in ("return_expected", "return_lost", "return_kept", "return_no_money"):
        assert "hoort niet bij deze bestelling" in press(staff, other, act, **{"return": name})
    assert state() == "announced"


def test_what_was_judged_leads_to_its_refund_filled_in(staff: Client) -> None:
    found = sent()
    back = judged(received(announced(found, 2), found.coach), found.coach)
    shown = page(staff, found.order)
    assert "2 als nieuw" in shown
    assert f"?kind=came_back&amp;line-{found.line}=2" in shown
    form = page(staff, found.order, "refund", f"?kind=came_back&line-{found.line}=2")
    assert f'name="line-{found.line}" value="2"' in form
    press(staff, found.order, "return_no_money", **{"return": back.public_id})
    assert "Er gaat geen geld terug" not in page(staff, found.order)


def test_an_old_page_does_not_say_that_no_money_goes_back_for_what_is_refunded(staff: Client) -> None:
    found = sent()
    back = judged(received(announced(found, 2), found.coach), found.coach)
    rows.received(found.order)
    request_refund._write(
        found.order.pk,
        Choice(Refund.Kind.CAME_BACK, {found.line: 2}),
        reason="",
        by=None,
        seen=None,
        is_back=False,
        now=NOW,
    )
    told = press(staff, found.order, "return_no_money", **{"return": back.public_id})
    assert "geen geld meer terug" not in told
    assert "Hiervoor gaat of ging al geld terug." in told
    assert Return.objects.get().keeps_money_at is None


def shipped_stools() -> Bought:
    agree("SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    made = bought(STOOL)
    rows.parcel(Task.objects.get())
    return made


def test_giving_money_for_what_comes_back_asks_whether_it_is_there(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shipped_stools()
    monkeypatch.setattr("fulfilment.entrypoints.backoffice.refunds.connected", found.saleor.as_saleor)
    asked = page(staff, found.order, "refund", "?kind=came_back")
    assert "Het is al terug in het atelier" in asked
    assert "Het is al terug" not in page(staff, found.order, "refund", "?kind=gesture")
    body = {"kind": "came_back", f"line-{found.line(0)}": 1, "reason": "Kras", "is_back": "on"}
    press(staff, found.order, "refund", **body)
    assert (state(), Refund.objects.get().kind) == ("received", "came_back")


def test_an_exception_of_a_return_leads_to_it(staff: Client) -> None:
    found = sent()
    announced(found)
    sweep_returns(now=NOW + timedelta(days=60))
    issue = OpenIssue.objects.get(kind="return_late")
    shown = staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk])).content.decode()
    assert reverse("backoffice:orders_order_change", args=[found.order.pk]) + "#returns" in shown
    assert "Vraag de klant of het weg is" in shown


def test_a_button_on_an_old_page_overwrites_no_code_that_was_given_meanwhile(staff: Client) -> None:
    found = sent()
    back = announced(found)
    old = {"return": back.public_id, "seen": ":", "carrier": "", "tracking_code": ""}
    other = {"carrier": "dpd", "tracking_code": "055312"}
    work_return.expect(back.public_id, carrier="bpost", tracking_code="TERUG1", by=None, now=NOW)

    press(staff, found.order, "return_expected", **old)  # nothing was filled in: it says only that it is on its way
    assert Return.objects.get().tracking_code == "TERUG1"

    address = reverse("backoffice:orders_order_return_expected", args=[found.order.pk])
    refused = told(staff.post(address, old | other))
    assert "Intussen vulde iemand dit al in: bpost TERUG1." in refused
    assert Return.objects.get().tracking_code == "TERUG1"

    press(staff, found.order, "return_expected", **{**old, **other, "seen": as_opened(refused)["seen"]})
    assert Return.objects.get().tracking_code == "055312"
