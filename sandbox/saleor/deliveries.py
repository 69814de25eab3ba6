"""Webhooks of Saleor on their way out: as every outbox, but for refund requests."""

from sandbox.common.outbox import Outbox
from sandbox.common.store import Document
from sandbox.saleor.refund_requests import REFUND_REQUESTED


class Deliveries(Outbox):
    """A refund request that reached nobody is given up at once; one that was answered with 5xx is tried again."""

    def _record(self, delivery: Document, attempt: Document) -> None:
        if attempt["status"] is None and delivery["subject"]["event"] == REFUND_REQUESTED:
            delivery = {**delivery, "tries": len(self._policy.waits)}
        super()._record(delivery, attempt)
