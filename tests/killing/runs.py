"""A scenario from beginning to end, with or without a death in it, and what the two have come to.

It is told once, and the world is put aside before each of its acts. A death begins there, and the story goes on from
it: until the end, unless all is as it was without the death once the act is over.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from tests.killing.ends import End, differences, end_of
from tests.killing.office import heed
from tests.killing.people import Act, Story
from tests.killing.probe import Point, Probe
from tests.killing.world import Interrupted, Kept, World

TRIES = 3
BETWEEN = 2 * 3600
"""Seconds from one act to the next: so it is the same hour in every run, whatever had to be repaired."""
LONGEST = 240
"""Characters of a difference that are shown."""


Beginnings = Set[tuple[str, ...]]
"""What was done up to some chapter, of several stories."""


@dataclass(frozen=True)
class Chapter:
    """An act of a scenario: the world before it, the points that it passed, and what there was after it."""

    act: Act
    before: Kept
    story: Story
    points: list[Point]
    end: End


@dataclass(frozen=True)
class Finding:
    """A death after which the end was another."""

    scenario: str
    deaf: bool
    point: Point
    differences: list[str]

    def __str__(self) -> str:
        heard = "events lost" if self.deaf else "events told"
        told = "\n".join(f"    {_short(line)}" for line in self.differences)
        return f"{self.scenario} ({heard}), killed {self.point}\n    and the end is another:\n{told}"


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} …"


def tell(world: World, beginning: Kept, acts: Sequence[Act], *, deaf: bool) -> list[Chapter]:
    """The scenario without a death."""
    world.back_to(beginning, Probe(), deaf=deaf)
    story = Story(world)
    chapters = []
    for act in acts:
        before, as_before = world.kept(), story.copy()
        world.back_to(before, probe := Probe(stage=act.name), deaf=deaf)
        _perform(act, story)
        chapters.append(Chapter(act, before, as_before, probe.points, end_of(world)))
    return chapters


def _perform(act: Act, story: Story, expected: End | None = None) -> None:
    """Somebody does it, again where nobody answered, and all comes to rest.

    Where somebody died, the operator does what is on their list besides what is `expected` there.
    """
    world, begun = story.world, story.world.clock.seconds
    story.again = False
    for _try in range(TRIES):
        try:
            act.do(story)
        except Interrupted:
            story.again = True
            world.settle()
            if act.done(story):
                break
        else:
            break
    else:
        raise AssertionError(f"{TRIES} times nobody answered: {act.name}")
    world.settle()
    if world.probe.died is not None:
        world.settle()
        if expected is not None and heed(story, end_of(world)["exceptions"] - expected["exceptions"]):
            world.settle()
    world.clock.to(begun + BETWEEN)


def worth_dying_at(points: Sequence[Point]) -> list[int]:
    """The numbers of the points that leave something of their own behind; of one line of the code, the first time."""
    known: set[object] = set()
    chosen = []
    for number, point in enumerate(points):
        left = (point.process, point.lasting)
        place = (point.when, point.what, point.where)
        if left not in known and place not in known:
            chosen.append(number)
        known |= {left, place}
    return chosen


@dataclass(frozen=True)
class Death:
    """A death at the point `fatal` of a chapter."""

    chapters: Sequence[Chapter]
    at: int
    fatal: int

    @property
    def point(self) -> Point:
        return self.chapters[self.at].points[self.fatal]

    def die(self, scenario: str, *, deaf: bool) -> Finding | None:
        """Go on from the chapter with this death in it; a finding where the end is another."""
        told = self._told(deaf=deaf)
        return Finding(scenario, deaf, self.point, told) if told else None

    def _told(self, *, deaf: bool) -> list[str]:
        chapter = self.chapters[self.at]
        story = chapter.story.copy()
        world = story.world
        world.back_to(chapter.before, probe := Probe(self.fatal, stage=chapter.act.name), deaf=deaf)
        _perform(chapter.act, story, chapter.end)
        assert probe.died == self.point, f"the run went another way before {self.point}: {probe.died}"
        if end_of(world) == chapter.end:
            return []
        for later in self.chapters[self.at + 1 :]:
            try:
                _perform(later.act, story)
            except (AssertionError, ObjectDoesNotExist) as error:
                return [
                    f"nobody could go on with: {later.act.name} ({error})",
                    *differences(chapter.end, end_of(world)),
                ]
            chapter = later
        return differences(chapter.end, end_of(world))


def deaths(chapters: Sequence[Chapter], *, besides: Beginnings = frozenset()) -> Iterator[Death]:
    """Every death that leaves something of its own behind, but for those of chapters that began another story too."""
    for at, chapter in enumerate(chapters):
        if beginning(chapters, at) not in besides:
            for fatal in worth_dying_at(chapter.points):
                yield Death(chapters, at, fatal)


def beginning(chapters: Sequence[Chapter], at: int) -> tuple[str, ...]:
    """What was done up to a chapter and in it."""
    return tuple(chapter.act.name for chapter in chapters[: at + 1])


def hunt(
    world: World, name: str, acts: Sequence[Act], *, deaf: bool, besides: Beginnings = frozenset()
) -> Iterator[tuple[Point, Finding | None]]:
    """Every death of a scenario, from the world as it is; what was found."""
    for death in deaths(tell(world, world.kept(), acts, deaf=deaf), besides=besides):
        yield death.point, death.die(name, deaf=deaf)
