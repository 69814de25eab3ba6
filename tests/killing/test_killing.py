"""Killed anywhere, it comes to the same: books, work, mails, Saleor, Stripe, bank file and exceptions.

Here a sample of the deaths; all of them with `python3 run.py test tests/killing --everything`.
"""

import ast
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path
from unittest import mock

import pytest
from django.utils import timezone

from fulfilment.config.celery import app as celery_app
from fulfilment.flows.dispatch import PROCESS
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from tests.killing.people import Act
from tests.killing.probe import Caught, Point
from tests.killing.runs import Beginnings, Finding, deaths, hunt, tell
from tests.killing.scenarios import SCENARIOS
from tests.killing.world import World

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = 3
"""Deaths of a scenario in the gate."""

everything = pytest.mark.everything
ways = pytest.mark.parametrize("deaf", [False, True], ids=["events told", "events lost"])


def told_before(name: str) -> Beginnings:
    """What the scenarios before this one began with: who died there is not killed once more."""
    earlier = takewhile(lambda other: other != name, SCENARIOS)
    stories = [[act.name for act in SCENARIOS[other]] for other in earlier]
    return {tuple(story[: end + 1]) for story in stories for end in range(len(story))}


def told(found: Iterator[tuple[Point, Finding | None]]) -> list[str]:
    """What was found, in words."""
    return [str(finding) for _point, finding in found if finding is not None]


@ways
@pytest.mark.parametrize("name", SCENARIOS)
@everything
def test_whoever_dies_anywhere_leaves_what_would_have_been(world: World, name: str, deaf: bool) -> None:
    found = told(hunt(world, name, SCENARIOS[name], deaf=deaf, besides=told_before(name)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "deaf"),
    [
        ("all given back by the operator", False),
        ("paid without an order, returned", True),
        ("bought, made, shipped, paid out", False),
    ],
)
def test_whoever_dies_here_and_there_leaves_what_would_have_been(world: World, name: str, deaf: bool) -> None:
    chapters = tell(world, world.kept(), SCENARIOS[name], deaf=deaf)
    chosen = list(deaths(chapters))
    step = max(1, len(chosen) // SAMPLE)
    found = [finding for death in islice(chosen, step // 2, None, step) if (finding := death.die(name, deaf=deaf))]
    assert not found, "\n".join(map(str, found))


# --- the harness itself -----------------------------------------------------------------------------------------------
def forgetful() -> None:
    """A flow that writes down what it is about to do, and does not look at that again."""
    now = timezone.now()
    raise_issue(OpenIssue.Kind.FAULT, "begun", "begun and not ended", now)
    resolve(OpenIssue.Kind.FAULT, "begun", now)


def greedy() -> None:
    """A flow that catches what nobody may catch."""
    try:
        raise_issue(OpenIssue.Kind.FAULT, "begun", "begun and not ended", timezone.now())
    except BaseException:
        return


celery_app.task(name="tests.forgetful")(forgetful)
celery_app.task(name="tests.greedy")(greedy)


def test_a_flow_that_forgets_is_found(world: World) -> None:
    forgets = [Act("forget", lambda story: story.world.job("tests.forgetful"))]
    chapters = tell(world, world.kept(), forgets, deaf=False)
    around = [death for death in deaths(chapters) if "inbox_openissue" in str(death.point)]
    [found] = [finding for death in around if (finding := death.die("forgetful", deaf=False))]
    assert "after inbox_openissue (by itself)" in str(found.point)
    assert found.differences == ["exceptions: + fault begun: begun and not ended"]


def test_a_flow_that_catches_its_death_is_found(world: World) -> None:
    greed = [Act("be greedy", lambda story: story.world.job("tests.greedy"))]
    with pytest.raises(Caught, match="something caught the death"):
        list(hunt(world, "greedy", greed, deaf=False))


def test_a_new_job_of_the_clockwork_is_run(world: World) -> None:
    begun: list[str] = []
    job = world.job

    def noted(name: str, *arguments: object) -> None:
        begun.append(name)
        job(name, *arguments)

    with mock.patch.object(world, "job", noted):
        world.settle()
        world.nights(2)
    due = {str(entry["task"]) for entry in celery_app.conf.beat_schedule.values()}
    assert set(begun) - {PROCESS} == due  # what a job of it marks, a worker acts on


def test_nothing_catches_what_nobody_may_catch() -> None:
    """An exception that means death passes every handler of ours."""
    caught = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "fulfilment").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or "BaseException" in ast.unparse(node.type))
    ]
    assert not caught
