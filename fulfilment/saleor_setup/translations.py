"""The texts of an object in the other languages of the shop."""

from catalogue.file import editor_text_of
from catalogue.values import Translations
from fulfilment.saleor_setup.rich_text import same_text
from fulfilment.saleor_setup.setup import ALIASES, Node, Setup

RICH = frozenset({"description", "content"})
"""Fields that hold rich text."""


def translate(setup: Setup, kind: str, key: str, node: Node | None, translations: Translations) -> None:
    """Bring the translations of an object to those of the file; `node` is None where the object is new."""
    for language, texts in translations.items():
        told = (node or {}).get(ALIASES[language]) or {}
        wanted = {field: editor_text_of(text) if field in RICH else text for field, text in texts.items()}
        changed = {field: text for field, text in wanted.items() if not _same(field, told.get(field), text)}
        if changed:
            _write(setup, kind, key, setup.ids[kind, key], language, changed, is_new=node is None)


def _same(field: str, one: str | None, other: str | None) -> bool:
    return same_text(one, other) if field in RICH else (one or "") == (other or "")


def translate_text(setup: Setup, kind: str, key: str, slug: str, value: Node, translations: Translations) -> None:
    """The translations of a product's plain text, which Saleor keeps with the value of the attribute."""
    for language, texts in translations.items():
        text = texts.get(slug)
        told = (value.get(ALIASES[language]) or {}).get("plainText") or ""
        if text is None or text == told:
            continue
        variables = {"id": value["id"], "languageCode": language.upper(), "input": {"plainText": text}}
        setup.change(kind, key, (f"{slug} ({language})",), "translate_text", variables)


def _write(setup: Setup, kind: str, key: str, saleor_id: str, language: str, texts: Node, *, is_new: bool) -> None:
    fields = tuple(f"{field} ({language})" for field in texts)
    variables = {"id": saleor_id, "languageCode": language.upper(), "input": texts}
    setup.change(kind, key, fields, f"translate_{kind}", variables, is_new=is_new)
