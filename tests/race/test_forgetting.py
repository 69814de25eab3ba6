"""Somebody is forgotten five times at the same moment, by people who press and by rounds of the clock."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from fulfilment.flows.forget import forget
from fulfilment.flows.forget_person import ask, carry_on
from fulfilment.forgetting import proof
from fulfilment.forgetting.models import Erasure
from fulfilment.forgetting.table import KEPT
from fulfilment.inbox.models import Mark
from tests.support.at_once import five_times, together
from tests.support.bought import agree
from tests.support.forgetting import EMAIL, RELEASED, account, is_known, over, sent

pytestmark = pytest.mark.django_db(transaction=True)

NOW = RELEASED + timedelta(days=3)


@pytest.fixture(autouse=True)
def log(settings: Settings, tmp_path: Path) -> Path:
    settings.FORGOTTEN_LOG = str(tmp_path / "forgotten.jsonl")
    return tmp_path / "forgotten.jsonl"


def test_five_who_press_at_once_make_one_request(log: Path) -> None:
    agree("SG-001")
    found = over()
    sent("order:1:confirmed")
    asked = five_times(lambda: ask(EMAIL, now=NOW, by=None).pk)
    assert len(set(asked)) == 1
    assert not is_known(found)
    assert proof.noted(log) == ([proof.address_hash(EMAIL)], 0)


def test_workers_and_rounds_that_forget_the_same_do_it_once() -> None:
    agree("SG-001")
    found = over()
    found.saleor.people.append(account())
    erasure = ask(EMAIL, now=NOW, by=None)
    long_after = NOW + timedelta(days=4000)

    def everything() -> int:
        return sum(forget(row, now=long_after) for row in KEPT if not row.elsewhere and row.name != "requests")

    work = [lambda: carry_on(erasure.public_id, found.saleor.as_saleor(), now=NOW)] * 2
    together([*work, everything, everything])
    carry_on(erasure.public_id, found.saleor.as_saleor(), now=NOW)
    assert Erasure.objects.get().done_at is not None
    assert not is_known(found)
    assert Mark.objects.filter(kind=Mark.Kind.FORGET_ORDER).count() == 1
