"""What a workshop is told by mail; called inside the transaction of what happened, as `tell_customer` is."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from fulfilment.mail.write import write
from fulfilment.partners.models import Membership, Partner
from fulfilment.production.models import Impediment, Task


def please_answer(task: Task, since: date, now: datetime) -> None:
    """Ask whether they make what waits for them since that day."""
    _tell(task, f"unaccepted:{since}", "task_waits", {"since": since}, now)


def is_late(task: Task, now: datetime) -> None:
    """Say that the day has passed, and that they can name a later one."""
    _tell(task, f"late:{task.due_on}", "task_late", {}, now)


def answered(impediment: Impediment, now: datetime) -> None:
    """Pass on what the operator answered."""
    context = {"answer": impediment.answer, "what": impediment.get_kind_display()}
    _tell(impediment.task, f"answer:{impediment.public_id}", "task_answered", context, now)


def _tell(task: Task, about: str, template: str, context: Mapping[str, object], now: datetime) -> None:
    """A mail to everybody who speaks for the workshop, each once."""
    told = {
        "number": task.order.number,
        "producer": task.producer.name,
        "due_on": task.due_on,
        "lines": [
            {"quantity": line.asked_quantity, "name": line.line.product_name, "variant_name": line.line.variant_name}
            for line in task.lines.select_related("line")
            if line.asked_quantity
        ],
        "link": f"{settings.FULFILMENT_URL}{reverse('portal:task', args=[task.public_id])}",
    }
    for name, address in _contacts(task.producer).items():
        write(f"{task.public_id}:{about}:{name}", address, template, {**told, **context}, now, "nl")


def _contacts(producer: Partner) -> dict[str, str]:
    """The addresses of a workshop's job coaches, and of the workshop itself, each once; by whose they are."""
    coaches = Membership.objects.filter(partner=producer, role=Membership.Role.COACH, user__is_active=True)
    found = dict(coaches.order_by("pk").values_list("user__public_id", "user__email"))
    if producer.email and producer.email.lower() not in {address.lower() for address in found.values()}:
        found[producer.public_id] = producer.email
    return found
