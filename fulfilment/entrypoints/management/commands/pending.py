"""Show what is not at rest: objects that wait for a worker, parcels that Saleor has not heard of, open exceptions."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import F

from fulfilment.entrypoints.backoffice.exception_page import order_of_issue
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.payouts.models import Batch
from fulfilment.production.models import Parcel


class Command(BaseCommand):
    help = "Shows what waits for a worker or for a person. Nothing at all when everything is done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--order", default="", help="of parcels and exceptions, those of this order (number) alone")

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order.objects.get(number=options["order"]) if options["order"] else None
        parcels = Parcel.objects.filter(task__order=order) if order else Parcel.objects.all()
        standing = OpenIssue.objects.filter(resolved_at=None)
        told = {
            "waiting": [f"{mark.kind}:{mark.object_id}" for mark in Mark.objects.filter(counter__gt=F("handled"))],
            "parcels_unreported": list(parcels.filter(reported_at=None).values_list("public_id", flat=True)),
            "parcels_reported": parcels.exclude(reported_at=None).count(),
            "mails_unsent": Mail.objects.filter(sent_at=None).count(),
            "plans_to_approve": list(
                Batch.objects.filter(state=Batch.State.PLANNED).values_list("public_id", flat=True)
            ),
            "exceptions": [
                f"{issue.kind} {issue.subject}: {issue.message}"
                for issue in standing
                if order is None or order_of_issue(issue) == order
            ],
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for name, found in told.items():
            self.stdout.write(f"{name}: {(', '.join(found) or 'none') if isinstance(found, list) else found}")
