"""Time passes; others are out of reach for a while, act and do not answer, tell things twice, or not at all."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows.audit_money import PATIENCE
from fulfilment.flows.send_mail import ATTEMPTS
from fulfilment.mail.models import Mail
from tests.hunt.story import Chapter
from tests.hunt.weather import PROGRAMS
from tests.killing.world import ROUNDS

LAST_TRIES = tuple(60 * 2 ** (ATTEMPTS - 2) + 60 * minute for minute in range(5))
"""Seconds after which mails are tried for the last time that the server broke off each time before."""

AUDITED = (int(PATIENCE.total_seconds()), int(PATIENCE.total_seconds()) + 100)
"""Seconds after which the audit alone tells of money that went twice: by hand, and at Stripe too."""

LINES = st.sampled_from(["hear nothing", "hear all twice", "hear all in any order", "hear all once"])


class Days(Chapter):
    @rule(days=st.sampled_from([1, 3, 17]))
    def days_pass(self, days: int) -> None:
        self.world.nights(days)

    @rule(minutes=st.sampled_from([1, 10, 40]))
    def minutes_pass(self, minutes: int) -> None:
        self.world.settle((60, 60 * minutes))

    @rule()
    def all_comes_to_rest(self) -> None:
        """Everybody can be reached again, and there is time enough."""
        self.weather.clears()
        self._lines_are("hear all once")
        self.world.settle(ROUNDS)
        if Mail.objects.filter(sent_at=None, failures__range=(1, ATTEMPTS - 1)).exists():
            self.world.settle(LAST_TRIES)
        if self.memory.by_hand:
            self.world.settle(AUDITED)
        for _time in range(2):  # what the first finds, a worker looks at
            self.world.job("fulfilment.check_balance")
            self.happens()
        self.at_rest()

    def at_rest(self) -> None:
        """What must be true then."""

    @rule(program=st.sampled_from(PROGRAMS))
    def go_down(self, program: str) -> None:
        self.weather.down.add(program)

    @precondition(lambda self: self.weather.down)
    @rule()
    def come_up(self) -> None:
        self.weather.down.clear()

    @rule(program=st.sampled_from(PROGRAMS), answers=st.integers(1, 4))
    def lose_answers(self, program: str, answers: int) -> None:
        """It does what it is asked, and nobody hears that it did."""
        self.weather.lost[program] += answers

    @rule()
    def die_before_answering(self) -> None:
        self.weather.cut += 1

    @rule(how=LINES)
    def lines_change(self, how: str) -> None:
        """What Saleor and Stripe tell of themselves."""
        self._lines_are(how)

    def _lines_are(self, how: str) -> None:
        self.world.network.deaf = how == "hear nothing"
        switches = {"duplicate": how == "hear all twice", "shuffle": how == "hear all in any order"}
        for program in (self.world.saleor.core, self.world.stripe):
            with program.store.write() as tx:
                program.faults.change(tx, switches, self.world.clock.seconds)
