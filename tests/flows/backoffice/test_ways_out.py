"""Every kind of exception has a button that solves it, or a reason why none can; pressing twice does no harm."""

from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice.exception_page import ABOUT_REFUNDS, OF_PAYMENTS
from fulfilment.entrypoints.backoffice.ways_out import COMPANIES, TO_BE_SEEN, WAYS_OUT
from fulfilment.errors import GatewayError
from fulfilment.flows.send_mail import ATTEMPTS, send_mail
from fulfilment.flows.try_again import KINDS as TRIED_AGAIN
from fulfilment.flows.watch_tasks import KINDS as OF_TASKS
from fulfilment.gateways import mailbox
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.pages import told
from tests.support.rows import NOW

pytestmark = pytest.mark.django_db
Kind = OpenIssue.Kind

ON_THEIR_PAGE = {
    Kind.DISPUTE: "the answer is given at Stripe, to which its button leads",
    Kind.DISPUTE_DUE: "the same",
    Kind.DISPUTE_LOST: "who bears it is chosen there",
    Kind.TASK_UNACCEPTED: "another workshop, by the button of its task",
    Kind.TASK_LATE: "the same",
}
NO_BUTTON = {
    **dict.fromkeys(
        (Kind.MAIL_AWAY, Kind.SALEOR_APP, Kind.SALEOR_HOOKS, Kind.NEIGHBOUR_AWAY, Kind.CLOCK_OFF),
        "it is set right outside, and then leaves the list by itself within a minute",
    ),
    Kind.FOREIGN_MONEY: "it stands with somebody else's payment service, which we cannot ask",
}


def test_every_kind_has_a_button_or_a_reason_why_none_can_be() -> None:
    buttons = {*WAYS_OUT, *COMPANIES, *TO_BE_SEEN, *OF_PAYMENTS, *ABOUT_REFUNDS, *TRIED_AGAIN, *OF_TASKS.values()}
    buttons |= set(ON_THEIR_PAGE)
    assert set(Kind) - buttons == set(NO_BUTTON)
    assert buttons & set(NO_BUTTON) == set()


def issue(kind: OpenIssue.Kind, subject: str) -> OpenIssue:
    raise_issue(kind, subject, "Er is iets.", NOW)
    return OpenIssue.objects.get(kind=kind, subject=subject)


def page(client: Client, about: OpenIssue) -> str:
    return told(client.get(reverse("backoffice:inbox_openissue_change", args=[about.pk])))


def press(client: Client, about: OpenIssue) -> None:
    client.post(reverse("backoffice:inbox_openissue_again", args=[about.pk]))


@pytest.mark.parametrize("kind", TRIED_AGAIN)
def test_what_failed_is_tried_at_once_and_twice_is_as_once(
    kind: OpenIssue.Kind, staff: Client, queued: list[tuple[str, str]], django_capture_on_commit_callbacks: object
) -> None:
    Mark.objects.create(kind="parcel", object_id="pcl_1", marked_at=NOW, failures=5, not_before=NOW + timedelta(days=1))
    about = issue(kind, "parcel:pcl_1")
    assert "Nu opnieuw proberen" in page(staff, about)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        press(staff, about)
        press(staff, about)
    assert set(queued) == {("parcel", "pcl_1")}
    assert OpenIssue.objects.get(pk=about.pk).resolved_at is None  # when it goes well, and not before


@pytest.mark.parametrize("subject", ["sweep:stripe", "check:stripe", "event:'evt_1'"])
def test_what_comes_by_itself_each_minute_has_no_such_button(subject: str, staff: Client) -> None:
    assert "Nu opnieuw proberen" not in page(staff, issue(Kind.GATEWAY, subject))


def test_a_reader_is_not_asked(db: None) -> None:
    reader = Client()
    reader.force_login(rows.user("lezer@example.com", role="reader"))
    about = issue(Kind.GATEWAY, "parcel:pcl_1")
    assert "Nu opnieuw proberen" not in page(reader, about)
    assert reader.post(reverse("backoffice:inbox_openissue_again", args=[about.pk])).status_code == 403


def test_a_mail_that_was_given_up_goes_by_the_button_and_its_exception_with_it(staff: Client) -> None:
    mail = Mail.objects.create(key="k", to="a@example.com", subject="s", text="t", html="h", created_at=NOW)
    now = NOW
    with mock.patch.object(settings, "MAIL_URL", "smtp://127.0.0.1:9"):
        down = mock.patch.object(mailbox, "send", side_effect=GatewayError("no", retry=True, at="mail"))
        with down:
            for _try in range(ATTEMPTS):
                now += timedelta(days=1)
                send_mail(now=now)
        standing = OpenIssue.objects.filter(kind=Kind.GATEWAY, resolved_at=None)
        [about] = standing
        assert about.subject == f"mail:{mail.public_id}"
        assert send_mail(now=now + timedelta(days=9)) == 0
        press(staff, about)
        press(staff, about)
        with down:
            send_mail(now=now)
        assert standing.count() == 1
        press(staff, about)
        with mock.patch.object(mailbox, "send"):
            assert send_mail(now=now) == 1
    assert not OpenIssue.objects.filter(resolved_at=None).exists()
