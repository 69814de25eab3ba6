"""axe in a page: what it finds against the rules that are asked for, on each screen and by each light."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
View = tuple[dict[str, int], str]
"""The size of a screen in CSS pixels (width, height), and the light: `light` or `dark`."""

_SCRIPT = Axe().axe_script
_IS_THERE = "() => 'axe' in window"
_SEE = """() => {
  const drawn = [...document.querySelectorAll('*')].filter(one => one.checkVisibility({visibilityProperty: true}));
  const grounds = drawn.map(one => {
    const {backgroundColor, backgroundImage, opacity, position, zIndex, filter, mixBlendMode} = getComputedStyle(one);
    const paints = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join();
    if (paints === 'rgba(0, 0, 0, 0),none,1,none,normal' && !one.matches('img, svg, canvas, video')) return null;
    return {one, ground: [paints, position, zIndex].join(), box: one.getBoundingClientRect()};
  }).filter(ground => ground);
  window.looks = new Map();
  for (const one of drawn) {
    const says = [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!says && !one.matches('input, select, textarea')) continue;
    const box = one.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    if (box.width <= 1 || box.right <= 0 || box.bottom + scrollY <= 0) continue;  // for a screen reader alone
    const under = grounds.filter(({one: other, box: {left, right, top, bottom}}) =>
      left <= x && x <= right && top <= y && y <= bottom || other.contains(one));
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
    const look = [color, fontSize, fontWeight, textShadow, ...under.map(({ground}) => ground)].join('|');
    if (!looks.has(look)) looks.set(look, []);
    looks.get(look).push(one);
  }
  const before = window.drawn || [];
  window.drawn = drawn;
  return {
    width: document.documentElement.scrollWidth,
    looks: [...looks.keys()],
    isSame: before.length === drawn.length && drawn.every((one, index) => one === before[index]),
  };
}"""
"""How each text looks, which is all that its contrast depends on: its letters, and what is drawn at its middle; and
whether the same elements are drawn as when one looked last, and how wide they are. What paints nothing is no ground."""
_JUDGE = """async ({runOnly, fresh}) => {
  const found = await axe.run(document,
    {runOnly, rules: {'color-contrast': {enabled: false}}, resultTypes: ['violations']});
  const include = fresh.flatMap(look => looks.get(look));
  const how = {runOnly: ['color-contrast'], resultTypes: ['violations', 'passes'], elementRef: true, selectors: false};
  const read = include.length ? await axe.run({include}, how) : {violations: [], passes: []};
  const [failed, passed] = [read.violations, read.passes].map(results =>
    new Set(results.flatMap(({nodes}) => nodes.map(({element}) => element))));
  return {
    told: [...found.violations, ...read.violations].flatMap(({id, nodes}) =>
      nodes.map(({html, failureSummary}) => `${id}: ${html.slice(0, 160)} ${failureSummary}`)),
    passed: fresh.filter(look =>
      looks.get(look).some(one => passed.has(one)) && !looks.get(look).some(one => failed.has(one))),
  };
}"""
_BY_SCREEN = {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "link-in-text-block"]}
"""What another screen or light can break besides contrast, as long as the same elements are drawn."""

NEXT_FRAME = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
"""Scripts hear of another light when the page is drawn next."""

_passed: set[str] = set()
"""Looks that axe found readable: whatever looks the same is as readable. Contrast took most of its time."""


def violations(page: Any, views: Mapping[str, View], rules: Sequence[str]) -> Iterator[str]:
    """What of the page, as it stands now, breaks the rules with these tags or is wider than the screen in each of the
    views: a line for each element, which begins with the name of the view. The page stays in the last one."""
    if not page.evaluate(_IS_THERE):
        _bring_axe(page)
    asked = {"type": "tag", "values": [*rules]}
    for number, (name, (size, light)) in enumerate(views.items()):
        look(page, size, light)
        seen = page.evaluate(_SEE)
        if seen["width"] > size["width"]:
            yield f"{name}: {seen['width']} px wide on a screen of {size['width']}"
        run_only = _BY_SCREEN if number and seen["isSame"] else asked
        fresh = [one for one in seen["looks"] if one not in _passed]
        judged = page.evaluate(_JUDGE, {"runOnly": run_only, "fresh": fresh})
        _passed.update(judged["passed"])
        yield from (f"{name}: {fault}" for fault in judged["told"])


def _bring_axe(page: Any) -> None:
    """As DevTools would: a script that a browser compiled for the page before, it has ready for this one."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": _SCRIPT})
    session.detach()


def look(page: Any, size: dict[str, int], light: str) -> None:
    """On a screen of that size, by that light. What is so already is not asked for: it would be laid out anew."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=light)
    page.evaluate(NEXT_FRAME)
