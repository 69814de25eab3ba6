"""Promotions in the stand-in: those of the file, those of staff, and when each begins and ends by its clock."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.saleor.program import Sandbox
from sandbox.saleor.promotions import price_now
from tests.support.saleor_bench import CATALOGUE, running_sandbox
from tests.support.stripe_sandbox import until

BEFORE = datetime(2026, 11, 30, 22, 59, tzinfo=UTC).timestamp()
"""A minute before the first of December in Belgium."""
WINTER = """
[[promotion]]
slug = "winter"
name = "Winterkorting"
percent = "20"
from = 2026-12-01
until = 2026-12-24
products = ["SG-001"]
"""


class Clock:
    def __init__(self) -> None:
        self.now = BEFORE

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.toml"
    path.write_text(CATALOGUE.read_text("utf-8") + WINTER, encoding="utf-8")
    return path


def lamp(sandbox: Sandbox) -> int:
    found = sandbox.core.catalogue.variant("SG-001")
    assert found is not None
    return price_now(sandbox.core, *found)


def ask(sandbox: Sandbox, document: str, token: str = "", **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = {"query": document, "variables": variables}
    answer = httpx2.post(sandbox.core.api_url, json=asked, headers=headers).json()
    assert "errors" not in answer, answer
    return answer["data"]


def staff(sandbox: Sandbox) -> str:
    told = ask(sandbox, 'mutation { tokenCreate(email: "admin@example.com", password: "admin") { token } }')
    token: str = told["tokenCreate"]["token"]
    return token


def test_one_of_the_file_begins_and_ends_by_the_clock_and_both_are_noted(
    tmp_path: Path, file: Path, clock: Clock
) -> None:
    with running_sandbox(tmp_path / "state", catalogue=file, clock=clock) as sandbox:

        def told() -> list[str | None]:
            return [one["told"] for one in sandbox.core.store.find("promotion")]

        assert (lamp(sandbox), told()) == (28_900, [None])
        clock.now += 61
        assert lamp(sandbox) == 23_120
        assert until(lambda: told() == ["started"])
        clock.now += 24 * 86_400
        assert lamp(sandbox) == 28_900
        assert until(lambda: told() == ["ended"])


def test_what_staff_changed_of_it_outlives_a_restart_until_the_file_says_something_else(
    tmp_path: Path, file: Path, clock: Clock
) -> None:
    clock.now += 61
    with running_sandbox(tmp_path / "state", catalogue=file, clock=clock) as sandbox:
        token = staff(sandbox)
        document = "{ promotions(first: 5) { edges { node { rules { id } } } } }"
        rule = ask(sandbox, document, token)["promotions"]["edges"][0]["node"]["rules"][0]["id"]
        change = """mutation($id: ID!) { promotionRuleUpdate(id: $id, input: { rewardValue: "50" }) {
          errors { code } } }"""
        assert ask(sandbox, change, token, id=rule)["promotionRuleUpdate"]["errors"] == []
        assert lamp(sandbox) == 14_450
    with running_sandbox(tmp_path / "state", catalogue=file, clock=clock) as sandbox:
        assert lamp(sandbox) == 14_450
    file.write_text(file.read_text("utf-8").replace('percent = "20"', 'percent = "10"'), encoding="utf-8")
    with running_sandbox(tmp_path / "state", catalogue=file, clock=clock) as sandbox:
        assert lamp(sandbox) == 26_010
    with running_sandbox(tmp_path / "state", clock=clock) as sandbox:
        assert lamp(sandbox) == 28_900
