"""Texts of the played Saleor in other languages: English says so before each, and there is no French."""

import json
from typing import Any


def attribute(text: str) -> dict[str, Any]:
    return {
        "__typename": "AssignedPlainTextAttribute",
        "value": text,
        "translation": lambda info, **asked: translated(text, asked["languageCode"]),
    }


def translated(text: str, language: str) -> str | None:
    return f"[{language}] {text}" if language == "EN" else None


def rich(text: str) -> str:
    return json.dumps({"blocks": [{"type": "paragraph", "data": {"text": text}}]})


def translations(**texts: str) -> Any:
    """The field ``translation`` of an object with these texts."""

    def found(info: Any, **asked: Any) -> dict[str, Any] | None:
        told = {name: translated(text, asked["languageCode"]) for name, text in texts.items()}
        shown = {
            name: rich(text) if name in ("description", "content") else text for name, text in told.items() if text
        }
        return {"id": "Translation:1", **shown} if shown else None

    return found
