"""Idempotency keys as Stripe keeps them: the first status and body are replayed, for at least a day."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.common.store import Document, Store, Transaction
from sandbox.stripe.errors import ApiError

KEPT = 24 * 3600
_LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """What a request was answered: the status, the body, and the id of the request that got it first."""

    status: int
    body: Document
    request_id: str


def fingerprint(method: str, path: str, parameters: Document) -> str:
    """What must be the same for a key to be used again."""
    text = json.dumps([method, path, parameters], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Keys:
    """The keys in use. Which requests are under way is known to this process only: those of a dead one are over."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._in_flight: set[str] = set()

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Hold a key while its request is carried out; raises ApiError (409) when another request holds it."""
        if len(key) > _LONGEST_KEY:
            raise ApiError(f"Idempotency keys may have at most {_LONGEST_KEY} characters.")
        with self._lock:
            if key in self._in_flight:
                message = (
                    f"There is currently another in-progress request using this Idempotent Key: {key}. "
                    "Please try again later."
                )
                raise ApiError(message, status=409, kind="idempotency_error", code="idempotency_key_in_use")
            self._in_flight.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(key)

    def former(self, key: str, print_: str, now: float) -> Answer | None:
        """What the key was answered before; raises ApiError when it was used for something else."""
        kept = self._store.get("idempotency_key", key)
        if kept is None or kept["at"] + KEPT <= now:
            return None
        if kept["fingerprint"] != print_:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise ApiError(message, kind="idempotency_error")
        return Answer(kept["status"], kept["body"], kept["request_id"])

    def keep(self, tx: Transaction, key: str, print_: str, answer: Answer, now: float) -> None:
        """Remember an answer, in the transaction of what it tells."""
        document = {
            "at": now,
            "body": answer.body,
            "fingerprint": print_,
            "request_id": answer.request_id,
            "status": answer.status,
        }
        tx.put("idempotency_key", key, document)
