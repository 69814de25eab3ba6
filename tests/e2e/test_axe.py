"""The judge himself: what is wrong in one light or on one screen alone is found there, and nowhere else."""

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.e2e.axe import violations
from tests.e2e.test_pages_accessibility import BY_LIGHT, faults

FAULTY = """<!doctype html><html lang="nl"><title>Fouten</title><style>
  body { background: #fff; color: #000; }
  button { inline-size: 40px; block-size: 40px; padding: 0; margin: 0; border: 0; }
  @media (max-width: 700px) { .in-the-hand { color: #eee; } }
  @media (prefers-color-scheme: dark) {
    body { background: #000; color: #fff; }
    .by-night { color: #111; }
    button { inline-size: 12px; block-size: 12px; }
  }
</style><main><h1>Fouten</h1><p class="by-night">nacht</p><p class="in-the-hand">hand</p><img src="data:,">
<div><button aria-label="een"></button><button aria-label="twee"></button></div></main>"""


def test_a_fault_is_found_in_the_light_and_on_the_screen_where_it_is(visit: Callable[..., Any]) -> None:
    page = visit()
    page.set_content(FAULTY)
    found = {(view, rule) for view, rule, *_ in (fault.split(": ", 2) for fault in faults(page))}
    assert found == {
        ("desk", "image-alt"),
        ("desk at night", "color-contrast"),
        ("desk at night", "target-size"),
        ("hand at night", "color-contrast"),
        ("hand at night", "target-size"),
        ("hand", "color-contrast"),
    }


def test_a_colour_that_is_read_once_is_judged_as_one_that_is_read_each_time(visit: Callable[..., Any]) -> None:
    told = []
    for script in (None, Axe().axe_script):
        page = visit()
        page.set_content(FAULTY)
        page.emulate_media(color_scheme="dark")
        if script:
            page.evaluate(script)  # axe as it comes
        told.append(violations(page, BY_LIGHT))
    assert told[0] == told[1]
    assert len(told[0]) == 1
