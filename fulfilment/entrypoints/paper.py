"""What is printed, as PDF: a template of Typst with our letters, filled in with plain data."""

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "portal" / "fonts"

PRINTED = re.compile(r"[ -~\u00a0-\u04ff\u1e00-\u1fff\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2116\u2122\u2212]")
"""The letters that our fonts and Typst's own have: any other would leave no trace on paper."""

UNPRINTED = "▯"
"""What stands for a letter that they have not."""


def printed(template: Path, content: Mapping[str, object]) -> bytes:
    """The PDF of a template: it reads `content` from `sys.inputs.content`, and no file outside its own folder."""
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content)},
    )
    return made


def on_paper(told: Any) -> Any:
    """The same with a sign for every letter that cannot be printed; of groups of letters, for each of them."""
    if isinstance(told, str):
        composed = unicodedata.normalize("NFC", told)
        return "".join(letter if PRINTED.fullmatch(letter) else UNPRINTED for letter in composed)
    if isinstance(told, dict):
        return {key: on_paper(part) for key, part in told.items()}
    return [on_paper(part) for part in told] if isinstance(told, list) else told
