"""Rows for tests, made straight in the tables: partners, an agreement, an order with its work, money in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count

from fulfilment.agreements.models import Agreement, Signature, Term
from fulfilment.ledger import book
from fulfilment.ledger.accounts import Account
from fulfilment.orders.models import Line, Order, Recipient, Refund, RefundLine
from fulfilment.partners.models import Partner, TaxRegime, User
from fulfilment.production.models import Parcel, ParcelLine, Task, TaskLine, TaskStep
from fulfilment.routing.models import Assignment, Decision

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
IBANS = ("BE71096123456769", "BE68539007547034", "BE43068999999501", "NL91ABNA0417164300")
_serial = count(1)


def partner(
    slug: str,
    *,
    kind: str = "producer",
    iban: str = IBANS[0],
    bic: str = "",
    name: str = "",
    ships: bool = True,
    taxed: bool = True,
) -> Partner:
    """A partner; when `taxed` without VAT and withholding, until a test adds another regime from a later day on."""
    made = Partner.objects.create(
        slug=slug,
        name=name or slug.capitalize(),
        kind=kind,
        city="Gent",
        iban=iban,
        bic=bic,
        email=f"{slug}@example.com",
        ships=ships,
    )
    if taxed:
        TaxRegime.objects.create(partner=made, regime=TaxRegime.Regime.NONE, valid_from=date(2024, 1, 1))
    return made


def regime(of: Partner, *, vat: int = 0, withholding: int = 0) -> None:
    """How a partner is taxed, from long ago on; rates in basis points."""
    kind = "royalty" if withholding else "vat_liable"
    rates = {"vat_basis_points": vat, "withholding_basis_points": withholding}
    TaxRegime.objects.create(partner=of, regime=kind, valid_from=date(2025, 1, 1), **rates)


def user(email: str, *, staff: bool = False, role: str = "") -> User:
    """A person with a password; `staff` is who does everything in the back office, `role` whoever does a part of it."""
    role = role or (User.StaffRole.OPERATOR if staff else "")
    return User.objects.create_user(email, "een-lang-wachtwoord", is_staff=bool(role), staff_role=role)


def agreement(
    code: str,
    producer: Partner,
    *,
    designer: Partner | None = None,
    bound: bool = True,
    version: int = 1,
    price_list: str = "",
    valid_from: date = date(2025, 1, 1),
    valid_until: date | None = None,
) -> Agreement:
    """Sixty percent for the producer and forty for the designer, or all of it for the producer; signed when bound."""
    made = Agreement.objects.create(
        product_code=code,
        price_list=price_list,
        version=version,
        producer=producer,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    parts = [(producer, 6_000), (designer, 4_000)] if designer else [(producer, 10_000)]
    for rank, (who, basis_points) in enumerate(parts, start=1):
        Term.objects.create(agreement=made, rank=rank, kind=Term.Kind.PERCENT, partner=who, basis_points=basis_points)
        if bound:
            Signature.objects.create(agreement=made, partner=who, signed_at=NOW)
    if bound:
        bind(made)
    return made


def bind(draft: Agreement) -> None:
    """From here on nothing of it changes."""
    Agreement.objects.filter(pk=draft.pk).update(bound_at=NOW)
    draft.refresh_from_db()


def order(lines: Sequence[tuple[str, str, int, int]], *, number: str = "", placed_at: datetime = NOW) -> Order:
    """A paid order; each line is (product code, name, quantity, gross of the line in cents, 21 % VAT inside)."""
    serial = next(_serial)
    total = sum(gross for _, _, _, gross in lines) + 950
    made = Order.objects.create(
        saleor_id=f"T3JkZXI6{serial}",
        number=number or str(serial),
        channel="consumer",
        currency="EUR",
        total_gross_minor=total,
        shipping_gross_minor=950,
        shipping_net_minor=785,
        shipping_tax_basis_points=2_100,
        placed_at=placed_at,
        accepted_at=placed_at,
        paid_at=placed_at,
    )
    Recipient.objects.create(
        order=made,
        email="an@example.com",
        name="An Peeters",
        street="Kouter 1",
        postal_code="9000",
        city="Gent",
        country="BE",
        phone="+32 9 000 00 00",
    )
    for position, (code, name, quantity, gross) in enumerate(lines):
        Line.objects.create(
            order=made,
            position=position,
            saleor_id=f"T3JkZXJMaW5l{serial}-{position}",
            product_code=code,
            product_name=name,
            sku=code,
            quantity=quantity,
            gross_minor=gross,
            net_minor=round(gross / 1.21),
            undiscounted_gross_minor=gross,
            tax_basis_points=2_100,
        )
    return made


def refund(
    of: Order, amount: int, *, name: str = "re_1", units: Mapping[int, int] | None = None, shipping: bool = False
) -> Refund:
    """Money of an order that went back: for units of lines (line id → units) and the shipping, or for nothing named."""
    given = {"order": of, "kind": Refund.Kind.UNSAID, "amount_minor": amount, "includes_shipping": shipping}
    made, _is_new = Refund.objects.get_or_create(name=name, defaults=given | {"told_minor": amount})
    for line_id, quantity in (units or {}).items():
        RefundLine.objects.create(refund=made, line_id=line_id, quantity=quantity)
    return made


def route(of: Order, agreements: dict[str, Agreement]) -> list[Task]:
    """Tasks as routing makes them: one for each producer, by product code."""
    decision = Decision.objects.create(order=of, reason=Decision.Reason.PLANNED, decided_at=of.placed_at)
    tasks: dict[int, Task] = {}
    for line in of.lines.all():
        found = agreements.get(line.product_code)
        if found is None:
            continue
        Assignment.objects.create(decision=decision, line=line, producer=found.producer, agreement=found)
        task = tasks.get(found.producer_id)
        if task is None:
            task = Task.objects.create(
                order=of, decision=decision, producer=found.producer, due_on=date(2026, 12, 4), created_at=of.placed_at
            )
            TaskStep.objects.create(task=task, state=Task.State.WAITING, at=of.placed_at)
            tasks[found.producer_id] = task
        TaskLine.objects.create(task=task, line=line, quantity=line.quantity)
    of.routed_at = of.placed_at
    of.save(update_fields=["routed_at"])
    return list(tasks.values())


def parcel(task: Task, *, carrier: str = "bpost", code: str = "323212345678", at: datetime = NOW) -> Parcel:
    """Everything of the task that is still open, sent in one parcel."""
    made = Parcel.objects.create(
        task=task, form_key=f"form-{next(_serial)}", carrier=carrier, tracking_code=code, shipped_at=at
    )
    for task_line in task.lines.all():
        ParcelLine.objects.create(parcel=made, task_line=task_line, quantity=task_line.open_quantity)
        task_line.shipped_quantity += task_line.open_quantity
        task_line.save(update_fields=["shipped_quantity"])
    return made


def money_at_bank(amount: int, *, at: datetime = NOW) -> None:
    """Customers' money that came to the bank."""
    moves = [book.Move(Account.BANK, Account.STRIPE_TRANSIT, amount)]
    book.record(f"test:bank:{next(_serial)}", "bank", moves, currency="EUR", happened_at=at, now=at)


def money_on_its_way(amount: int) -> None:
    """Customers' money that left Stripe and is not at the bank yet."""
    moves = [book.Move(Account.STRIPE_TRANSIT, Account.STRIPE, amount)]
    book.record(f"test:transit:{next(_serial)}", "bank", moves, currency="EUR", happened_at=NOW, now=NOW)


def payable(to: Partner, amount: int, *, at: datetime = NOW) -> None:
    """Money that a partner may be paid; below zero what the partner owes."""
    move = book.Move(Account.PARTNER_HELD, Account.PARTNER_PAYABLE, abs(amount), partner_id=to.pk)
    moves = [move] if amount > 0 else book.reversed_moves([move])
    book.record(f"test:payable:{next(_serial)}", "release", moves, currency="EUR", happened_at=at, now=at)


def received(of: Order) -> None:
    """All that an order costs came in, and is its customer's."""
    moves = [book.Move(Account.UNALLOCATED, Account.CUSTOMER, of.total_gross_minor, of.pk)]
    key = f"order:{of.public_id}:receipt:{next(_serial)}"
    book.record(key, "order_paid", moves, currency="EUR", happened_at=of.placed_at, now=of.placed_at)


def held(of: Order, by: Partner, amount: int) -> None:
    """A partner's part of an order, from the customer's money."""
    line = of.lines.first()
    move = book.Move(Account.CUSTOMER, Account.PARTNER_HELD, amount, of.pk, line.pk if line else None, partner_id=by.pk)
    book.record(
        f"order:{of.public_id}:split:{next(_serial)}",
        "order_split",
        [move],
        currency="EUR",
        happened_at=of.placed_at,
        now=of.placed_at,
    )
