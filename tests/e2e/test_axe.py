"""The judge himself: what is wrong in one light or on one screen alone is found there, and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.axe import LEVELS, violations
from tests.e2e.test_pages_accessibility import DESK, faults

Visit = Callable[..., Any]

FAULTY = """<!doctype html><html lang="nl"><title>Fouten</title><style>
  body { background: #fff; color: #000; }
  button { inline-size: 40px; block-size: 40px; padding: 0; margin: 0; border: 0; }
  .by-hand { display: none; }
  @media (max-width: 700px) { .in-the-hand { color: #eee; } .by-hand { display: block; } }
  @media (prefers-color-scheme: dark) {
    body { background: #000; color: #fff; }
    .by-night { color: #111; }
    button { inline-size: 12px; block-size: 12px; }
  }
</style><main><h1>Fouten</h1><p class="by-night">nacht</p><p class="in-the-hand">hand</p><img src="data:,">
<a class="by-hand" href="#hand"></a>
<div><button aria-label="een"></button><button aria-label="twee"></button></div></main>"""
READ_BEFORE = """<!doctype html><html lang="nl"><title>Gelezen</title><style>
  body { background: #fff; color: #777; }
  p { inline-size: 200px; block-size: 40px; margin: 0; }
  b { font-weight: 400; }
  STYLE
</style><main><h1>Gelezen</h1><p><b>woorden op hun grond</b></p><i></i></main>"""


def test_a_fault_is_found_in_the_light_and_on_the_screen_where_it_is(visit: Visit) -> None:
    page = visit()
    page.set_content(FAULTY)
    found = {(view, rule) for view, rule, *_ in (fault.split(": ", 2) for fault in faults(page))}
    assert found == {
        ("desk", "image-alt"),
        ("desk at night", "color-contrast"),
        ("desk at night", "target-size"),
        ("hand at night", "color-contrast"),
        ("hand at night", "image-alt"),
        ("hand at night", "link-name"),
        ("hand at night", "target-size"),
        ("hand", "color-contrast"),
    }


@pytest.mark.parametrize(
    "fault",
    [
        "b { color: #888; }",
        "b { font-size: 10px; color: #777; } p { background: #eee; }",
        "main { opacity: .8; }",
        "i { position: absolute; inset: 0; background: #ccc; z-index: -1; } body { background: none; }",
    ],
    ids=["other letters", "another ground", "a veil", "something behind it"],
)
def test_what_was_read_before_is_judged_again_when_it_looks_different(visit: Visit, fault: str) -> None:
    readable = READ_BEFORE.replace("#777", "#767676")
    page = visit()
    for style, is_readable in (("", True), (fault, False), ("", True), (fault, False)):
        page.set_content(readable.replace("STYLE", style))
        told = [line for line in violations(page, {"desk": (DESK, "light")}, LEVELS) if "color-contrast" in line]
        assert (told == []) is is_readable, (style, told)
