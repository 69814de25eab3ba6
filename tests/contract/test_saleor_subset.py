"""What the stand-in for Saleor speaks is a part of what Saleor speaks; what our programs say is understood by both."""

import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from tests.contract.prove_subset import PROOF, ROOT, SUBSET, fingerprint, proof, true_schema, true_schema_file

DOCUMENTS = sorted(
    path
    for folder in (ROOT / "shop" / "saleor" / "operations", ROOT / "fulfilment" / "gateways" / "saleor" / "operations")
    for path in folder.glob("*.graphql")
)


@pytest.fixture(scope="module")
def subset() -> GraphQLSchema:
    return build_schema(SUBSET.read_text("utf-8"))


@pytest.fixture(scope="module")
def whole() -> GraphQLSchema:
    path = true_schema_file()
    if not path.is_file():
        pytest.skip(f"{path.name} is not on this machine; the committed proof was checked instead")
    return true_schema()


def test_the_committed_proof_is_of_this_very_subset() -> None:
    committed = json.loads(PROOF.read_text("utf-8"))
    assert committed["sha256"] == fingerprint(), "run: python -m tests.contract.prove_subset"


def test_the_subset_is_a_part_of_saleors_schema(subset: GraphQLSchema, whole: GraphQLSchema) -> None:
    assert proof(subset, whole) == json.loads(PROOF.read_text("utf-8"))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("type Query { shop: String }", "type Query { name: String }"),
        ("type Query { shop: String! }", "type Query { shop: String }"),
        ("type Query { shop: Int }", "type Query { shop: String }"),
        ("type Query { shop: String }", "type Query { shop(id: ID!): String }"),
        ("type Query { shop(id: ID): String }", "type Query { shop(id: ID!): String }"),
        ("type Query { shop(id: ID): String }", "type Query { shop: String }"),
        (
            "type Query { a(i: In): Int } input In { x: Int }",
            "type Query { a(i: In): Int } input In { x: Int, y: Int! }",
        ),
        ("type Query { a: E } enum E { ONE TWO }", "type Query { a: E } enum E { ONE }"),
        (
            "type Query { a: U } union U = A | B type A { a: Int } type B { a: Int }",
            "type Query { a: U } union U = A type A { a: Int } type B { a: Int }",
        ),
        (
            "type Query { a: A } interface I { a: Int } type A implements I { a: Int }",
            "type Query { a: A } interface I { a: Int } type A { a: Int }",
        ),
        ("type Query { a(b: Boolean = true): Int }", "type Query { a(b: Boolean = false): Int }"),
        ("type Query { a: A } scalar A", "type Query { a: A } enum A { ONE }"),
    ],
)
def test_the_proof_sees_every_kind_of_difference(ours: str, theirs: str) -> None:
    with pytest.raises(AssertionError):
        proof(build_schema(ours), build_schema(theirs))


def test_our_programs_send_documents() -> None:
    assert len(DOCUMENTS) > 25


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_a_document_is_understood_by_the_sandbox(path: Path, subset: GraphQLSchema) -> None:
    assert not validate(subset, parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_a_document_is_understood_by_saleor(path: Path, whole: GraphQLSchema) -> None:
    assert not validate(whole, parse(path.read_text("utf-8")))
