"""Mail to customers: written once with what happened, sent once by a worker."""

import pytest

from fulfilment.flows import tell_customer
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
from tests.support import rows

pytestmark = pytest.mark.django_db


def test_the_confirmation_names_makers_designers_dates_and_the_way_to_follow() -> None:
    labeur, sep = rows.partner("labeur"), rows.partner("sep-verboom", kind="designer", name="Sep Verboom")
    lamp = rows.agreement("SG-001", labeur, designer=sep)
    order = rows.order([("SG-001", "Koord", 1, 28_900), ("SG-404", "Onbekend", 2, 1_000)], number="42")
    rows.route(order, {"SG-001": lamp})

    tell_customer.order_confirmed(order, rows.NOW)
    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Je bestelling 42 is binnen"
    assert mail.to == "an@example.com"
    for body in (mail.text, mail.html):
        assert "Op de werkbank bij Labeur" in body
        assert "ontworpen door Sep Verboom" in body
        assert "vrijdag 4 december" in body
        assert "€\u00a0308,50" in body
        assert "/nl/volgen/ord_" in body
        assert "2 × Onbekend" in body
        assert "Hier vragen we nog even geduld" in body


def test_a_shipment_tells_what_is_in_the_parcel_and_where_to_follow_it() -> None:
    labeur = rows.partner("labeur")
    order = rows.order([("SG-001", "Koord", 2, 57_800)], number="42")
    [task] = rows.route(order, {"SG-001": rows.agreement("SG-001", labeur)})

    tell_customer.parcel_shipped(rows.parcel(task), rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Labeur heeft je pakket verzonden (bestelling 42)"
    assert "2 × Koord" in mail.text
    assert "https://track.bpost.cloud/btr/web/#/search?itemCode=323212345678" in mail.text


def test_what_is_collected_is_not_called_a_parcel_on_its_way() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)], number="42")
    [task] = rows.route(order, {"SG-001": rows.agreement("SG-001", rows.partner("labeur"))})

    tell_customer.parcel_shipped(rows.parcel(task, carrier="afgehaald", code=""), rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Afgehaald bij Labeur (bestelling 42)"
    assert "Vervoerder" not in mail.text


def test_a_refund_is_told_once_a_refund() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)], number="42")

    for key in ("re_1", "re_1", "re_2"):
        tell_customer.refunded(order, 28_900, key, rows.NOW)

    assert Mail.objects.count() == 2
    assert Mail.objects.earliest("pk").subject == "Je krijgt €\u00a0289,00 terug (bestelling 42)"


def test_names_are_escaped_in_html_and_plain_in_text() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    Recipient.objects.update(name="An <b>& Jan</b>")

    tell_customer.refunded(order, 100, "re_1", rows.NOW)

    mail = Mail.objects.get()
    assert "An &lt;b&gt;&amp; Jan&lt;/b&gt;" in mail.html
    assert "An <b>& Jan</b>" in mail.text


def test_nobody_is_written_to_once_the_address_was_purged() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    Recipient.objects.update(purged_at=rows.NOW)

    tell_customer.refunded(order, 100, "re_1", rows.NOW)

    assert not Mail.objects.exists()
