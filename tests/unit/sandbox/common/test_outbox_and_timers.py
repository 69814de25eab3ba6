import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sandbox.common.faults import Faults
from sandbox.common.outbox import Message, Outbox, RetryPolicy
from sandbox.common.store import Document, Store, Transaction
from sandbox.common.timers import Timers
from tests.support.stripe_sandbox import Receiver, served


class Desk:
    """An outbox with a patience of two, whose threads do not run: the test sends."""

    def __init__(self, folder: Path, url: str) -> None:
        self.now = 1000.0
        self.world: dict[str, bytes | None] = {"a": b"as it was"}
        self.url = url
        self.store = Store(folder / "state.sqlite3")
        self.faults = Faults(self.store)
        policy = RetryPolicy(waits=(10, 20), timeout=2, retried=lambda status: status >= 500)
        self.outbox = Outbox(
            self.store,
            self.faults,
            policy=policy,
            render=self.render,
            sign=self.sign,
            clock=lambda: self.now,
            lane=lambda subject: subject["name"].partition(" ")[0] if " " in subject["name"] else "",
        )

    def render(self, subject: Document) -> Message | None:
        body = self.world[subject["name"]]
        return None if body is None else Message(self.url, body, {"X-Kind": "test"})

    def sign(self, message: Message, now: float) -> Mapping[str, str]:
        return {"X-Proof": f"{len(message.body)}@{now:.0f}"}

    def enqueue(self, name: str = "a") -> str:
        with self.store.write() as tx:
            return self.outbox.enqueue(tx, event="thing_changed", subject={"name": name})

    def state(self, delivery: str) -> tuple[str, int]:
        found = self.store.require("delivery", delivery)
        return found["state"], found["tries"]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def desk(tmp_path: Path, receiver: Receiver) -> Iterator[Desk]:
    with served(receiver) as url:
        made = Desk(tmp_path, url)
        yield made
        made.outbox.stop()
        made.store.close()


def test_the_body_is_rendered_when_it_is_sent(desk: Desk, receiver: Receiver) -> None:
    delivery = desk.enqueue()
    desk.world["a"] = b"as it is now"

    assert desk.outbox.send_one()

    body, headers = receiver.taken[0]
    assert (body, headers["X-Kind"], headers["X-Proof"]) == (b"as it is now", "test", "12@1000")
    assert desk.state(delivery) == ("delivered", 1)
    assert not desk.outbox.send_one()
    attempt = desk.store.find("attempt", {"delivery": delivery})[0]
    assert (attempt["status"], attempt["body"], attempt["answer"]) == (200, "as it is now", "taken")


def test_what_no_longer_exists_is_not_told(desk: Desk, receiver: Receiver) -> None:
    delivery = desk.enqueue()
    desk.world["a"] = None

    assert desk.outbox.send_one()

    assert desk.state(delivery) == ("void", 0)
    assert receiver.taken == []


def test_one_row_waits_for_those_before_it_and_not_for_another_row(desk: Desk, receiver: Receiver) -> None:
    held, first = threading.Event(), threading.Event()
    desk.world |= {name: name.encode() for name in ("lamp 1", "lamp 2", "stool 1")}

    def sign_slowly(message: Message, now: float) -> Mapping[str, str]:
        if message.body == b"lamp 1":
            first.set()
            assert held.wait(5)
        return {}

    desk.outbox._sign = sign_slowly
    for name in ("lamp 1", "lamp 2", "stool 1"):
        desk.enqueue(name)
    sending = threading.Thread(target=desk.outbox.send_one)
    sending.start()
    assert first.wait(5)

    assert desk.outbox.send_one()
    assert not desk.outbox.send_one()
    held.set()
    sending.join()
    assert desk.outbox.send_one()

    assert [body for body, _ in receiver.taken] == [b"stool 1", b"lamp 1", b"lamp 2"]


def test_a_broken_receiver_is_tried_again_and_then_given_up(desk: Desk, receiver: Receiver) -> None:
    receiver.answers[:] = [500, 502, 503]
    delivery = desk.enqueue()

    assert desk.outbox.send_one()
    assert not desk.outbox.send_one()
    desk.now += 10
    assert desk.outbox.send_one()
    desk.now += 19
    assert not desk.outbox.send_one()
    desk.now += 1
    assert desk.outbox.send_one()

    assert desk.state(delivery) == ("failed", 3)
    desk.outbox.redeliver(delivery)
    assert desk.outbox.send_one()
    assert desk.state(delivery) == ("delivered", 1)
    assert [a["number"] for a in desk.store.find("attempt", {"delivery": delivery})] == [1, 2, 3, 4]


@pytest.mark.parametrize("status", [302, 404])
def test_a_final_answer_is_not_tried_again(desk: Desk, receiver: Receiver, status: int) -> None:
    receiver.answers[:] = [status]
    delivery = desk.enqueue()

    desk.outbox.send_one()

    assert desk.state(delivery) == ("failed", 1)


def test_a_refused_connection_is_tried_again(desk: Desk) -> None:
    desk.url = "http://127.0.0.1:9/"
    delivery = desk.enqueue()

    desk.outbox.send_one()

    assert desk.state(delivery) == ("waiting", 1)
    attempt = desk.store.find("attempt", {"delivery": delivery})[0]
    assert attempt["status"] is None
    assert "ConnectError" in attempt["error"]


def test_a_message_that_cannot_be_made_counts_as_a_try(desk: Desk) -> None:
    delivery = desk.enqueue("unheard of")

    with pytest.raises(KeyError):
        desk.outbox.send_one()

    assert desk.state(delivery) == ("waiting", 1)
    assert "niet op te stellen" in desk.store.find("attempt", {"delivery": delivery})[0]["error"]


def test_a_webhook_of_a_change_that_is_rolled_back_does_not_exist(desk: Desk) -> None:
    def fails() -> None:
        with desk.store.write() as tx:
            desk.outbox.enqueue(tx, event="thing_changed", subject={"name": "a"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert not desk.outbox.send_one()


def test_what_a_dead_process_left_half_sent_is_sent_by_the_next(desk: Desk, receiver: Receiver) -> None:
    delivery = desk.enqueue()
    with desk.store.write() as tx:
        tx.put("delivery", delivery, {**tx.require("delivery", delivery), "state": "sending"})
    assert not desk.outbox.send_one()

    desk.outbox.start(threads=0)

    assert desk.outbox.send_one()
    assert len(receiver.taken) == 1


def test_timers_run_in_their_order_once_and_again_after_a_failure(tmp_path: Path) -> None:
    store, now, ran = Store(tmp_path / "state.sqlite3"), 100.0, list[str]()

    def ring(tx: Transaction, argument: Document, at: float) -> None:
        ran.append(argument["name"])
        if argument["name"] == "b" and ran.count("b") == 1:
            raise ZeroDivisionError
        tx.insert("rung", argument["name"], {"at": at})

    timers = Timers(store, {"ring": ring}, lambda: now)
    with store.write() as tx:
        timers.at(tx, 120, "ring", {"name": "b"})
        timers.at(tx, 110, "ring", {"name": "a"})
        with pytest.raises(KeyError):
            timers.at(tx, 110, "sing", {})

    assert not timers.run_one()
    now = 120.0
    assert timers.run_one()
    with pytest.raises(ZeroDivisionError):
        timers.run_one()
    assert not timers.run_one()
    now = 130.0
    assert timers.run_one()
    assert ran == ["a", "b", "b"]
    assert store.require("rung", "b") == {"at": 130.0}
    store.close()


def test_a_timer_that_is_asked_for_again_runs_once_at_the_last_time(tmp_path: Path) -> None:
    store, now, ran = Store(tmp_path / "state.sqlite3"), 100.0, list[float]()
    timers = Timers(store, {"ring": lambda tx, argument, at: ran.append(at)}, lambda: now)
    with store.write() as tx:
        timers.once(tx, 110, "ring")
        timers.once(tx, 120, "ring")

    now = 115.0
    assert not timers.run_one()
    now = 120.0
    assert timers.run_one()
    assert not timers.run_one()
    assert ran == [120.0]
    store.close()
