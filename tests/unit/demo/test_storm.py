"""The judgement of a storm finds what it is there to find, and nothing where all came right."""

from collections import Counter
from dataclasses import replace

import pytest

from demo.storm_check import amounts, books_of, doubled, lost, part
from demo.storm_facts import Case, Line
from demo.storm_orders import GESTURE, RETURN, UNITS, WHOLE, wish

MADE, STOCKED = ["koord", "zit"], ["strik"]


def right(**other: object) -> Case:
    """A customer who paid for three stools, of which two were shipped and one was given back."""
    case = Case(
        "an@storm.example",
        charges=[80_000],
        returned=[26_500],
        in_saleor=1,
        granted=1,
        fulfilled=Counter({"SG-003": 2}),
        fulfilments=2,
        orders=[7],
        costs=80_000,
        lines=[Line(ordered=3, made=2, back=1, shipped=2)],
        shipped=Counter({"SG-003": 2}),
        parcels=2,
        refunds=[(26_500, "paid")],
        booked=53_500,
    )
    return replace(case, **other)  # type: ignore[arg-type]


def test_an_order_that_came_right_is_nobodys_fault() -> None:
    case = right()
    assert not lost(case)
    assert not [*doubled(case), *books_of(case), *amounts(case, UNITS)]


def test_who_paid_and_got_neither_an_order_nor_the_money_lost_it() -> None:
    nothing = Case("an@storm.example", charges=[80_000])
    assert "no order, and the money did not come back" in lost(nothing)[0]
    assert "no order" in lost(replace(nothing, returned=[79_999]))[0]
    assert "no order" in lost(replace(nothing, in_saleor=1))[0]  # of which fulfilment never heard
    assert not lost(replace(nothing, returned=[80_000]))
    assert "Stripe knows nothing" in lost(Case("an@storm.example"))[0]


def test_a_piece_that_nobody_makes_and_nobody_gave_back_is_lost() -> None:
    found = lost(right(lines=[Line(ordered=3, made=1, back=1)]))
    assert found == ["an@storm.example: of 3 pieces 1 are somebody's work and 1 were given back"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"charges": [80_000, 80_000]}, "payments 2"),
        ({"in_saleor": 2}, "orders in Saleor 2"),
        ({"orders": [7, 8]}, "orders 2"),
        ({"returned": [26_500, 26_500]}, "refunds at Stripe 2"),
        ({"returned": [53_000]}, "53000 cents went back"),
        ({"granted": 2}, "refunds granted in Saleor 2"),
        ({"fulfilments": 3}, "fulfilments in Saleor 3"),
        ({"fulfilled": Counter({"SG-003": 3})}, "Saleor ships 3 of SG-003"),
        ({"lines": [Line(ordered=3, made=3, back=1, shipped=2)]}, "3 are work and 1 were given back"),
        ({"lines": [Line(ordered=3, made=2, back=1, shipped=3)]}, "3 pieces shipped where 2 were asked"),
        ({"taken_back": Counter({"SG-003": 1})}, "Saleor took back 1 of SG-003, 0 came back"),
        ({"mails_twice": 1}, "mails 1"),
    ],
)
def test_what_was_done_twice_is_found(wrong: dict[str, object], words: str) -> None:
    assert any(words in told for told in doubled(right(**wrong)))


def test_a_payment_that_went_back_whole_went_back_once() -> None:
    returned = Case("an@storm.example", charges=[80_000], returned=[80_000])
    assert not list(doubled(returned))
    assert list(doubled(replace(returned, returned=[80_000, 80_000])))


def test_books_that_tell_other_than_stripe_are_wrong() -> None:
    assert "cents stand on customer" in next(books_of(right(owed=1)))
    assert "booked 53499 cents" in next(books_of(right(booked=53_499)))


@pytest.mark.parametrize(
    ("fate", "back", "is_right"),
    [
        (WHOLE, 80_000, True),
        (WHOLE, 79_999, False),
        (UNITS, 1, True),
        (UNITS, 0, False),
        (GESTURE, 500, True),
        (GESTURE, 1_000, False),
        ("", 0, True),
        ("", 1, False),
    ],
)
def test_what_was_to_go_back_went_back(fate: str, back: int, is_right: bool) -> None:
    assert bool(list(amounts(right(returned=[back]), fate))) is not is_right


def test_what_was_paid_above_the_price_goes_back_as_well() -> None:
    assert not list(amounts(right(costs=79_050, returned=[950]), ""))
    assert list(amounts(right(costs=79_050, returned=[]), ""))
    assert not list(amounts(right(costs=79_050, returned=[950, 500]), GESTURE))


def test_a_seed_gives_the_same_orders_again_and_another_seed_others() -> None:
    first = [wish(1, number, MADE, STOCKED) for number in range(50)]
    assert first == [wish(1, number, MADE, STOCKED) for number in range(50)]
    assert first != [wish(2, number, MADE, STOCKED) for number in range(50)]
    assert {one.fate for one in (wish(1, number, MADE, STOCKED) for number in range(500))} == {
        WHOLE,
        UNITS,
        GESTURE,
        RETURN,
        "",
    }


def test_a_share_of_the_times_is_not_exceeded_by_so_many() -> None:
    times = [float(second) for second in range(1, 101)]
    assert (part(times, 0.5), part(times, 0.95), part(times, 1.0)) == (50.0, 95.0, 100.0)
    assert part([3.0], 0.5) == 3.0
