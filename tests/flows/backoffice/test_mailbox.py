"""The demo mail page: there while no mail goes anywhere, and only for who may look."""

from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.flows import tell_customer
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.furnished import House


def a_mail(house: House) -> Mail:
    tell_customer.refunded(rows.refund(house.order, 1_000, name="re_1"), rows.NOW)
    return Mail.objects.get()


def test_in_a_demo_everybody_sees_the_mails(client: Client, house: House, settings: Settings) -> None:
    settings.IS_DEMO = True
    mail = a_mail(house)
    assert mail.subject in client.get(reverse("mailbox")).content.decode()
    page = client.get(reverse("mail", args=[mail.public_id])).content.decode()
    assert f'<template shadowrootmode="open">{mail.html}</template>' in page


def test_a_mail_stands_there_whole_and_nothing_in_it_runs(client: Client, house: House, settings: Settings) -> None:
    """A frame would cut it off, since nobody knows its height; a policy keeps what a frame would have kept."""
    settings.IS_DEMO = True
    answer = client.get(reverse("mail", args=[a_mail(house).public_id]))
    assert "<iframe" not in answer.content.decode()
    for rule in ("default-src 'self'", "script-src 'none'", "form-action 'none'", "base-uri 'none'"):
        assert rule in answer.headers["Content-Security-Policy"]


def test_a_mail_looks_the_same_without_a_body_of_its_own(house: House) -> None:
    inside = a_mail(house).html.partition("<body")[2].partition(">")[2]
    assert inside.lstrip().startswith('<table role="presentation"')
    assert "font-family:" in inside.partition(">")[0]


def test_elsewhere_only_staff_does(client: Client, staff: Client, house: House, settings: Settings) -> None:
    settings.IS_DEMO = False
    mail = a_mail(house)
    for address in (reverse("mailbox"), reverse("mail", args=[mail.public_id])):
        assert client.get(address).headers["Location"].startswith(reverse("account_login"))
        assert staff.get(address).status_code == 200
    client.force_login(rows.user("coach@example.com"))
    assert client.get(reverse("mailbox")).status_code == 403


def test_beside_a_mail_server_there_is_no_such_page(staff: Client, house: House, settings: Settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:25"
    mail = a_mail(house)
    assert staff.get(reverse("mailbox")).status_code == 404
    assert staff.get(reverse("mail", args=[mail.public_id])).status_code == 404
