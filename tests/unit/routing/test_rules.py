"""Routing: each line goes to the one workshop that answers for it."""

from hypothesis import given
from hypothesis import strategies as st

from fulfilment.routing.rules import Answer, LineToRoute, plan

LAMP, STOOL, BOX = LineToRoute(1, "SG-001", 1), LineToRoute(2, "SG-003", 2), LineToRoute(3, "SG-006", 1)


def test_an_order_for_three_workshops_becomes_three_tasks() -> None:
    answers = {"SG-001": Answer(10, 1), "SG-003": Answer(11, 2), "SG-006": Answer(12, 3)}
    route = plan([LAMP, STOOL, BOX], answers)
    assert [task.producer_id for task in route.tasks] == [1, 2, 3]
    assert not route.refusals


def test_lines_of_one_workshop_stay_together_in_their_order() -> None:
    route = plan([LAMP, STOOL, BOX], {"SG-001": Answer(10, 1), "SG-003": Answer(11, 2), "SG-006": Answer(12, 1)})
    assert [[line.key for line, _ in task.lines] for task in route.tasks] == [[1, 3], [2]]


def test_a_line_that_nobody_answers_for_is_refused_and_holds_up_no_other() -> None:
    route = plan([LAMP, STOOL], {"SG-001": Answer(10, 1)})
    assert route.refusals == (STOOL,)
    assert [task.producer_id for task in route.tasks] == [1]


@given(
    st.lists(st.tuples(st.sampled_from("ABCDEF"), st.integers(1, 9)), max_size=12),
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 4)),
)
def test_every_line_ends_in_exactly_one_place(items: list[tuple[str, int]], makers: dict[str, int]) -> None:
    lines = [LineToRoute(key, code, quantity) for key, (code, quantity) in enumerate(items)]
    route = plan(lines, {code: Answer(maker * 100, maker) for code, maker in makers.items()})
    placed = [line.key for task in route.tasks for line, _ in task.lines] + [line.key for line in route.refusals]
    assert sorted(placed) == [line.key for line in lines]
    assert len({task.producer_id for task in route.tasks}) == len(route.tasks)
