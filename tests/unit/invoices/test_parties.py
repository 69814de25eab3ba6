"""Who sells and buys: the address by which Peppol finds them, and what payments name."""

from dataclasses import replace

import pytest
from stdnum import iso11649
from stdnum.be import ogm_vcs

from fulfilment.invoices import references
from fulfilment.invoices.parties import endpoint, seller
from tests.support.invoices import HOTEL, KANTOOR, SELLER


def test_a_belgian_is_found_by_their_number_and_somebody_abroad_by_that_of_their_vat() -> None:
    assert endpoint(HOTEL) == ("0208", "1999001041")
    assert endpoint(KANTOOR) == ("9944", "NL123456782B90")


def test_sweden_and_greece_go_by_numbers_of_their_own() -> None:
    assert endpoint(replace(KANTOOR, vat_number="SE556011223301")) == ("0007", "5560112233")
    assert endpoint(replace(KANTOOR, vat_number="EL094259216")) == ("9933", "EL094259216")
    assert endpoint(replace(HOTEL, legal_number="")) == ("0208", "1999001041")
    assert endpoint(replace(KANTOOR, vat_number="")) is None


@pytest.mark.parametrize("address", ["", "Gent", "Kouter 1 9000 Gent", "Kouter 1, Gent"])
def test_a_seller_without_an_address_that_can_be_read_makes_no_invoices(address: str) -> None:
    assert seller("Gemaakt", address, "1999.001.338", "") is None


def test_a_seller_is_read_from_the_settings() -> None:
    assert seller("Sociaal Gemaakt", "Kouter 1, 9000 Gent", "1999.001.338", "hallo@example.com") == SELLER
    assert seller("Sociaal Gemaakt", "Kouter 1, 9000 Gent", "0000.000.001", "") is None


@pytest.mark.parametrize(("year", "sequence"), [(2026, 1), (2026, 97), (2027, 99_999), (2099, 1_234_567)])
def test_every_number_has_its_two_references(year: int, sequence: int) -> None:
    assert ogm_vcs.is_valid(references.structured(year, sequence))
    assert iso11649.is_valid(references.creditor(f"{year}-{sequence:05d}"))


def test_references_are_written_as_people_read_them() -> None:
    assert references.structured_told(references.structured(2026, 1)) == "+++926/0000/00152+++"
    assert references.creditor_told("RF3220260001") == "RF32 2026 0001"
