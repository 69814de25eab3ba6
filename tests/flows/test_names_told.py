"""Who bought in French reads French names; who makes it, and who looks after the order, reads the house's own."""

from dataclasses import replace
from typing import Any

import pytest

from fulfilment.entrypoints.documents.content import content_of
from fulfilment.entrypoints.paper import printed
from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import HERE, slip_content
from fulfilment.flows.tell_customer import order_confirmed
from fulfilment.mail.models import Mail
from fulfilment.orders.documents import documents_of
from fulfilment.orders.models import Order
from fulfilment.orders.tokens import tracking_token
from fulfilment.production.models import Task
from tests.support.bought import LAMP, NOW, Bought, agree, ordered
from tests.support.storefront_api import called

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """A lamp in clay, bought in French."""
    agree("SG-001")
    found: Bought = ordered(LAMP)
    lines = tuple(
        replace(line, product_name="Koord", variant_name="klei", translated_variant_name="argile")
        for line in found.remote.lines
    )
    found.tell(replace(found.remote, language="fr", lines=lines))
    return found.order


def test_a_line_keeps_both_names(order: Order) -> None:
    line = order.lines.get()
    assert (line.product_name, line.name_told) == ("Koord", "Koord")
    assert (line.variant_name, line.variant_told) == ("klei", "argile")


def test_mail_page_and_paper_speak_of_it_as_its_customer_does(order: Order) -> None:
    order_confirmed(order, NOW)
    link = tracking_token(order.public_id)
    content = content_of(order, documents_of(order)[0])
    told = [
        Mail.objects.get(key__endswith=":confirmed").text,
        str(called(f"tracking/{link}")),
        str(called(f"withdrawals/{link}")),
        str(content),
    ]
    assert ["argile" in one for one in told] == [True] * 4
    assert ["klei" in one for one in told] == [False] * 4


def test_its_workshop_reads_the_houses_name(order: Order) -> None:
    [task] = Task.objects.filter(order=order)
    assert [unit.variant for unit in cards.open_units(task)] == ["klei"]
    workshops = Mail.objects.filter(key__startswith="task:").exclude(to="an@example.com")
    assert all("argile" not in mail.text for mail in workshops)


def test_the_packing_slip_is_for_who_opens_the_box_and_names_each_piece_for_who_packs_it(order: Order) -> None:
    task = Task.objects.select_related("producer").get(order=order)
    content: dict[str, Any] = slip_content(task, cards.open_units(task), [], card="Bonne fête")
    [unit] = content["units"]
    assert (unit["variant"], unit["ours"], unit["code"]) == ("argile", "klei", "SG-001")
    assert content["title"] == f"Bon de livraison {order.number}"
    assert "aucun prix" in str(content["gift"])
    assert "fabriqué par" in unit["mark"]
    assert content["cut"] == "Knip dit kaartje uit en leg het bovenop in de doos."
    assert printed(HERE / "slip.typ", content).startswith(b"%PDF")
