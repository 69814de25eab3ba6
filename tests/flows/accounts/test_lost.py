"""Who lost their second step gets in again, with somebody's help, and hears of it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from pytest_django import Settings

from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.second_step import log_in, log_in_twice

pytestmark = pytest.mark.django_db


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_a_second_step_is_wiped_for_who_lost_it(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    operator = rows.user("operator@example.com", staff=True)
    thief = log_in_twice(operator)

    assert said("reset_second_factor", "Operator@example.com") == "Gewist, en gemaild.\n"

    assert thief.get(reverse("backoffice:index")).status_code == 302  # wherever they were logged in
    assert log_in(operator).get(reverse("backoffice:index"))["Location"] == reverse("mfa_index")
    assert "tweede stap is gewist" in Mail.objects.get(subject="Er veranderde iets aan je account").text


def test_where_there_is_none_nothing_happens() -> None:
    rows.user("operator@example.com", staff=True)

    assert said("reset_second_factor", "operator@example.com") == "Er was geen tweede stap om te wissen.\n"
    with pytest.raises(CommandError, match="geen account"):
        said("reset_second_factor", "nobody@example.com")
