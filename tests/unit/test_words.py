"""No English reaches people: what libraries say in our pages is Dutch, also where they have no Dutch of their own."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation.template import templatize

LIBRARIES = ("unfold", "django.forms", "django.contrib.admin", "django.contrib.auth", "django.core.validators")
"""Whose words stand in the back office."""

NOT_OURS = {"contrib", "unfold_crispy", "management"}
"""Parts of them that nobody here uses."""

GETTEXT = {"_", "gettext", "gettext_lazy"}
NGETTEXT = {"ngettext", "ngettext_lazy"}

SAME = {"%(class_name)s %(instance)s", "Filter", "Filters", "IPv4", "IPv6", ":", ":?.!", "checksum", "hash", "salt"}
"""What is written alike in both, or what no page of ours shows: how a password is kept."""

TEXT = r"""u?((?:"(?:[^"\\]|\\.)*")|(?:'(?:[^'\\]|\\.)*'))"""
CALL = re.compile(rf"\b(n?gettext)\({TEXT}(?:, *{TEXT})?")
CATALOGUE = Path(__file__).resolve().parents[2] / "fulfilment" / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def words_in(code: str) -> Iterator[tuple[str, str]]:
    """Every text of some code that is translated, with its plural; "" where it has none."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [part.value for part in node.args[:2] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if node.func.id in GETTEXT and texts:
            yield texts[0], ""
        elif node.func.id in NGETTEXT and len(texts) == 2:
            yield texts[0], texts[1]


def template_words(text: str) -> Iterator[tuple[str, str]]:
    """The same of a template, which Django writes as calls for its own collecting of words."""
    calls = re.findall(
        r"""\b(n?gettext)\(u?((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?:, *u?"(?:[^"\\]|\\.)*")?)""", text
    )
    for name, given in calls:
        texts = ast.literal_eval(f"({re.sub(r', *u', ', ', given)},)")
        yield (str(texts[0]), str(texts[1]) if name == "ngettext" and len(texts) > 1 else "")


def words_of(library: str) -> Iterator[tuple[str, str]]:
    found = importlib.import_module(library)
    place = Path(str(found.__file__))
    files = place.parent.rglob("*") if place.name == "__init__.py" else [place]
    for file in files:
        if NOT_OURS & set(file.relative_to(place.parent).parts):
            continue
        if file.suffix == ".py":
            yield from words_in(file.read_text())
        elif file.suffix == ".html":
            yield from template_words(templatize(file.read_text(), origin=str(file)))


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_word_of_a_library_has_a_dutch_one(library: str) -> None:
    with translation.override("nl"):
        said = {(one, many): gettext(one) if not many else ngettext(one, many, 2) for one, many in words_of(library)}
    assert len(said) > 5
    english = sorted(one for (one, many), told in said.items() if told in (one, many) and one.strip() not in SAME)
    assert not english, "\n".join(english)


@pytest.mark.parametrize(
    "library", ["unfold", "django.forms", "django.contrib.admin.options", "django.contrib.auth.password_validation"]
)
def test_what_libraries_say_is_said_to_people_as_we_say_it(library: str) -> None:
    """To you (je), and of rows and pages: nobody here has objects."""
    with translation.override("nl"):
        said = {gettext(one) if not many else ngettext(one, many, 2) for one, many in words_of(library)}
    assert said
    stiff = sorted(text for text in said if re.search(r"\b(u|uw|object(en)?|ManagementForm)\b", text, re.IGNORECASE))
    assert not stiff, "\n".join(stiff)


def test_what_the_catalogue_says_is_what_is_said() -> None:
    """The compiled catalogue is of this one: run `python -m languages` after a change."""
    written = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', CATALOGUE.read_text(), re.MULTILINE)
    assert written
    with translation.override("nl"):
        for text, dutch in written:
            one, told = (ast.literal_eval(f'"{part}"') for part in (text, dutch))
            assert gettext(one) == told, one


def test_a_password_that_is_too_short_is_said_to_be_so_in_dutch() -> None:
    with translation.override("nl"), pytest.raises(ValidationError) as refused:
        validate_password("kort")
    assert refused.value.messages == ["Dit wachtwoord is te kort. Neem minstens 12 tekens."]
