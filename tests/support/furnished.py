"""A shop with something in every room: partners, an order under way, a plan, an exception, a payment."""

from dataclasses import dataclass

from fulfilment.agreements.models import Agreement
from fulfilment.companies.models import Company
from fulfilment.flows import plan_payouts
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.payouts.models import Batch
from fulfilment.production.models import Task
from fulfilment.revenue.models import Share
from tests.support import rows


@dataclass
class House:
    """What stands in the tables."""

    labeur: Partner
    sep: Partner
    lamp: Agreement
    order: Order
    task: Task
    issue: OpenIssue
    payment: Payment
    batch: Batch
    company: Company


def furnish() -> House:
    """A house with something in every room."""
    labeur = rows.partner("labeur")
    sep = rows.partner("sep-verboom", kind="designer", name="Sep Verboom", iban=rows.IBANS[2])
    lamp = rows.agreement("SG-001", labeur, designer=sep)
    order = rows.order([("SG-001", "Koord", 2, 57_800)], number="42")
    [task] = rows.route(order, {"SG-001": lamp})
    rows.received(order)
    rows.parcel(task)
    line = order.lines.get()
    for rank, (partner, amount) in enumerate(((labeur, 28_661), (sep, 19_107)), start=1):
        Share.objects.create(
            order=order, line=line, partner=partner, agreement=lamp, rank=rank, amount_minor=amount, currency="EUR"
        )
        rows.held(order, partner, amount)
    rows.money_at_bank(50_000)
    rows.payable(labeur, 12_345)
    batch = plan_payouts.create_batch(as_of=rows.NOW.date(), by=None, now=rows.NOW)
    assert batch is not None
    raise_issue(OpenIssue.Kind.UNROUTED, "42", "Voor Zit geldt geen overeenkomst.", rows.NOW)
    payment = Payment.objects.create(
        idempotency_key="key-1",
        checkout_id="chk-1",
        saleor_transaction_id="tra-1",
        saleor_order_id=order.saleor_id,
        amount_minor=58_750,
        currency="EUR",
        created_at=rows.NOW,
        expires_at=rows.NOW,
    )
    return House(labeur, sep, lamp, order, task, OpenIssue.objects.get(), payment, batch, _company())


def _company() -> Company:
    """One that buys on a price list, with somebody who acts for it and somebody who is asked to."""
    made = Company.objects.create(
        name="Hotel De Reep",
        legal_number="1999001041",
        state="approved",
        price_list="wholesale",
        payment="prepaid",
        applied_at=rows.NOW,
    )
    person = {"name": "Sofie Claes", "email": "sofie@hotel.example", "role": "administrator", "language": "nl"}
    made.members.create(account_id="VXNlcjox", since=rows.NOW, **person)
    made.invitations.create(
        form_key="form-key-1", email="bo@hotel.example", role="buyer", asked_at=rows.NOW, ends_at=rows.NOW
    )
    made.addresses.create(form_key="form-key-1", label="Zuid", street_1="Kaai 1", city="Gent", country="BE")
    return made
