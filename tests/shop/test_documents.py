"""The documents that the shop sends are Saleor's GraphQL."""

import os
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate

from tests.shop.fakes import ROOT, SCHEMA

OPERATIONS = sorted((ROOT / "shop" / "saleor" / "operations").glob("*.graphql"))


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_a_document_is_known_to_the_sandbox_and_named_after_its_file(path: Path) -> None:
    document = parse(path.read_text(encoding="utf-8"))
    assert not validate(SCHEMA, document)
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    assert [one.name and one.name.value for one in operations] == [path.stem]


def test_every_document_is_valid_for_saleor_itself() -> None:
    where = Path(os.environ.get("REFERENCE_DATA", ROOT.parent / "shared")) / "saleor" / "schema-3.23.28.graphql"
    if not where.is_file():
        pytest.skip("Saleor's own schema is not beside the project")
    schema = build_schema(where.read_text(encoding="utf-8"))
    for path in OPERATIONS:
        assert not validate(schema, parse(path.read_text(encoding="utf-8"))), path.name
