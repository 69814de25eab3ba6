"""What there is of somebody, as one file for that person to read."""

import json
from datetime import timedelta

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows import subscribe
from fulfilment.flows.export_person import export
from fulfilment.inbox.models import StripeEvent
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
from tests.support.bought import LAMP, Bought, agree, bought
from tests.support.bought import NOW as BOUGHT
from tests.support.forgetting import EMAIL, RELEASED, account, over, sent, shipped
from tests.support.refund_steps import ask, came_back, paid
from tests.support.wanting_mail import leaving, reader, wish

pytestmark = pytest.mark.django_db

NOW = RELEASED + timedelta(days=3)


@pytest.fixture
def found() -> Bought:
    """An order that is over, of somebody with an account, a mail and a message of Stripe."""
    agree("SG-001")
    made = over(LAMP)
    made.saleor.people.append(account())
    sent(f"order:{made.order.public_id}:confirmed")
    body = {"data": {"object": {"customer_details": {"email": EMAIL, "name": "An Peeters"}}}}
    StripeEvent.objects.create(event_id="evt_1", type="x", body=body, received_at=NOW)
    return made


def test_the_file_holds_all_there_is_under_names_for_people(found: Bought) -> None:
    told = json.loads(json.dumps(export(EMAIL, found.saleor.as_saleor(), now=NOW)))
    [order] = told["bestellingen"]
    assert order["adres"] == {
        "naam": "An Peeters",
        "bedrijf": "",
        "straat": order["adres"]["straat"],
        "extra": "",
        "postcode": "9000",
        "plaats": order["adres"]["plaats"],
        "provincie_of_staat": "",
        "land": "BE",
        "telefoon": order["adres"]["telefoon"],
    }
    assert (order["e-mailadres"], order["nummer"]) == (EMAIL, found.order.number)
    assert order["lijnen"][0]["aantal"] == 1
    assert order["pakketten"][0]["trackingcode"] == "323212345678"
    assert order["betalingen"][0]["kenmerk"] == found.payment.reference
    assert {mail["tekst"] for mail in told["mails"]} >= {"Beste An"}
    assert [one["inhoud"]["data"] for one in told["berichten_van_stripe"]]
    assert told["accounts_in_de_winkel"][0]["naam"] == "An Peeters"
    [there] = told["bestellingen_in_de_winkel"]
    assert (there["nummer"], there["stand"]) == (found.remote.number, "Nog te verzenden")
    for one in (order, there):
        assert (one["adres"]["straat"], one["factuuradres"]["straat"]) == ("Kouter 1", "Werfkaai 2")
        assert one["factuuradres"]["bedrijf"] == "Claes bv"
        assert one["factuuradres"]["provincie_of_staat"] == "TO"


def test_the_file_makes_up_no_address_that_was_never_told(found: Bought) -> None:
    Recipient.objects.update(buyer_country="")
    [order] = export(EMAIL, found.saleor.as_saleor(), now=NOW)["bestellingen"]
    assert order["factuuradres"] is None


def test_the_file_says_which_pieces_came_back_which_were_paid_back_and_when() -> None:
    agree("SG-003")
    found = bought(("SG-003", 2, 10_000))
    shipped(found)
    refund = ask(found, came_back(found, {0: 1}))
    paid(found, refund)
    order = export(EMAIL, found.saleor.as_saleor(), now=NOW)["bestellingen"][0]
    [back], [money] = order["retouren"], order["terugbetalingen"]
    name = found.order.lines.get().product_name
    assert [(piece["product"], piece["aantal"]) for piece in back["stukken"]] == [(name, 1)]
    assert (back["stand"], back["aangekondigd_op"]) == ("Aangekondigd", BOUGHT.isoformat())
    [piece] = money["stukken"]
    assert (piece["product"], piece["aantal"], piece["bedrag"]) == (name, 1, money["bedrag"])
    assert money["gevraagd_op"] == BOUGHT.isoformat()
    assert money["verloop"][-1] == {"stand": "Terugbetaald", "op": BOUGHT.isoformat()}


def test_there_is_no_file_while_saleor_is_away_since_a_half_would_look_whole(found: Bought) -> None:
    found.saleor.down = GatewayError("away", retry=True, at="Saleor")
    with pytest.raises(GatewayError):
        export(EMAIL, found.saleor.as_saleor(), now=NOW)


def test_a_link_that_opens_something_stands_in_no_file(found: Bought) -> None:
    sent("customer_link:customer_password:abc")
    told = export(EMAIL, found.saleor.as_saleor(), now=NOW)
    assert [mail["tekst"] for mail in told["mails"]] == ["Beste An", None]


def test_the_file_says_what_mail_somebody_wants_and_wanted(found: Bought) -> None:
    wish(now=NOW)
    reader(now=NOW)
    subscribe.leave(leaving(Mail.objects.latest("pk")), now=NOW + timedelta(days=1))
    told = json.loads(json.dumps(export(EMAIL, found.saleor.as_saleor(), now=NOW + timedelta(days=2))))
    [wanted] = told["wil_verwittigd_worden_over"]
    assert (wanted["product"], wanted["uitvoering"], wanted["bevestigd_op"]) == ("Inslag", "mos", NOW.isoformat())
    [agreed] = told["nieuwsbrief"]
    assert (agreed["tekst"], agreed["uitgeschreven_op"]) == ("2026-11", (NOW + timedelta(days=1)).isoformat())
    assert all(mail["tekst"] is None for mail in told["mails"] if "Bevestig" in mail["onderwerp"])
