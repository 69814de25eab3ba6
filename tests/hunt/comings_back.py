"""What was shipped comes back: announced, on its way, received, judged, lost, or kept by the customer after all."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows import announce_return, work_return
from fulfilment.returns.models import Return
from fulfilment.returns.rules import Verdict
from tests.hunt.story import WHICH, Chapter, pick


class ComingsBack(Chapter):
    @precondition(lambda self: self.sight.parcels)
    @rule(which=WHICH, line=WHICH, units=st.integers(1, 3), is_back=st.booleans())
    def announce(self, which: int, line: int, units: int, is_back: bool) -> None:
        order = pick(self.sight.parcels, which).task.order
        left = announce_return.returnable(order)
        if not left:
            return
        pk = pick(sorted(left), line)
        chosen = {pk: min(units, left[pk])}
        self.do(
            lambda: announce_return.announce(
                order.public_id,
                chosen,
                reason=Return.Reason.WITHDRAWAL,
                now=self.now,
                by=self.operator,
                is_back=is_back,
            )
        )

    @precondition(lambda self: self.sight.returns)
    @rule(which=WHICH)
    def say_it_is_on_its_way(self, which: int) -> None:
        found = pick(self.sight.returns, which)
        self.do(
            lambda: work_return.expect(found.public_id, carrier="bpost", tracking_code="1234", by=None, now=self.now)
        )

    @precondition(lambda self: self.sight.returns)
    @rule(which=WHICH, part=st.booleans())
    def receive(self, which: int, part: bool) -> None:
        """All of it, or one unit of the first line."""
        found = pick(self.sight.returns, which)
        lines = list(found.lines.all())
        units = {line.pk: (int(at == 0) if part else line.quantity) for at, line in enumerate(lines)}
        by = self.coach(found.task.producer)
        self.do(lambda: work_return.receive(found.public_id, units, by=by, now=self.now))

    @precondition(lambda self: any(one.state == "received" for one in self.sight.returns))
    @rule(which=WHICH, how=st.sampled_from(Verdict._fields))
    def judge(self, which: int, how: str) -> None:
        found = pick([one for one in self.sight.returns if one.state == "received"], which)
        verdicts = {line.pk: Verdict(**{how: line.quantity}) for line in found.lines.all()}
        by = self.coach(found.task.producer)
        self.do(lambda: work_return.judge(found.public_id, verdicts, by=by, now=self.now))

    @precondition(lambda self: self.sight.returns)
    @rule(which=WHICH)
    def take_the_last_word_back(self, which: int) -> None:
        found = pick(self.sight.returns, which)
        by = self.coach(found.task.producer)
        self.do(lambda: work_return.undo(found.public_id, step=found.state, by=by, now=self.now))

    @precondition(lambda self: self.sight.returns)
    @rule(which=WHICH, how=st.sampled_from(["lose", "withdraw", "keep_money"]))
    def end_it_otherwise(self, which: int, how: str) -> None:
        found = pick(self.sight.returns, which)
        self.do(lambda: getattr(work_return, how)(found.public_id, by=self.operator, now=self.now))
