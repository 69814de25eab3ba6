"""Whatever a customer reads is there in English and in French, whole, and written as these are."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from languages.catalogues import all_catalogues, compiled, kept, told
from languages.collect import LANGUAGES, PROGRAMS, ROOT, customer_templates, shop_templates

PAIRS = [(program, language) for program in PROGRAMS for language in LANGUAGES]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|<(\w+:\w+)>")
NO_TEXT = re.compile(r'<[^>]*>|https?://\S+|mailto:\S+|%\(\w+\)s|"[^"]*"')
"""What of a text is not read: tags, addresses, placeholders."""

LOOSE = re.compile(r"(?<=[^\s\u00a0\u202f])[;:?!»%]|(?<= )[;:?!»%]|«(?!\u00a0)")
"""A sign before which (after which: «) French leaves a space that does not break, and there is none."""


def texts(program: str, language: str) -> list[Message]:
    return list(told(kept(program, language)))


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def originals(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def names(catalog: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, message.id) for message in told(catalog)}


@pytest.mark.parametrize(("program", "language"), PAIRS)
def test_every_text_has_its_translation_and_no_translation_is_left_over(program: str, language: str) -> None:
    """After a change of a text: `python -m languages`, then fill in what it names."""
    found = PROGRAMS[program]()
    assert len(names(found)) > 100
    assert names(kept(program, language)) == names(found)
    assert [message.id for message in texts(program, language) if not all(strings(message)) or message.fuzzy] == []


@pytest.mark.parametrize(("program", "language"), PAIRS)
def test_a_translation_has_the_placeholders_and_forms_of_its_text(program: str, language: str) -> None:
    plural_forms = 2
    for message in texts(program, language):
        assert len(strings(message)) == (plural_forms if message.pluralizable else 1), message.id
        for original, string in zip(originals(message), strings(message), strict=True):
            assert set(PLACEHOLDER.findall(string)) == set(PLACEHOLDER.findall(original)), string
        assert not list(message.check()), message.id


@pytest.mark.parametrize("program", PROGRAMS)
def test_french_signs_keep_to_the_word_before_them(program: str) -> None:
    loose = [
        string
        for message in texts(program, "fr")
        for string in strings(message)
        if LOOSE.search(NO_TEXT.sub("", string).strip())
    ]
    assert loose == []


@pytest.mark.parametrize("path", [*shop_templates(), *customer_templates()], ids=lambda path: path.name)
def test_no_template_writes_a_sign_that_french_sets_apart(path: Path) -> None:
    """A colon after a text stands in a text: ``{% translate ":" %}``."""
    text = re.sub(r"{% blocktranslate.*?endblocktranslate %}", "_ %}", path.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"(?:%}|}}) ?[:;?!](?=[\s<{]).{0,20}", text) == []


@pytest.mark.parametrize("path", all_catalogues(), ids=lambda path: "-".join(path.relative_to(ROOT).parts[:3]))
def test_what_programs_read_is_compiled_of_what_stands_in_the_catalogue(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(path), "run: python -m languages"
