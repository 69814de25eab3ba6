"""Who bought it, and where its invoice goes: it need not be who gets the parcel, nor where that goes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fulfilment.entrypoints.documents.content import content_of, document
from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import slip_content
from fulfilment.flows.tell_customer import order_confirmed
from fulfilment.gateways.saleor.values import SaleorAddress
from fulfilment.mail.models import Mail
from fulfilment.orders.documents import documents_of
from fulfilment.orders.models import Order, Recipient
from fulfilment.orders.places import PARTS, Address, address_told, delivered_to, invoiced_to
from fulfilment.production.models import Task
from tests.support import remote, workshop
from tests.support.bought import NOW, Bought
from tests.support.buyer import POINT, collected, lamp
from tests.support.portal import bench
from tests.support.refund_steps import ask, not_wanted, paid

pytestmark = pytest.mark.django_db

ITALIAN = ["Bea Claes", "Claes bv", "Werfkaai 2", "10121 Torino, TO", "Italië"]


def as_before(found: Bought) -> None:
    """As an order stands that was taken in before it was kept who bought it."""
    Recipient.objects.filter(order=found.order).update(**{f"buyer_{part}": "" for part in PARTS})


def content(order: Order, at: int = 0) -> dict[str, Any]:
    made = content_of(order, documents_of(order)[at])
    assert made is not None
    return made


def confirmed(found: Bought) -> Mail:
    order_confirmed(found.order, NOW)
    return Mail.objects.get(key=f"order:{found.order.public_id}:confirmed")


def test_both_addresses_of_an_order_are_kept_as_they_were_told() -> None:
    recipient = Recipient.objects.get(order=lamp().order)
    assert delivered_to(recipient) == Address("An Peeters", "", "Kouter 1", "", "9000", "Gent", "", "BE")
    assert invoiced_to(recipient) == Address("Bea Claes", "Claes bv", "Werfkaai 2", "", "10121", "Torino", "TO", "IT")
    assert recipient.bought_by == "Bea Claes"


def test_names_as_long_as_saleor_takes_them_do_not_keep_an_order_out() -> None:
    area = "A" * 128
    long = SaleorAddress("N" * 513, "C" * 256, "S" * 256, "X" * 256, "9" * 20, "G" * 256, area, "IT", "0" * 128)
    recipient = Recipient.objects.get(order=lamp(long, address=long).order)
    assert (recipient.area, recipient.buyer_area, recipient.buyer_name) == (area, area, "N" * 513)


def test_the_proof_names_who_bought_it_and_says_apart_where_it_went() -> None:
    found = lamp()
    told = content(found.order)
    assert (told["to"], told["labels"]["to"]) == (ITALIAN, "Gekocht door")
    assert (told["went_to"], told["labels"]["went_to"]) == (["An Peeters", "Kouter 1", "9000 Gent"], "Leveradres")
    made = document(found.order, documents_of(found.order)[0])
    assert made is not None
    assert made.startswith(b"%PDF-")


def test_the_proof_of_a_refund_names_who_bought_it_too() -> None:
    found = lamp()
    paid(found, ask(found, not_wanted(found, {0: 1})))
    told = content(found.order, 1)
    assert (told["title"], told["to"], told["went_to"][0]) == ("Creditnota", ITALIAN, "An Peeters")


def test_the_same_address_stands_on_the_proof_once() -> None:
    found = lamp(replace(remote.ADDRESS, phone="+32 9 000 00 00"))  # a telephone is no part of where it goes
    told = content(found.order)
    assert (told["to"], told["went_to"]) == (["An Peeters", "Kouter 1", "9000 Gent"], [])


def test_who_collects_it_reads_their_own_address_on_the_proof_and_the_collection_point_apart() -> None:
    told = content(collected().order)
    assert told["to"] == ITALIAN
    assert (told["went_to"], told["labels"]["went_to"]) == ([POINT, "Voorbeeldkaai 1", "9000 Gent"], "Afhaalpunt")


@pytest.mark.parametrize("how", ["delivered", "collected"])
def test_the_confirmation_tells_the_address_of_the_invoice_where_it_is_another(how: str) -> None:
    mail = confirmed(lamp() if how == "delivered" else collected())
    for text in (mail.text, mail.html):
        assert "Op je aankoopbewijs zetten we:" in text
        for row in ITALIAN:
            assert row in text


def test_the_confirmation_tells_an_address_once_where_it_is_the_same() -> None:
    mail = confirmed(lamp(remote.ADDRESS))
    for text in (mail.text, mail.html):
        assert "Op je aankoopbewijs zetten we:" not in text
        assert text.count("Kouter 1") == 1


def test_mails_greet_who_bought_it_and_not_who_gets_the_parcel() -> None:
    assert confirmed(lamp()).text.startswith("Dag Bea Claes,")


def test_nothing_that_goes_with_the_parcel_names_who_bought_it() -> None:
    found = lamp()
    task = Task.objects.get(order=found.order)
    slip = str(slip_content(task, cards.open_units(task), cards.address(found.order.pk)))
    assert "An Peeters" in slip
    assert "Bea Claes" not in slip
    assert "Torino" not in slip


def test_an_order_from_before_shows_what_it_showed() -> None:
    found = lamp()
    as_before(found)
    told = content(found.order)
    assert (told["to"], told["went_to"]) == (["An Peeters", "Kouter 1", "9000 Gent"], [])
    mail = confirmed(found)
    assert mail.text.startswith("Dag An Peeters,")
    assert "Op je aankoopbewijs" not in mail.text


def changed(found: Bought, **more: Any) -> None:
    """Something about it changed in Saleor, and it is read again."""
    found.tell(replace(found.remote, changed_at=found.remote.changed_at + timedelta(hours=1), **more))


def test_an_order_from_before_learns_who_bought_it_once_it_is_read_again() -> None:
    found = lamp()
    as_before(found)
    changed(found)
    assert content(found.order)["to"] == ITALIAN
    changed(found, buyer=remote.ADDRESS)  # what was told at first stays, as with all that was bought
    assert content(found.order)["to"] == ITALIAN


def test_who_was_forgotten_is_not_learned_again() -> None:
    found = lamp()
    as_before(found)
    Recipient.objects.update(purged_at=NOW)
    changed(found)
    assert Recipient.objects.get().buyer_name == ""
    assert content(found.order)["to"] == []


def test_an_order_without_an_address_of_an_invoice_is_of_who_gets_it() -> None:
    found = lamp(None)
    changed(found)
    assert content(found.order)["to"] == ["An Peeters", "Kouter 1", "9000 Gent"]


def test_a_label_has_the_province_of_an_address_that_has_one() -> None:
    compaan, _coach, _client = bench()
    task = workshop.task(compaan)
    Recipient.objects.filter(order=task.order).update(postal_code="10121", city="Torino", area="TO", country="IT")
    assert cards.address(task.order_id) == ["An Peeters", "Kouter 1", "10121 Torino, TO", "Italië"]


def test_a_province_stands_with_its_place_and_alone_where_there_is_none() -> None:
    place = Address("An", "", "Main St 1", "", "10001", "New York", "NY", "US")
    assert address_told(place, "en") == ["An", "Main St 1", "10001 New York, NY", "United States"]
    assert address_told(replace(place, postal_code="", city=""), "fr") == ["An", "Main St 1", "NY", "États-Unis"]
