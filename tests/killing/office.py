"""What the operator does in the back office: money back, returns, agreements, payouts."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from fulfilment.agreements.models import Agreement
from fulfilment.flows.sign_agreement import words_of
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Dispute
from fulfilment.payouts.models import Batch, Payout
from fulfilment.production.models import Task
from fulfilment.production.rules import UNFINISHED
from tests.killing.people import Act, Story

OPERATOR = "operator@sociaalgemaakt.example"


def _operator(story: Story) -> Any:
    return story.world.person(OPERATOR)


def refund(
    units: Mapping[str, int] | None = None,
    *,
    kind: str = "not_wanted",
    amount: str = "",
    shipping: bool = False,
    way: str = "refund",
) -> Act:
    """Give back units of SKUs, or an amount; way `divide`: say that what went back plainly was for these.

    `kind` is why, as the back office asks it.
    """

    def do(story: Story) -> None:
        order = story.order
        story.waited.setdefault(name, order.refunds.count())
        form: dict[str, Any] = {"kind": kind, "reason": "Op vraag van de klant", "bearer": "platform"}
        form |= {f"line-{line.pk}": (units or {}).get(line.sku, 0) for line in order.lines.all()} if units else {}
        form |= {"amount": amount} if amount else {}
        form |= {"shipping": "on"} if shipping else {}
        address = reverse(f"backoffice:orders_order_{way}", args=[order.pk])
        page = _operator(story).get(f"{address}?{urlencode(form)}")
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        _operator(story).post(address, {**form, "seen": seen})

    def done(story: Story) -> bool:
        return bool(story.order.refunds.count() != story.waited[name])

    about = f"{dict(units or {})}{' and the shipping' if shipping else ''}{amount and f'€ {amount}'}"
    name = f"{way} ({kind}) {about}"
    return Act(name, do, done)


def ask_again() -> Act:
    """Have what failed asked once more."""

    def do(story: Story) -> None:
        failed = story.order.refunds.filter(state=Refund.State.FAILED).get()
        address = reverse("backoffice:orders_order_refund_again", args=[story.order.pk])
        _operator(story).post(address, {"refund": failed.name})

    return Act("ask again for what failed", do, lambda story: not story.order.refunds.filter(state="failed").exists())


def send_by_bank() -> Act:
    """What Stripe could not pay goes by bank instead."""

    def do(story: Story) -> None:
        failed = story.order.refunds.filter(state=Refund.State.FAILED).get()
        address = reverse("backoffice:orders_order_refund_by_bank", args=[story.order.pk])
        _operator(story).post(address, {"refund": failed.name})

    return Act(
        "send it by bank", do, lambda story: bool(story.order.refunds.filter(state=Refund.State.BY_BANK).exists())
    )


def heed(story: Story, exceptions: Collection[str]) -> bool:
    """The operator does what the list asks them to; whether there was anything that they can do."""
    if not any(line.startswith(OpenIssue.Kind.REFUND_FAILED) for line in exceptions):
        return False
    ask_again().do(story)
    return True


def collect() -> Act:
    def do(story: Story) -> None:
        _operator(story).post(reverse("backoffice:payouts_batch_collect"), _as_of())

    return Act("collect the money at Stripe", do)


def plan() -> Act:
    def do(story: Story) -> None:
        _operator(story).post(reverse("backoffice:payouts_batch_create"), _as_of())

    return Act("plan the payouts", do, lambda story: Batch.objects.filter(state=Batch.State.PLANNED).exists())


def batch(what: str) -> Act:
    """Do to the last batch: approve, fetch (the file), confirm, cancel, withdraw."""

    def do(story: Story) -> None:
        name = "file" if what == "fetch" else what
        address = reverse(f"backoffice:payouts_batch_{name}", args=[Batch.objects.latest("pk").pk])
        _operator(story).post(address, {"again": "on"} if what == "fetch" and story.again else {})

    return Act(f"{what} the payouts", do)


def fail_payout() -> Act:
    """The bank could not carry out the first of the last batch."""

    def do(story: Story) -> None:
        last = Batch.objects.latest("pk")
        row = last.payouts.exclude(state=Payout.State.CONFIRMED).order_by("partner__slug").first()
        assert row is not None
        _operator(story).post(
            reverse("backoffice:payouts_batch_fail", args=[last.pk, row.public_id]), {"reason": "Rekening bestaat niet"}
        )

    return Act("fail the first payout", do)


def return_payout() -> Act:
    """The bank of the first of those who were paid sends it back, days later."""

    def do(story: Story) -> None:
        row = Payout.objects.filter(state=Payout.State.CONFIRMED).order_by("partner__slug").first()
        if row is not None:
            address = reverse("backoffice:payouts_batch_return", args=[row.batch_id, row.public_id])
            _operator(story).post(address, {"reason": "Rekening afgesloten"})

    return Act("the first payout comes back", do, lambda story: Payout.objects.filter(state="returned").exists())


def announce(units: Mapping[str, int]) -> Act:
    """A customer tells that so many of each SKU come back."""

    def do(story: Story) -> None:
        form: dict[str, Any] = {f"line-{line.pk}": units.get(line.sku, 0) for line in story.order.lines.all()}
        address = reverse("backoffice:orders_order_return", args=[story.order.pk])
        _operator(story).post(address, {**form, "reason": "withdrawal"})

    return Act(f"announce that {dict(units)} come back", do, lambda story: story.order.returns.exists())


def agree_with(slug: str, code: str) -> Act:
    """Another workshop answers for a product from tomorrow on: in a new version of the agreement, signed by all."""

    def do(story: Story) -> None:
        former = Agreement.objects.filter(product_code=code).earliest("version")
        maker = Partner.objects.get(slug=slug)
        _operator(story).post(reverse("backoffice:agreements_agreement_version", args=[former.pk]))
        made = Agreement.objects.filter(product_code=code).latest("version")
        if made.bound_at is None:
            made.terms.filter(partner=made.producer).update(partner=maker)
            Agreement.objects.filter(pk=made.pk).update(producer=maker)
        for partner in {term.partner_id for term in made.terms.all()}:
            address = reverse("backoffice:agreements_agreement_sign", args=[made.pk, partner])
            made.refresh_from_db()
            _operator(story).post(address, {"words": words_of(made)})

    def done(story: Story) -> bool:
        return Agreement.objects.filter(product_code=code, producer__slug=slug, bound_at__isnull=False).exists()

    return Act(f"agree with {slug} about {code}", do, done)


def reassign(slug: str) -> Act:
    """Give the first work that nobody shipped to another workshop."""

    def do(story: Story) -> None:
        task = Task.objects.filter(state__in=UNFINISHED).earliest("pk")
        _operator(story).post(reverse("backoffice:production_task_reassign", args=[task.pk]), {"producer": slug})

    return Act(f"give the work to {slug}", do, lambda story: Task.objects.filter(producer__slug=slug).exists())


def bear(policy: str) -> Act:
    """Say who bears the dispute that was lost."""

    def do(story: Story) -> None:
        issue = OpenIssue.objects.get(kind=OpenIssue.Kind.DISPUTE_LOST, resolved_at=None)
        _operator(story).post(reverse("backoffice:inbox_openissue_bear", args=[issue.pk]), {"policy": policy})

    return Act(f"bear it: {policy}", do, lambda story: Dispute.objects.filter(state=Dispute.State.BORNE).exists())


def _as_of() -> dict[str, str]:
    return {"as_of": timezone.localdate().isoformat()}
