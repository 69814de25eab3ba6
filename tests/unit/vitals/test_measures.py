"""What is kept of what was measured."""

from fulfilment.vitals.measures import differences, together


def test_a_counter_that_began_anew_tells_what_came_since_then() -> None:
    assert differences({"a": 7, "b": 2, "c": 1}, {"a": 5, "b": 9}) == {"a": 2, "b": 2, "c": 1}


def test_of_what_stands_there_the_worst_is_kept_and_of_what_is_counted_the_sum() -> None:
    found = together([{"oldest_mark": 3, "repairs": 1}, {"oldest_mark": 9, "repairs": 4}, {}])
    assert (found["oldest_mark"], found["repairs"]) == (9, 5)
