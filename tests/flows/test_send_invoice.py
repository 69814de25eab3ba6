"""An invoice goes over Peppol, or by mail to whoever cannot be reached there; what became of it is heard."""

from pathlib import Path

import pytest
from pytest_django import Settings

from fulfilment.entrypoints.documents.invoice import invoice_pdf
from fulfilment.entrypoints.jobs import process
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import send_invoice
from fulfilment.flows.send_mail import send_mail
from fulfilment.gateways import mailbox
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.invoices.models import Invoice, Sending
from fulfilment.invoices.transport import Answer
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from tests.support import rows
from tests.support.bought import LAMP, agree, bought, issues
from tests.support.invoices import HOTEL, KANTOOR
from tests.support.invoicing import LATER, invoiced, who_sells

pytestmark = pytest.mark.django_db

State = Sending.State


class AccessPoint:
    """An access point that does as it is told, and counts."""

    def __init__(self) -> None:
        self.took: list[str] = []
        self.answer = Answer()
        self.is_away = False

    def hand_over(self, name: str, document: bytes) -> None:
        if self.is_away:
            raise GatewayError("no", retry=True, at="Peppol")
        assert document.startswith(b"<?xml")
        self.took.append(name)

    def became_of(self, name: str) -> Answer:
        return self.answer


@pytest.fixture
def way(settings: Settings, tmp_path: Path) -> AccessPoint:
    who_sells(settings)
    settings.PEPPOL_FOLDER = str(tmp_path)
    return AccessPoint()


def made(buyer: object = HOTEL, *, language: str = "nl") -> Invoice:
    agree("SG-001")
    order = bought(LAMP).order
    Order.objects.filter(pk=order.pk).update(language=language, paid_at=None)
    return invoiced(Order.objects.get(pk=order.pk), buyer)  # type: ignore[arg-type]


def asked(invoice: Invoice) -> Sending:
    return send_invoice.send(invoice.pk, by=rows.user("geld@example.com", role="finance"), now=LATER)


def work(invoice: Invoice, way: AccessPoint) -> str:
    send_invoice.carry_out(invoice.public_id, way, invoice_pdf, now=LATER)
    return str(Sending.objects.values_list("state", flat=True).get(invoice=invoice))


def test_a_belgian_gets_it_over_peppol_and_it_arrives(way: AccessPoint) -> None:
    invoice = made()
    assert asked(invoice).route == "peppol"
    assert Mark.objects.get(kind=Mark.Kind.INVOICE).object_id == invoice.public_id
    assert work(invoice, way) == State.SENT
    way.answer = Answer(delivered=True)
    assert work(invoice, way) == State.DELIVERED
    assert work(invoice, way) == State.DELIVERED
    assert way.took == [invoice.number]


def test_an_access_point_that_is_away_is_asked_again(way: AccessPoint) -> None:
    invoice = made()
    asked(invoice)
    way.is_away = True
    with pytest.raises(GatewayError):
        work(invoice, way)
    way.is_away = False
    assert work(invoice, way) == State.SENT
    assert way.took == [invoice.number]


def test_a_refusal_stands_on_the_list_until_it_arrives(way: AccessPoint) -> None:
    invoice = made()
    asked(invoice)
    way.answer = Answer(refused=True, why="Onbekende ontvanger.")
    assert work(invoice, way) == State.REFUSED
    assert issues(OpenIssue.Kind.INVOICE_REFUSED) == [invoice.number]
    assert "Onbekende ontvanger." in OpenIssue.objects.get(kind=OpenIssue.Kind.INVOICE_REFUSED).message
    send_invoice.send(invoice.pk, by=rows.user("later@example.com", role="finance"), now=LATER)
    way.answer = Answer(delivered=True)
    assert work(invoice, way) == State.DELIVERED
    assert issues(OpenIssue.Kind.INVOICE_REFUSED) == []


def test_it_is_sent_once(way: AccessPoint) -> None:
    invoice = made()
    asked(invoice)
    with pytest.raises(Refusal, match="al verstuurd"):
        send_invoice.send(invoice.pk, by=rows.user("later@example.com", role="finance"), now=LATER)


def test_without_a_way_to_peppol_it_says_so(way: AccessPoint, settings: Settings) -> None:
    settings.PEPPOL_FOLDER = ""
    with pytest.raises(Refusal, match="geen weg naar Peppol"):
        asked(made())


def test_what_is_on_its_way_is_looked_at_again_and_a_worker_brings_it_there(way: AccessPoint, tmp_path: Path) -> None:
    invoice = made()
    asked(invoice)
    process(Mark.Kind.INVOICE, invoice.public_id, LATER)
    (tmp_path / "outbox" / f"{invoice.number}.xml").replace(tmp_path / "delivered" / f"{invoice.number}.xml")
    send_invoice.sweep_invoices(now=LATER)
    process(Mark.Kind.INVOICE, invoice.public_id, LATER)
    assert Sending.objects.get().state == State.DELIVERED
    send_invoice.sweep_invoices(now=LATER)
    mark = Mark.objects.get(kind=Mark.Kind.INVOICE)
    assert mark.counter == mark.handled


@pytest.mark.parametrize(("language", "subject"), [("nl", "Factuur"), ("en", "Invoice"), ("fr", "Facture")])
def test_whoever_is_abroad_gets_pdf_and_xml_by_mail_in_their_language(
    way: AccessPoint, settings: Settings, language: str, subject: str
) -> None:
    invoice = made(KANTOOR, language=language)
    assert asked(invoice).route == "mail"
    assert work(invoice, way) == work(invoice, way) == State.SENT
    mail = Mail.objects.get(to=KANTOOR.email)
    assert mail.subject == f"{subject} {invoice.number}"
    settings.MAIL_URL = mailbox.KEPT_ONLY
    send_mail(now=LATER)
    files = [(one.name, bytes(one.content)[:5]) for one in mail.attachments.all()]
    assert files == [(f"{invoice.number}.pdf", b"%PDF-"), (f"{invoice.number}.xml", b"<?xml")]
