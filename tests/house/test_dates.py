"""A date has one name: what is read of the day on which something is ready is called as dates.md says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ANOTHER_NAME = re.compile(
    r"klaar (?:op|vóór|voor) \{\{|moest weg|weg tegen|(?:vertrekt|klaar) (?:ten laatste|uiterlijk)|"
    r"verstuurd op|verwacht op|vertrok(?:ken)? op|vertrekt op",
    re.IGNORECASE,
)
READ = sorted(
    path
    for folder in ("shop", "fulfilment")
    for ending in ("*.html", "*.txt", "*.py", "*.typ")
    for path in (ROOT / folder).rglob(ending)
    if "migrations" not in path.relative_to(ROOT).parts
)


@pytest.mark.parametrize("text", ["Klaar op {{ day }}", "moest weg tegen", "vertrekt ten laatste op", "vertrokken op"])
def test_another_name_is_found(text: str) -> None:
    assert ANOTHER_NAME.search(text)


def test_no_page_and_no_mail_calls_a_date_by_another_name() -> None:
    assert [f"{path}: {found[0]}" for path in READ for found in ANOTHER_NAME.finditer(path.read_text())] == []


def test_every_name_of_the_table_is_read_somewhere() -> None:
    table = (ROOT / "docs" / "architecture" / "dates.md").read_text()
    texts = " ".join(path.read_text() for path in READ).lower()
    names = re.findall(r"^\| \*\*([^*]+)\*\*", table, re.MULTILINE)
    assert names
    assert [name for name in names if name not in texts] == []
