"""Terms and numbers of companies and their divisions, and which type their members have at Saleor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.companies import rules
from fulfilment.companies.rules import Numbers, Terms
from tests.support.companies import NUMBERS

AMOUNTS = st.none() | st.integers(0, 10_000_000)
TERMS = st.builds(
    Terms,
    price_list=st.sampled_from(["", "wholesale", "horeca"]),
    payment=st.sampled_from(["", *rules.Payment]),
    deposit_percent=st.none() | st.integers(1, 99),
    days=st.none() | st.integers(1, 120),
    credit_limit_minor=AMOUNTS,
    minimum_net_minor=AMOUNTS,
)
SLUGS = ("wholesale", "horeca", "city")
TYPES = ("business", "hotel", "office")


def test_a_division_has_what_it_says_itself_and_else_what_the_nearest_above_it_says() -> None:
    own = Terms(days=14, minimum_net_minor=0)
    house = Terms("wholesale", "invoice", None, 30, 100_000, 25_000)
    group = Terms("city", "deposit", 30, 60, 900_000, 0)
    assert rules.terms_of([own, house, group]) == Terms("wholesale", "invoice", 30, 14, 100_000, 0)


@given(st.lists(TERMS, min_size=1, max_size=4))
def test_each_field_is_of_the_nearest_that_says_it(chain: list[Terms]) -> None:
    found = rules.terms_of(chain)
    for name in Terms.__dataclass_fields__:
        said = [value for one in chain if (value := getattr(one, name)) not in (None, "")]
        assert getattr(found, name) == (said[0] if said else getattr(Terms(), name))


@given(st.lists(TERMS, min_size=1, max_size=4))
def test_what_holds_for_a_chain_holds_of_itself(chain: list[Terms]) -> None:
    assert rules.terms_of([rules.terms_of(chain), *chain]) == rules.terms_of(chain)


def test_a_vat_number_comes_from_the_nearest_legal_entity_and_never_from_beyond_it() -> None:
    group = Numbers(NUMBERS[0], f"BE{NUMBERS[0]}")
    exempt = Numbers(NUMBERS[1], "")
    assert rules.numbers_of([Numbers(), group]) == group
    assert rules.numbers_of([Numbers(), exempt, group]) == exempt
    assert rules.numbers_of([Numbers("", "NL004495445B01"), group]) == Numbers(NUMBERS[0], "NL004495445B01")
    assert rules.numbers_of([Numbers("", "NL004495445B01")]) == Numbers("", "NL004495445B01")


@given(st.lists(st.builds(Numbers, st.sampled_from(["", *NUMBERS]), st.sampled_from(["", "BE1", "BE2"])), max_size=5))
def test_numbers_from_above_the_nearest_legal_entity_count_for_nothing(chain: list[Numbers]) -> None:
    entity = next((at for at, one in enumerate(chain) if one.legal_number), len(chain))
    assert rules.numbers_of(chain) == rules.numbers_of(chain[: entity + 1])


@pytest.mark.parametrize("typed", ["1999001041", "1999.001.041", " BE 1999 001 041 ", "be1999001041"])
def test_a_number_of_the_kruispuntbank_is_kept_as_ten_figures(typed: str) -> None:
    assert rules.legal_number(typed) == "1999001041"


@pytest.mark.parametrize("typed", ["", "1999001042", "12", "NL004495445B01", "١٩٩٩٠٠١٠٤١", "\x00"])
def test_what_is_no_number_of_the_kruispuntbank_is_none(typed: str) -> None:
    assert rules.legal_number(typed) is None


def test_a_vat_number_is_kept_with_its_country() -> None:
    assert rules.vat_number("nl 0044.95.445.B01") == "NL004495445B01"
    assert rules.vat_number("BE 1999.001.041") == "BE1999001041"
    assert [rules.vat_number(typed) for typed in ("", "1999001041", "BE1999001042", "ZZ1", "US123")] == [None] * 5


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_none(typed: str) -> None:
    for read in (rules.legal_number, rules.vat_number):
        found = read(typed)
        assert found is None or read(found) == found


def test_who_has_no_part_in_buying_has_no_amount() -> None:
    assert [rules.limit_of(role, 100) for role in rules.Role] == [100, 100, None, None]


def test_the_last_administrator_is_the_only_one() -> None:
    assert rules.is_last_administrator([1], 1)
    assert not rules.is_last_administrator([1, 2], 1)
    assert not rules.is_last_administrator([2], 1)
    assert not rules.is_last_administrator([], 1)


# --- the type of an account at Saleor --------------------------------------------------------------------------------

OPENED = {"wholesale": ("business", "hotel"), "horeca": ("hotel",), "city": ("office",)}


@pytest.mark.parametrize(
    ("lists", "now", "wanted"),
    [
        (["wholesale"], "default", "business"),
        (["wholesale"], None, "business"),
        (["wholesale"], "business", None),
        (["wholesale"], "hotel", None),  # opens it as well
        (["wholesale", "horeca"], "business", "hotel"),  # the one that opens both
        (["wholesale", "city"], "default", "business"),  # none opens both: that of the first
        (["wholesale", "city"], "office", None),
        ([], "business", "default"),
        ([], "default", None),
        ([], "vip", None),  # was given for something else
        (["wholesale"], "vip", "business"),
        (["gone"], "default", None),
    ],
)
def test_the_type_of_an_account_opens_the_lists_of_its_companies(
    lists: list[str], now: str | None, wanted: str | None
) -> None:
    assert rules.customer_type(lists, OPENED, "default", now) == wanted


@given(
    st.lists(st.sampled_from(SLUGS), unique=True),
    st.dictionaries(st.sampled_from(SLUGS), st.lists(st.sampled_from(TYPES), unique=True).map(tuple)),
    st.sampled_from(["default", "vip", None, *TYPES]),
)
def test_once_it_is_given_it_stays_and_nobody_else_gets_a_list(
    lists: list[str], opened_by: dict[str, tuple[str, ...]], now: str | None
) -> None:
    wanted = rules.customer_type(lists, opened_by, "default", now)
    given = wanted or now
    assert rules.customer_type(lists, opened_by, "default", given) is None
    if wanted not in (None, "default"):
        assert any(wanted in opened_by.get(one, ()) for one in lists)
    if not lists:
        assert all(given not in types for types in opened_by.values())
