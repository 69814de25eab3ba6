"""What the clock starts, how often, and which queue it goes through: Celery's beat reads it."""

from typing import Any

from celery.schedules import crontab

# Queues, so that nothing that can wait holds up who paid; docs/operations/growing.md says who reads which.
QUEUE_MONEY, QUEUE_ORDERS = "money", "orders"  # what was paid or asked back; what else changed about an order
QUEUE_LATER = "later"  # whatever nobody stands waiting for: what the sweep found, parcels to report
QUEUE_ROUNDS, QUEUE_MAIL = "rounds", "mail"  # what the clock starts; a mail server may take its time


def _every(task: str, seconds: float) -> dict[str, Any]:
    """A round of the clock. One that was not begun when the next is due is of no use any more."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def _at(task: str, moment: crontab, hours: int) -> dict[str, Any]:
    """A round of certain hours, which may come so much later: its worker may be away."""
    return {"task": task, "schedule": moment, "options": {"expires": hours * 3600.0}}


PULSE_SECONDS = 15
"""How often each worker says that it lives, and the clock."""

PULSES = {"orders": QUEUE_MONEY, "rounds": QUEUE_ROUNDS}
"""The queue that each kind of worker reads first, and through which it says so."""

SCHEDULE = {
    # The clock is heard through whichever worker lives.
    **{
        f"pulse_{queue}": {
            "task": "fulfilment.pulse",
            "args": ["beat"],
            "schedule": PULSE_SECONDS,
            "options": {"expires": PULSE_SECONDS, "queue": queue},
        }
        for queue in PULSES.values()
    },
    "watch": _every("fulfilment.watch", 15.0),
    "requeue": _every("fulfilment.requeue", 10.0),
    "sweep": _every("fulfilment.sweep", 60.0),
    "watch_neighbours": _every("fulfilment.watch_neighbours", 60.0),
    "send_mail": _every("fulfilment.send_mail", 10.0),
    "publish": _every("fulfilment.publish", 300.0),
    "prices": _every("fulfilment.prices", 900.0),
    "restock": _every("fulfilment.restock", 300.0),
    "customers": _at("fulfilment.customers", crontab(hour="9", minute="0"), 20),
    "watch_tasks": _at("fulfilment.watch_tasks", crontab(minute="20"), 1),
    "account_changes": _at("fulfilment.account_changes", crontab(minute="5"), 1),
    "forget": _at("fulfilment.forget", crontab(minute="50"), 1),
    "release": _at("fulfilment.release", crontab(hour="3", minute="15"), 20),
    "check_balance": _at("fulfilment.check_balance", crontab(hour="4", minute="30"), 20),
}
