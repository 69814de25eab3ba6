"""Documents held against the schema of UBL 2.1 and the rules of EN 16931 and Peppol, where they lie on this machine.

`UBL_XSD` is the folder with `maindoc/UBL-Invoice-2.1.xsd`; `PEPPOL_RULES` one with both rule sets compiled to XSLT, and
`SAXON_PYTHON` a Python that has SaxonC (`saxonche`). `docs/operations/invoices.md` says where they come from. None of
them is ours to pass on, so what needs them says that it was skipped.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

HERE = Path(__file__).parent


def _named(variable: str) -> str:
    found = os.environ.get(variable, "")
    if not found:
        pytest.skip(f"{variable} names nothing to hold documents against")
    return found


@cache
def _schema(folder: str, name: str) -> Any:
    return etree.XMLSchema(etree.parse(Path(folder) / "maindoc" / f"UBL-{name}-2.1.xsd"))


def against_the_schema(document: bytes) -> list[str]:
    """What of a document the schema of UBL does not allow."""
    folder = _named("UBL_XSD")
    tree = etree.fromstring(document)
    schema = _schema(folder, etree.QName(tree).localname)
    return [] if schema.validate(tree) else [str(error) for error in schema.error_log]


def against_the_rules(documents: Mapping[str, bytes], at: Path) -> dict[str, list[str]]:
    """By the name of each document, which rules it breaks; `at` is a folder to write them to."""
    rules, python = _named("PEPPOL_RULES"), _named("SAXON_PYTHON")
    files = {}
    for name, document in documents.items():
        files[str(at / f"{name}.xml")] = name
        (at / f"{name}.xml").write_bytes(document)
    command = [python, str(HERE / "schematron.py"), rules, *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return {files[file]: broken for file, broken in json.loads(done.stdout).items()}
