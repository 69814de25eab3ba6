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
    kind: str,
    key: str,
    node: Node,
    attributes: Container[str],
    translations: Translations,
    *,
    is_new: bool = False,
) -> None:
    """The translations of plain texts, which Saleor keeps with the values of their attributes."""
    for found in node["attributes"]:
        slug = found["attribute"]["slug"]
        if slug in attributes and found["values"]:
            _translate_text(setup, kind, key, slug, found["values"][0], translations, is_new=is_new)


def gains_a_text(node: Node, attributes: Container[str], translations: Translations) -> bool:
    """Whether a text with a translation has no value in Saleor yet: only once written has it an id to translate."""
    there = {found["attribute"]["slug"] for found in node["attributes"] if found["values"]}
    return any(slug in attributes and slug not in there for texts in translations.values() for slug in texts)


def _translate_text(
    setup: Setup, kind: str, key: str, slug: str, value: Node, translations: Translations, *, is_new: bool
) -> None:
    for language, texts in translations.items():
        text = texts.get(slug)
        told = (value.get(ALIASES[language]) or {}).get("plainText") or ""
        if text is None or not setup.is_ours(kind, key, f"{slug} ({language})", told, text):
            continue
        variables = {"id": value["id"], "languageCode": language.upper(), "input": {"plainText": text}}
        setup.change(kind, key, (f"{slug} ({language})",), "translate_text", variables, is_new=is_new)


def _write(setup: Setup, kind: str, key: str, saleor_id: str, language: str, texts: Node, *, is_new: bool) -> None:
    fields = tuple(f"{field} ({language})" for field in texts)
    variables = {"id": saleor_id, "languageCode": language.upper(), "input": texts}
    setup.change(kind, key, fields, f"translate_{kind}", variables, is_new=is_new)
