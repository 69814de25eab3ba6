"""The catalogues: a text in the code with its English and its French, and the compiled form that programs read.

The compiled ones stand in the repository beside them: a machine that only runs the shop has nothing that compiles.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from languages.collect import PROGRAMS, ROOT

_PLURALS = {"en": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}
_HEADER = """\
# {about}
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"

"""
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""In place of the moment of compiling, so that the same catalogue gives the same bytes."""

_ABOUT = "The texts of the code in this language. After a change there: python -m languages"


def place(program: str, language: str) -> Path:
    """Where the catalogue of a program in a language stands."""
    return ROOT / program / "locale" / language / "LC_MESSAGES" / "django.po"


def kept(program: str, language: str) -> Catalog:
    """A catalogue as it stands there; an empty one where there is none."""
    path = place(program, language)
    return _read(path.read_bytes(), language) if path.exists() else _empty(language)


def brought_up_to_date(program: str, language: str, texts: Catalog) -> Catalog:
    """The catalogue with exactly these texts, in their order; empty where there is no translation yet."""
    known, fresh = kept(program, language), _empty(language)
    for text in told(texts):
        before = known.get(text.id, context=text.context)
        said = before.string if before and before.id == text.id else None
        fresh.add(text.id, string=said, context=text.context, locations=text.locations)
    return fresh


def write(program: str, language: str, catalog: Catalog) -> None:
    """Write a catalogue, and compile it."""
    path, out = place(program, language), BytesIO()
    write_po(out, catalog, width=0, omit_header=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_header(language).encode() + out.getvalue())
    compile_(path)


def compile_(path: Path) -> None:
    """Write the form that programs read beside a catalogue."""
    path.with_suffix(".mo").write_bytes(compiled(path))


def compiled(path: Path) -> bytes:
    """That form."""
    out = BytesIO()
    write_mo(out, _read(path.read_bytes(), language=path.parts[-3]))
    return out.getvalue()


def all_catalogues() -> list[Path]:
    """Those of customers' texts, and the Dutch one with the words of libraries."""
    return sorted(path for program in PROGRAMS for path in (ROOT / program / "locale").rglob("*.po"))


def told(catalog: Catalog) -> Iterator[Message]:
    """The texts of a catalogue, without its header."""
    return (message for message in catalog if message.id)


def untold(program: str, language: str) -> list[str]:
    """The texts that lack a translation, or a part of it."""
    return [str(message.id) for message in told(kept(program, language)) if not _is_told(message)]


def _is_told(message: Message) -> bool:
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(said) and all(said)


def _empty(language: str) -> Catalog:
    return _read(_header(language).encode(), language)


def _read(written: bytes, language: str) -> Catalog:
    found = read_po(BytesIO(written), locale=language)
    found.creation_date = found.revision_date = _NO_DAY
    return found


def _header(language: str) -> str:
    return _HEADER.format(about=_ABOUT, language=language, plurals=_PLURALS[language])
