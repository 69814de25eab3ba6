"""Things that happen by themselves later: a session that expires, a refund that arrives, a checkout that completes.

A timer is a document, so it survives a restart; what came due meanwhile happens at the next start.
"""

from collections.abc import Callable, Mapping
from uuid import uuid4

from sandbox.common.store import Document, Store, Transaction
from sandbox.common.worker import Clock, Workers

TimerHandler = Callable[[Transaction, Document, float], None]
"""Called with the transaction in which the timer is removed, the timer's argument, and the time (unix seconds)."""


class Timers:
    """The timers of one program. A handler that raises is tried again ten seconds later."""

    def __init__(self, store: Store, handlers: Mapping[str, TimerHandler], clock: Clock) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._clock = clock
        self.workers = Workers("timers", self.run_one, self._next_due, clock)

    def handle(self, name: str, handler: TimerHandler) -> None:
        """Name the handler of a kind of timer; before the workers start."""
        self._handlers[name] = handler

    def at(self, tx: Transaction, due_at: float, name: str, argument: Document) -> None:
        """Let the handler `name` run at `due_at` (unix seconds) with `argument`."""
        self._plan(tx, uuid4().hex, due_at, name, argument)

    def once(self, tx: Transaction, due_at: float, name: str) -> None:
        """Let the handler `name` run once at `due_at`, however often this is asked; the last wish counts."""
        self._plan(tx, name, due_at, name, {})

    def _plan(self, tx: Transaction, timer_id: str, due_at: float, name: str, argument: Document) -> None:
        if name not in self._handlers:
            raise KeyError(f"no timer handler {name!r}")
        tx.put("timer", timer_id, {"id": timer_id, "due_at": due_at, "name": name, "argument": argument})
        tx.on_commit(self.workers.wake)

    def run_one(self) -> bool:
        """Run the first timer that is due; says whether there was one."""
        now = self._clock()
        with self._store.read() as reader:
            timer = reader.first("timer", at_most={"due_at": now}, order_by="due_at")
        if timer is None:
            return False
        try:
            with self._store.write() as tx:
                # Another thread or process may have run it between the look and the lock.
                if tx.delete("timer", timer["id"]):
                    self._handlers[timer["name"]](tx, timer["argument"], now)
        except Exception:
            with self._store.write() as tx:
                tx.put("timer", timer["id"], {**timer, "due_at": now + 10})
            raise
        return True

    def _next_due(self) -> float | None:
        with self._store.read() as reader:
            timer = reader.first("timer", order_by="due_at")
        return None if timer is None else float(timer["due_at"])
