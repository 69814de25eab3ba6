"""A workshop with its people and its work, for tests of what they do."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count

from fulfilment.agreements.models import Agreement, Term
from fulfilment.flows import say_no, work_task
from fulfilment.partners.models import Membership, Partner, User
from fulfilment.production.models import Impediment, Parcel, Task
from tests.support import rows

NOW = rows.NOW + timedelta(days=1)
"""The day after the order of a test was placed."""
Product = tuple[str, str, int]
TODAY = NOW.date()
LAMP: Product = ("SG-001", "Koord", 1)
THREE_STOOLS: Product = ("SG-003", "Zit", 3)


def member(of: Partner, *, role: str = Membership.Role.COACH, email: str = "") -> User:
    """Somebody who works for the partner; without a password, since hashing one takes longer than the test."""
    user = User.objects.create_user(email or f"{role}@{of.slug}.example")
    Membership.objects.create(user=user, partner=of, role=role)
    return user


def task(producer: Partner, products: Sequence[Product] = (LAMP,)) -> Task:
    """New work from one order, all of it for this workshop."""
    order = rows.order([(code, name, quantity, 10_000 * quantity) for code, name, quantity in products])
    known = {found.product_code: found for found in producer.agreements.all()}
    for code, _name, _quantity in products:
        if code not in known:
            known[code] = rows.agreement(code, producer)
    [made] = rows.route(order, known)
    return made


def brought_to(state: str, work: Task, by: User, *, now: datetime = rows.NOW) -> Task:
    """The same task, further: `accepted`, `making` or `ready`."""
    for reached, step in (("accepted", work_task.accept), ("making", work_task.start), ("ready", work_task.finish)):
        now += timedelta(hours=1)
        step(work.public_id, by=by, now=now)
        if reached == state:
            break
    work.refresh_from_db()
    assert work.state == state
    return work


def units(work: Task) -> dict[int, int]:
    """Everything that is still open, by task line."""
    return {line.pk: line.open_quantity for line in work.lines.all()}


def shipped(
    work: Task,
    by: User,
    *,
    quantities: dict[int, int] | None = None,
    carrier: str = "bpost",
    code: str = "323212345678",
    form_key: str = "form-1",
    now: datetime = NOW,
    sure: bool = True,
) -> Parcel:
    """Units of a task sent off; all of them where it is not said. `sure`: that the code may be on more than one."""
    return work_task.ship(
        work.public_id,
        quantities=units(work) if quantities is None else quantities,
        carrier=carrier,
        tracking_code=code,
        same_code=code if sure else "",
        form_key=form_key,
        by=by,
        now=now,
    )


def ready_stools() -> tuple[Task, User, int]:
    """Three stools, ready to be shipped; the task, its coach and its task line."""
    compaan = rows.partner("compaan")
    coach = member(compaan)
    made = brought_to("ready", task(compaan, [THREE_STOOLS]), coach)
    [line] = units(made)
    return made, coach, line


_forms = count(1)


def says(
    work: Task,
    by: User,
    kind: str,
    reason: str = "busy",
    told: str = "",
    *,
    day: date | None = None,
    note: str = "",
    form_key: str = "",
    now: datetime = NOW,
) -> Impediment:
    """What the workshop says is in its way; each time on a form of its own, where that is not given."""
    said = say_no.say(
        work.public_id,
        kind=kind,
        reason=reason,
        told=told,
        note=note,
        day=day,
        form_key=form_key or f"no-{next(_forms)}",
        by=by,
        now=now,
    )
    work.refresh_from_db()
    return said


def takes_over(maker: Partner, code: str, *, since: date = TODAY) -> Agreement:
    """From that day on another workshop answers for a product; the agreement before ends. It earns half, the platform
    the other half."""
    for former in Agreement.objects.filter(product_code=code, valid_until=None):
        former.valid_until = since - timedelta(days=1)
        former.save(update_fields=["valid_until"])
    version = Agreement.objects.filter(product_code=code).count() + 1
    made = Agreement.objects.create(product_code=code, version=version, producer=maker, valid_from=since)
    platform = Partner.objects.filter(kind=Partner.Kind.PLATFORM).first() or rows.partner("platform", kind="platform")
    for rank, partner in enumerate((maker, platform), start=1):
        Term.objects.create(agreement=made, rank=rank, kind=Term.Kind.PERCENT, partner=partner, basis_points=5_000)
    rows.bind(made)
    return made


def steps(work: Task) -> list[str]:
    return list(work.steps.values_list("state", flat=True))
