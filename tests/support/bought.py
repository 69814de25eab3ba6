"""Orders that were bought: agreed, paid at Stripe, made an order by Saleor, accepted, routed and booked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from fulfilment.agreements.models import Term
from fulfilment.flows.update_order import update_order
from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.balances import of_order
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from tests.support import remote, rows
from tests.support.money import open_payment, pay, pay_back
from tests.support.remote import PLACED_AT, SaleorInMemory

NOW = PLACED_AT + timedelta(minutes=1)
LAMP, STOOL = ("SG-001", 1, 28_900), ("SG-003", 2, 40_000)
_serial = count(1)


@dataclass
class Bought:
    """An order on both sides: ours (`order`), Saleor's (`remote`, in `saleor`) and its payment."""

    remote: SaleorOrder
    saleor: SaleorInMemory
    payment: Payment
    _refunds: int = 0

    @property
    def order(self) -> Order:
        return Order.objects.get(saleor_id=self.remote.id)

    def line_id(self, at: int) -> str:
        """Saleor's id of a line."""
        return self.remote.lines[at].id

    def line(self, at: int) -> int:
        """Our id of a line."""
        return self.order.lines.get(saleor_id=self.line_id(at)).pk

    def update(self, *, now: datetime = NOW) -> None:
        """A worker looks at the order as it stands in Saleor."""
        update_order(self.remote.id, self.saleor.as_saleor(), now=now)

    def tell(self, told: SaleorOrder) -> None:
        """Saleor's side of it changed, and a worker looks."""
        self.remote = self.saleor.put(told)
        self.update()

    def refund(
        self, amount: int, lines: dict[str, int] | None = None, *, shipping: bool = False, granted_id: str = ""
    ) -> None:
        """Money went back: for lines (and shipping) that Saleor granted, or, without them, plainly."""
        self._refunds += 1
        name = f"{self.remote.number}-{self._refunds}"
        pay_back(self.payment, self.saleor, f"re_{name}", amount, now=NOW)
        self.payment.refresh_from_db()
        granted = granted_id or f"granted-{name}"
        self.tell(remote.refunded(self.remote, granted, amount, lines, shipping=shipping, plain=not granted_id))

    def books(self) -> dict[str, int]:
        """What stands on the accounts for this order, without the zeros."""
        return {account: amount for account, amount in of_order(self.order.pk).items() if amount}


def agree(*codes: str) -> list[Partner]:
    """A workshop for each product, which earns all of it; the designer `sep` has two fifths of the lamp."""
    makers = []
    for at, code in enumerate(codes):
        maker = rows.partner(f"maker-{code.lower()}", iban=rows.IBANS[at % len(rows.IBANS)])
        designer = rows.partner("sep", kind="designer") if code == "SG-001" else None
        rows.agreement(code, maker, designer=designer)
        makers.append(maker)
    return makers


def ordered(*items: tuple[str, int, int], shipping: int = 950, paid: bool = True) -> Bought:
    """An order that Saleor has and we have not looked at yet; its payment was settled when `paid`."""
    serial = f"B{next(_serial)}"
    told = remote.paid_order(serial, list(items), shipping=shipping, checkout_id=f"checkout-{serial}")
    payment = open_payment(told.checkout_id, told.total_gross_minor)
    transaction = replace(told.transactions[0], id=payment.saleor_transaction_id)
    told = replace(told, transactions=(transaction,))
    saleor = SaleorInMemory({told.id: told}, {told.checkout_id: told.id})
    if paid:
        pay(payment, saleor)
    return Bought(told, saleor, payment)


def bought(*items: tuple[str, int, int], shipping: int = 950) -> Bought:
    """An order that was accepted and, as far as agreements reach, routed."""
    found = ordered(*items, shipping=shipping)
    found.update()
    return found


def two_lamps() -> Bought:
    """Two lamps: the workshop charges VAT, tax is kept back from the designer, and the platform has € 20 of each."""
    labeur = rows.partner("labeur")
    sep = rows.partner("sep", kind="designer", iban=rows.IBANS[2])
    agreement = rows.agreement("SG-001", labeur, designer=sep, bound=False)
    platform = rows.partner("sociaal-gemaakt", kind="platform", iban="")
    Term.objects.create(agreement=agreement, rank=0, kind=Term.Kind.FIXED, partner=platform, amount_minor=2_000)
    rows.bind(agreement)
    rows.regime(labeur, vat=2_100)
    rows.regime(sep, withholding=1_500)
    return bought(("SG-001", 2, 57_800))


def issues(kind: str = "") -> list[str]:
    """Subjects on the operator's list; of one kind, or each with its kind before it."""
    standing = OpenIssue.objects.filter(resolved_at=None).order_by("pk")
    if kind:
        return list(standing.filter(kind=kind).values_list("subject", flat=True))
    return [f"{issue.kind}:{issue.subject}" for issue in standing]
