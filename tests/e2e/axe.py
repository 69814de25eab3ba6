"""axe in a page: what it finds against the rules that are asked for, as the page stands now."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

_EACH_COLOUR_ONCE = """
{
  const colours = axe.commons.color.Color.prototype, parse = colours.parseString, known = new Map();
  colours.parseString = function (text) {
    const {r, g, b, alpha} = known.get(text) || parse.call(this, text);
    if (!known.has(text)) known.set(text, {r, g, b, alpha});
    return Object.assign(this, {r, g, b, alpha});
  };
  null;  // a function that stands last would be called
}"""
"""A page has a handful of colours, and axe reads each for every element again: a quarter of what contrast takes."""

_SCRIPT = Axe().axe_script + _EACH_COLOUR_ONCE
_IS_THERE = "() => 'axe' in window"
_JUDGE = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
  return found.violations.flatMap(({id, nodes}) =>
    nodes.map(({html, failureSummary}) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}"""
NEXT_FRAME = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
"""Scripts hear of another light when the page is drawn next."""


def violations(page: Any, rules: dict[str, Any]) -> list[str]:
    """What of the page breaks `rules` (axe's `runOnly`), a line for each element."""
    if not page.evaluate(_IS_THERE):
        page.evaluate(_SCRIPT)
    found: list[str] = page.evaluate(_JUDGE, rules)
    return found


def look(page: Any, size: dict[str, int], light: str) -> None:
    """On a screen of that size, by that light. What is so already is not asked for: it would be laid out anew."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=light)
    page.evaluate(NEXT_FRAME)
