"""What can be written on a parcel, mailed to, and called from another country."""

import pytest
from django.core.exceptions import ValidationError

from shop.writing import as_typed, international, lacks_number, postal_code, to_mail, to_print


@pytest.mark.parametrize(
    "name", ["Zoë D’Hondt-Şahin", "Nguyễn Thị Ánh", "Łukasz", "Γιώργος", "Олена", "Zoe\u0308", "bus 3 / 2°"]
)
def test_what_is_written_in_our_alphabets_may_be_on_a_parcel(name: str) -> None:
    to_print(name)


@pytest.mark.parametrize(
    "name", ["李明", "محمد", "דוד", "An 🌷", "An\u202e", "An\u2066", "A\u200bn", "An\u200f", "An\x07", "An\ufe0f☺"]
)
def test_what_no_label_can_carry_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        to_print(name)


@pytest.mark.parametrize("address", ["an@example.com", "an@münchen.example", "an+shop@xn--mnchen-3ya.example"])
def test_what_mail_can_be_sent_to_is_taken(address: str) -> None:
    to_mail(address)


@pytest.mark.parametrize(
    "address",
    [
        "an@1مثال.com",
        f"an@{'é' * 60}.be",
        f"{'a' * 65}@example.com",
        f"an@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.be",
    ],
)
def test_what_no_mail_server_finds_or_takes_is_refused_where_it_is_typed(address: str) -> None:
    with pytest.raises(ValidationError, match="Naar dit e-mailadres kunnen we niets sturen"):
        to_mail(address)


@pytest.mark.parametrize(
    ("typed", "country", "meant"),
    [
        ("0470 12 34 56", "BE", "+32470123456"),
        ("09 123 45 67", "BE", "+3291234567"),
        ("09 123 45 67", "NL", "+3291234567"),  # nine figures: a Belgian one, wherever the parcel goes
        ("06 12345678", "NL", "+31612345678"),
        ("06 12345678", "BE", "+31612345678"),  # ten figures that are no Belgian mobile phone
        ("020 123 45 67", "NL", "+31201234567"),
        ("+32 (0)470 12 34 56", "NL", "+32470123456"),
        ("0032 470 12 34 56", "NL", "+32470123456"),
        ("0032 (0)470 12 34 56", "NL", "+32470123456"),
        ("(0470) 12 34 56", "BE", "+32470123456"),
    ],
)
def test_a_number_means_the_same_in_every_country(typed: str, country: str, meant: str) -> None:
    assert international(typed, country) == meant


def test_a_number_of_both_countries_asks_which_one_it_is_of() -> None:
    with pytest.raises(ValidationError, match=r"\+32 voor België, \+31 voor Nederland"):
        international("0475 12 34 56", "NL")


def test_a_number_of_neither_country_is_refused() -> None:
    with pytest.raises(ValidationError, match="Dit nummer klopt niet"):
        international("0470 12 34", "BE")


@pytest.mark.parametrize("typed", ["9000", "B-9000", "b 9000", "BE-9000", " 90 00 ", "B.9000"])
def test_a_belgian_postal_code_is_four_figures_however_it_is_written(typed: str) -> None:
    assert postal_code(typed, "BE") == "9000"


@pytest.mark.parametrize("typed", ["1012 AB", "1012AB", "1012 ab", "NL-1012AB", "nl 1012 ab"])
def test_a_dutch_postal_code_is_four_figures_and_two_letters(typed: str) -> None:
    assert postal_code(typed, "NL") == "1012 AB"


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("9٠٠٠", "BE"),
        ("9000 AB", "BE"),
        ("0900", "BE"),
        ("90000", "BE"),
        ("1012", "NL"),
        ("NL", "NL"),
        ("9" * 20, "BE"),
    ],
)
def test_what_is_no_postal_code_there_is_refused(typed: str, country: str) -> None:
    with pytest.raises(ValidationError):
        postal_code(typed, country)


@pytest.mark.parametrize(("street", "lacks"), [("Kouter", True), ("Kouter 12", False), ("12, rue Haute", False)])
def test_a_street_without_a_figure_lacks_its_number(street: str, lacks: bool) -> None:
    assert lacks_number(street) is lacks


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("an@xn--mnchen-3ya.example", "an@münchen.example"),
        ("an@example.com", "an@example.com"),
        ("an@münchen.example", "an@münchen.example"),
        ("an@xn--\u00e9.example", "an@xn--\u00e9.example"),
        ("", ""),
    ],
)
def test_a_mail_address_is_shown_as_people_write_it(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed
