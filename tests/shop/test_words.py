"""How a day is written."""

from datetime import date, timedelta

from django.utils import timezone

from shop.design.templatetags.house import day


def test_a_day_is_written_with_its_name_and_without_the_year() -> None:
    assert day(date(2026, 12, 4), "weekday") == "vrijdag 4 december"
    assert day(date(2026, 12, 4)) == "4 december"


def test_a_day_that_one_would_take_for_another_years_has_its_year() -> None:
    far = timezone.localdate() + timedelta(days=301)
    assert day(far).endswith(f" {far.year}")
    assert not day(far - timedelta(days=1)).endswith(f" {far.year}")
