"""Five workers send at once: each mail leaves once, and each cause writes one."""

import time

import pytest
from pytest_django import Settings

from fulfilment.flows import send_mail as flow
from fulfilment.flows import tell_customer
from fulfilment.flows.send_mail import send_mail
from fulfilment.gateways import mailbox
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.at_once import five_times
from tests.support.outside import asked_from_outside_of_transactions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handed_over(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a slow mail server took; eight mails wait for it."""
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    for number in range(8):
        tell_customer.refunded(rows.refund(order, 100, name=f"re_{number}"), rows.NOW)
    taken: list[str] = []

    def send(letter: mailbox.Letter, url: str) -> None:
        asked_from_outside_of_transactions()
        time.sleep(0.02)
        taken.append(letter.message_id)

    settings.MAIL_URL = "smtp://127.0.0.1:1"
    monkeypatch.setattr(mailbox, "send", send)
    return taken


def test_five_workers_hand_over_each_mail_once(handed_over: list[str]) -> None:
    sent = five_times(lambda: send_mail(now=rows.NOW))

    assert sum(sent) == len(handed_over) == len(set(handed_over)) == 8
    assert not Mail.objects.filter(sent_at__isnull=True).exists()


def test_without_the_lease_mails_would_leave_several_times(
    handed_over: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "_leased", lambda pk, now: True)

    five_times(lambda: send_mail(now=rows.NOW))

    assert len(handed_over) > len(set(handed_over)) == 8


def test_one_cause_writes_one_mail_however_often_it_is_told() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])

    given_back = rows.refund(order, 100)

    five_times(lambda: tell_customer.refunded(given_back, rows.NOW))

    assert Mail.objects.count() == 1
