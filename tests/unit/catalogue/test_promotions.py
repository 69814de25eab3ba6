"""A promotion of the file: what it takes off what, from when until when."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from catalogue.file import CatalogueError, read_catalogue
from catalogue.values import Promotion

DEMO = (Path(__file__).parents[3] / "demo" / "catalogue.toml").read_text(encoding="utf-8")
WINTER = """
[[promotion]]
slug = "winter"
name = "Winterkorting"
percent = "20"
from = 2026-12-01
until = 2026-12-24
products = ["SG-001"]
collections = ["om-te-geven"]
[promotion.en]
name = "Winter"
"""


def file_with(folder: Path, promotions: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(DEMO + promotions, encoding="utf-8")
    return path


def test_it_is_read_whole_and_its_days_are_belgian(tmp_path: Path) -> None:
    assert read_catalogue(file_with(tmp_path, WINTER)).promotions == (
        Promotion(
            slug="winter",
            name="Winterkorting",
            percent=Decimal(20),
            amount=None,
            channels=("consumer",),
            valid_from=datetime(2026, 11, 30, 23, tzinfo=UTC),
            valid_until=datetime(2026, 12, 24, 22, 59, 59, tzinfo=UTC),
            products=("SG-001",),
            collections=("om-te-geven",),
            translations={"en": {"name": "Winter"}},
        ),
    )


def test_the_demo_reduces_nothing(tmp_path: Path) -> None:
    assert read_catalogue(file_with(tmp_path, "")).promotions == ()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('percent = "20"', "", "exactly one of percent and amount is expected"),
        ('percent = "20"', 'percent = "20"\namount = "5"', "exactly one of percent and amount is expected"),
        ('percent = "20"', 'percent = "120"', "percent: 120 is not a part of a hundred"),
        ('percent = "20"', 'amount = "5.005"', "not an amount in whole cents"),
        ("from = 2026-12-01", "", "from is missing"),
        ("until = 2026-12-24", "until = 2026-11-24", "until is before from"),
        ('products = ["SG-001"]\ncollections = ["om-te-geven"]', "", "nothing would cost less"),
        ('products = ["SG-001"]', 'products = ["SG-9"]', "no product 'SG-9'"),
        ('collections = ["om-te-geven"]', 'collections = ["x"]', "no collection 'x'"),
        ('percent = "20"', 'percent = "20"\nchannels = ["x"]', "no channel 'x'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_slug(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in WINTER
    with pytest.raises(CatalogueError, match=rf"\[\[promotion\]\] winter: .*{complaint}"):
        read_catalogue(file_with(tmp_path, WINTER.replace(old, new)))


def test_two_of_one_slug_or_one_name_are_refused(tmp_path: Path) -> None:
    twice = WINTER + WINTER.replace('slug = "winter"', 'slug = "zomer"')
    with pytest.raises(CatalogueError, match="zomer: Winterkorting is there twice"):
        read_catalogue(file_with(tmp_path, twice))
