"""What a bank file may hold of what people type: letters made plain, other scripts refused and not guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.payouts.alphabet import LONGEST_NAME, bank_name, is_plain, plain


@given(st.text())
def test_whatever_is_typed_comes_out_in_the_alphabet_and_stays_as_it_came_out(text: str) -> None:
    written = plain(text)
    assert is_plain(written)
    assert plain(written) == written
    assert bank_name(text) in ("", written)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Labeur vzw", "Labeur vzw"),
        ("Atelier “Één & Ander” _ Aalst", "Atelier Een + Ander Aalst"),
        ("Łódź Straße Ærø Þór Œuvre", "Lodz Strasse AEro Thor OEuvre"),
        ("De Wassende Maan – ’t Huis", "De Wassende Maan - 't Huis"),
        ("Wol 🧶 en Draad™", "Wol en DraadTM"),
        ("/ A // B /", "A / B"),
        ("//A//B//", "A/B"),
        ("Đặng Ngọc", "Dang Ngoc"),
    ],
)
def test_latin_letters_become_plain_and_signs_that_no_bank_takes_a_space(typed: str, written: str) -> None:
    assert plain(typed) == written
    assert bank_name(typed) == written


@pytest.mark.parametrize("typed", ["🧶🧶", "", " ", "…", "_", "-", "جمعية", "株式会社", "Кooператив", "Café 東京"])
def test_a_name_that_comes_to_nothing_or_has_letters_of_another_script_is_none(typed: str) -> None:
    assert bank_name(typed) == ""


def test_a_name_is_as_long_as_a_bank_takes_it() -> None:
    assert bank_name("a" * LONGEST_NAME)
    assert bank_name("a" * (LONGEST_NAME + 1)) == ""
    assert bank_name("æ" * LONGEST_NAME) == ""
