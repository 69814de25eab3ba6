"""The texts of an object in the other languages of the shop."""

from collections.abc import Container

from catalogue.file import editor_text_of
from catalogue.values import Translations
from fulfilment.saleor_setup.rich_text import there_or_same
from fulfilment.saleor_setup.setup import ALIASES, Node, Setup

RICH = frozenset({"description", "content"})
"""Fields that hold rich text."""


def translate(setup: Setup, kind: str, key: str, node: Node | None, translations: Translations) -> None:
    """Bring the translations of an object to those of the file; `node` is None where the object is new."""
    for language, texts in translations.items():
        told = (node or {}).get(ALIASES[language]) or {}
        wanted = {field: editor_text_of(text) if field in RICH else text for field, text in texts.items()}
        changed = {
            field: text
            for field, text in wanted.items()
            if setup.is_ours(kind, key, f"{field} ({language})", _there(field, told.get(field), text), text)
        }
        if changed:
            _write(setup, kind, key, setup.ids[kind, key], language, changed, is_new=node is None)


def _there(field: str, there: str | None, wanted: str | None) -> str | None:
    """What is there; the wanted text itself where it says the same."""
    if field in RICH:
        return there_or_same(there, wanted)
    return wanted if (there or "") == (wanted or "") else there


def own(translations: Translations, attributes: Container[str]) -> Translations:
    """The texts that the object itself carries; the others are those of attributes."""
    return {
        language: {field: text for field, text in texts.items() if field not in attributes}
        for language, texts in translations.items()
    }


def translate_attributes(
    setup: Setup,
    of: tuple[str, str],
    before: Node | None,
    now: Node | None,
    attributes: Container[str],
    translations: Translations,
) -> None:
    """The translations of plain texts, which Saleor keeps with the values of their attributes.

    `of` is the kind and key of the object, `before` how it was found and `now` how it is since it was written. A text
    that it gained came with its translations: they are not told beside it.
    """
    found = _values(now, attributes)
    changed = {
        (slug, language): texts[slug]
        for language, texts in translations.items()
        for slug, value in found.items()
        if slug in texts and setup.is_ours(*of, f"{slug} ({language})", _told(value, language), texts[slug])
    }
    if changed:
        given = [
            {"id": found[slug]["id"], "languageCode": language.upper(), "translationFields": {"plainText": text}}
            for (slug, language), text in changed.items()
        ]
        there = _values(before, attributes)
        fields = tuple(f"{slug} ({language})" for slug, language in changed if slug in there)
        setup.change(*of, fields, "translate_texts", {"translations": given}, is_new=not fields)


def _values(node: Node | None, attributes: Container[str]) -> dict[str, Node]:
    """Of an object, the texts that it has, by slug."""
    found = {one["attribute"]["slug"]: one["values"] for one in (node or {}).get("attributes") or ()}
    return {slug: values[0] for slug, values in found.items() if slug in attributes and values}


def _told(value: Node, language: str) -> str:
    return (value.get(ALIASES[language]) or {}).get("plainText") or ""


def _write(setup: Setup, kind: str, key: str, saleor_id: str, language: str, texts: Node, *, is_new: bool) -> None:
    fields = tuple(f"{field} ({language})" for field in texts)
    variables = {"id": saleor_id, "languageCode": language.upper(), "input": texts}
    setup.change(kind, key, fields, f"translate_{kind}", variables, is_new=is_new)
