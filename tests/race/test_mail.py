"""Five workers send at once: each mail leaves once, and each cause writes one."""

import pytest
from pytest_django import Settings

from fulfilment.flows import tell_customer
from fulfilment.flows.send_mail import send_mail
from fulfilment.gateways import mailbox
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.at_once import five_times

pytestmark = pytest.mark.django_db(transaction=True)


def test_five_workers_hand_over_each_mail_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    for number in range(8):
        tell_customer.refunded(rows.refund(order, 100, name=f"re_{number}"), rows.NOW)
    handed_over: list[str] = []
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    monkeypatch.setattr(mailbox, "send", lambda letter, url: handed_over.append(letter.message_id))

    sent = five_times(lambda: send_mail(now=rows.NOW))

    assert sum(sent) == len(handed_over) == len(set(handed_over)) == 8
    assert not Mail.objects.filter(sent_at__isnull=True).exists()


def test_one_cause_writes_one_mail_however_often_it_is_told() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])

    given_back = rows.refund(order, 100)

    five_times(lambda: tell_customer.refunded(given_back, rows.NOW))

    assert Mail.objects.count() == 1
