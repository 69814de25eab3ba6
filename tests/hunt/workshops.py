"""Workshops: they accept, make, ship and deliver, take back a wrong press, and say what is in their way."""

from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows import say_no, work_task
from fulfilment.production.models import Impediment, Task
from fulfilment.production.rules import MAY_SAY, REASONS, SENTENCES, later_days
from tests.hunt.story import WHICH, Chapter, pick

NEXT = {"waiting": work_task.accept, "accepted": work_task.start, "making": work_task.finish}
CARRIERS = st.sampled_from(["bpost", "cycloon", "afgehaald"])


class Workshops(Chapter):
    def __init__(self) -> None:
        super().__init__()
        self._forms = count(1)

    @precondition(lambda self: self.sight.at_work)
    @rule(which=WHICH)
    def work_on(self, which: int) -> None:
        """One step, whatever it is."""
        self._step(pick(self.sight.at_work, which))

    @precondition(lambda self: self.sight.at_work)
    @rule(which=WHICH, carrier=CARRIERS)
    def make_and_ship(self, which: int, carrier: str) -> None:
        """All of it."""
        task = pick(self.sight.at_work, which)
        for _step in NEXT:
            self._step(task)
            task.refresh_from_db()
        self._ship(task, 99, carrier)

    @precondition(lambda self: any(task.state == "ready" for task in self.sight.at_work))
    @rule(which=WHICH, most=st.integers(1, 2), carrier=CARRIERS)
    def ship(self, which: int, most: int, carrier: str) -> None:
        """At most so many of each line; the form is sent twice."""
        ready = [task for task in self.sight.at_work if task.state == "ready"]
        self._ship(pick(ready, which), most, carrier)

    def _step(self, task: Task) -> None:
        step = NEXT.get(task.state)
        if step is not None:
            by = self.coach(task.producer)
            self.do(lambda: step(task.public_id, by=by, now=self.now))

    def _ship(self, task: Task, most: int, carrier: str) -> None:
        units = {line.pk: min(line.open_quantity, most) for line in task.lines.all() if line.open_quantity}
        number = next(self._forms)
        by = self.coach(task.producer)
        for _time in range(2):
            parcel = self.do(
                lambda: work_task.ship(
                    task.public_id,
                    quantities=units,
                    carrier=carrier,
                    tracking_code=f"3232{number:06}" if carrier == "bpost" else "",
                    form_key=f"form-{number}",
                    by=by,
                    now=self.now,
                )
            )
        if parcel is not None:
            for line in task.lines.all():
                self.memory.shipped[line.line_id] += units.get(line.pk, 0)

    @precondition(lambda self: self.sight.parcels)
    @rule(which=WHICH)
    def deliver(self, which: int) -> None:
        parcel = pick(self.sight.parcels, which)
        by = self.coach(parcel.task.producer)
        self.do(lambda: work_task.deliver(parcel.public_id, by=by, now=self.now))

    @precondition(lambda self: self.sight.parcels)
    @rule(which=WHICH)
    def not_delivered_after_all(self, which: int) -> None:
        parcel = pick(self.sight.parcels, which)
        by = self.coach(parcel.task.producer)
        self.do(lambda: work_task.undo_delivery(parcel.public_id, by=by, now=self.now))

    @precondition(lambda self: self.sight.parcels)
    @rule(which=WHICH)
    def correct_the_code(self, which: int) -> None:
        parcel = pick(self.sight.parcels, which)
        by, code = self.coach(parcel.task.producer), f"3299{next(self._forms):06}"
        self.do(
            lambda: work_task.correct_tracking(
                parcel.public_id, carrier="bpost", tracking_code=code, by=by, now=self.now
            )
        )

    @precondition(lambda self: self.sight.at_work)
    @rule(which=WHICH)
    def press_by_mistake(self, which: int) -> None:
        task = pick(self.sight.at_work, which)
        by, step = self.coach(task.producer), task.state
        self.do(lambda: work_task.undo(task.public_id, step=step, by=by, now=self.now))

    # --- what is in the way -------------------------------------------------------------------------------------------
    @precondition(lambda self: self.sight.at_work)
    @rule(which=WHICH, kind=st.sampled_from(sorted(MAY_SAY)), told=st.booleans())
    def say_no(self, which: int, kind: str, told: bool) -> None:
        task = pick(self.sight.at_work, which)
        by = self.coach(task.producer)
        day = later_days(task.due_on, self.now.date())[0] if kind == Impediment.Kind.LATER else None
        key = f"no-{next(self._forms)}"
        self.do(
            lambda: say_no.say(
                task.public_id,
                kind=kind,
                reason=REASONS[kind][0],
                told=SENTENCES[kind][0] if told else "",
                day=day,
                form_key=key,
                by=by,
                now=self.now,
            )
        )

    @precondition(lambda self: Impediment.objects.filter(state="open").exists())
    @rule(which=WHICH, how=st.sampled_from(["take back", "go on", "agree", "answer"]))
    def answer_what_is_in_the_way(self, which: int, how: str) -> None:
        found = pick(list(Impediment.objects.filter(state="open").select_related("task__producer")), which)
        coach = self.coach(found.task.producer)
        answers = {
            "take back": lambda: say_no.take_back(found.public_id, by=coach, now=self.now),
            "go on": lambda: say_no.go_on(found.task.public_id, by=coach, now=self.now),
            "agree": lambda: say_no.agree(found.pk, by=self.operator, now=self.now),
            "answer": lambda: say_no.answer(found.pk, "Doe maar.", by=self.operator, now=self.now),
        }
        self.do(answers[how])
