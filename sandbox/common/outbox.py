"""Webhooks on their way out: stored with the change that caused them, sent by threads, retried, each attempt kept.

The body is rendered when it is sent, not when the event happens, by the program's `render`; `sign` adds the headers
that prove it.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2

from sandbox.common.faults import SHUFFLE_SECONDS, Faults
from sandbox.common.store import Document, Reader, Store, Transaction
from sandbox.common.worker import Clock, Workers

WAITING, SENDING, DELIVERED, FAILED, DROPPED, VOID = "waiting", "sending", "delivered", "failed", "dropped", "void"
_KEPT_ANSWER = 2000
_LOOKED_AT = 20
"""How many that are due are looked at for one that waits for no other."""


@dataclass(frozen=True)
class Message:
    """One request to send by POST."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RetryPolicy:
    """`waits`: seconds before the second, third … try, counted from the end of the former; after the last one the
    webhook is given up. `retried` says of an HTTP status that is no success whether another try makes sense (an
    unreachable receiver or a timeout is always retried). `timeout` in seconds."""

    waits: tuple[float, ...]
    timeout: float
    retried: Callable[[int], bool]


Render = Callable[[Document], Message | None]
"""From the subject given to `enqueue` to the message, as the world is now; None when there is nothing left to tell."""
Sign = Callable[[Message, float], Mapping[str, str]]
"""Headers that prove the message, at that time (unix seconds)."""
Lane = Callable[[Document], str]
"""From the subject to the name of the row in which it waits for those before it; empty where it waits for none."""
Settled = Callable[[Document, Document], None]
"""Called after the last attempt of a webhook, arrived or given up, with the delivery and that attempt."""


class Outbox:
    """The webhooks of one program. Documents: `delivery` (state, due_at, tries) and `attempt` (what was sent, what
    came back)."""

    def __init__(
        self,
        store: Store,
        faults: Faults,
        *,
        policy: RetryPolicy,
        render: Render,
        sign: Sign,
        clock: Clock,
        settled: Settled = lambda delivery, attempt: None,
        lane: Lane = lambda subject: "",
    ) -> None:
        self._store = store
        self._faults = faults
        self._policy = policy
        self._render = render
        self._sign = sign
        self._settled = settled
        self._lane = lane
        self._busy: set[str] = set()
        self._clock = clock
        # Loopback and private receivers only: proxies of the environment must not see sandbox traffic.
        self._client = httpx2.Client(timeout=policy.timeout, follow_redirects=False, trust_env=False)
        self.workers = Workers("outbox", self.send_one, self._next_due, clock)

    def start(self, threads: int = 4) -> None:
        """Take up what an earlier process left half sent, then deliver in the background."""
        with self._store.write() as tx:
            for delivery in tx.find("delivery", {"state": SENDING}):
                tx.put("delivery", delivery["id"], {**delivery, "state": WAITING})
        self.workers.start(threads)

    def stop(self) -> None:
        self.workers.stop()
        self._client.close()

    def enqueue(self, tx: Transaction, *, event: str, subject: Document, delay: float = 0) -> str:
        """Plan a webhook within the transaction of its cause; `subject` is handed to `render`. Returns its id."""
        faults = self._faults.values(tx)
        now = self._clock()
        dropped = self._faults.take(tx, "drop_next")
        due_at = now + delay + float(faults["delay_seconds"])
        delivery_id = ""
        for copy in range(2 if faults["duplicate"] and not dropped else 1):
            extra = random.uniform(0, SHUFFLE_SECONDS) if faults["shuffle"] else 0  # noqa: S311 - not a secret
            delivery: Document = {
                "id": f"whd_{uuid4().hex}",
                "event": event,
                "subject": subject,
                "created_at": now,
                "due_at": due_at + extra,
                "state": DROPPED if dropped else WAITING,
                "tries": 0,
                "duplicate": bool(copy),
            }
            tx.insert("delivery", delivery["id"], delivery)
            delivery_id = delivery_id or delivery["id"]
        tx.on_commit(self.workers.wake)
        return delivery_id

    def redeliver(self, delivery_id: str) -> None:
        """Send once more now, with the whole schedule before it; raises NotStoredError."""
        with self._store.write() as tx:
            delivery = tx.require("delivery", delivery_id)
            tx.put("delivery", delivery_id, {**delivery, "state": WAITING, "tries": 0, "due_at": self._clock()})
            tx.on_commit(self.workers.wake)

    def send_one(self) -> bool:
        """Send one webhook that is due; says whether there was one."""
        delivery = self._claim()
        if delivery is None:
            return False
        try:
            self._send(delivery)
        finally:
            self._busy.discard(self._lane(delivery["subject"]))
        return True

    def _send(self, delivery: Document) -> None:
        started = self._clock()
        attempt: Document = {"delivery": delivery["id"], "at": started, "status": None, "error": None, "answer": ""}
        pretended = self._faults.take_alone("fail_next")
        try:
            message = self._render(delivery["subject"])
            if message is not None:
                headers = {**message.headers, **self._sign(message, started)}
                attempt |= {"url": message.url, "headers": headers, "body": message.body.decode()}
                if pretended:
                    attempt |= {"status": 500, "error": "nagebootste storing: niet echt verstuurd"}
                else:
                    attempt |= self._post(message, headers)
        except Exception as error:
            self._record(delivery, attempt | {"error": f"niet op te stellen: {error!r}"})
            raise
        if message is None:
            self._finish(delivery, VOID)
        else:
            self._record(delivery, attempt)

    def _post(self, message: Message, headers: Mapping[str, str]) -> Document:
        started = time.monotonic()
        try:
            answer = self._client.post(message.url, content=message.body, headers=headers)
            outcome: Document = {"status": answer.status_code, "answer": answer.text[:_KEPT_ANSWER]}
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            outcome = {"error": f"{type(error).__name__}: {error}"}
        return outcome | {"milliseconds": round((time.monotonic() - started) * 1000)}

    def _claim(self) -> Document | None:
        now = self._clock()
        if self._faults.is_down(now):
            return None
        with self._store.read() as reader:
            if not self._free(reader, now):
                return None
        with self._store.write() as tx:
            free = self._free(tx, now)
            if not free:
                return None
            shuffled = self._faults.values(tx)["shuffle"]
            delivery = random.choice(free) if shuffled else free[0]  # noqa: S311 - not a secret
            delivery |= {"state": SENDING}
            tx.put("delivery", delivery["id"], delivery)
            # One claims at a time, since one writes at a time.
            self._busy.update({self._lane(delivery["subject"])} - {""})
        return delivery

    def _free(self, reader: Reader, now: float) -> list[Document]:
        """Some that are due and wait for no other, the first first."""
        due = reader.find("delivery", {"state": WAITING}, at_most={"due_at": now}, order_by="due_at", limit=_LOOKED_AT)
        return [one for one in due if self._lane(one["subject"]) not in self._busy]

    def _record(self, delivery: Document, attempt: Document) -> None:
        tries = delivery["tries"] + 1
        status = attempt["status"]
        change: Document = {"tries": tries}
        if status is not None and 200 <= status < 300:
            change["state"] = DELIVERED
        elif (status is not None and not self._policy.retried(status)) or tries > len(self._policy.waits):
            change["state"] = FAILED
        else:
            change |= {"state": WAITING, "due_at": self._clock() + self._policy.waits[tries - 1]}
        with self._store.write() as tx:
            number = tx.count("attempt", {"delivery": delivery["id"]}) + 1
            attempt_id = f"{delivery['id']}:{number}"
            tx.insert("attempt", attempt_id, {**attempt, "id": attempt_id, "number": number})
            # Redelivery may have been asked while this attempt was under way: its wish is kept.
            current = tx.require("delivery", delivery["id"])
            if current["state"] == SENDING:
                tx.put("delivery", delivery["id"], {**current, **change})
        if change["state"] in (DELIVERED, FAILED):
            self._settled({**delivery, **change}, attempt)

    def _finish(self, delivery: Document, state: str) -> None:
        with self._store.write() as tx:
            tx.put("delivery", delivery["id"], {**tx.require("delivery", delivery["id"]), "state": state})

    def _next_due(self) -> float | None:
        with self._store.read() as reader:
            delivery = reader.first("delivery", {"state": WAITING}, order_by="due_at")
            down_until = float(self._faults.values(reader)["down_until"])
        return None if delivery is None else max(float(delivery["due_at"]), down_until)
