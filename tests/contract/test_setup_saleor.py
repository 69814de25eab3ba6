"""What the set-up says is understood by Saleor; on a real one, setting up twice changes nothing the second time."""

import os
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command
from graphql import parse, validate
from pytest_django import Settings

from fulfilment.entrypoints.management.commands import setup_saleor
from tests.contract.prove_subset import ROOT, true_schema, true_schema_file
from tests.support.commands import only_a_command

DOCUMENTS = sorted((ROOT / "fulfilment" / "gateways" / "saleor" / "operations" / "setup").glob("*.graphql"))


def test_every_document_of_the_set_up_is_valid_for_saleor_itself() -> None:
    path = true_schema_file()
    if not path.is_file():
        pytest.skip(f"{path.name} is not on this machine")
    assert len(DOCUMENTS) > 60
    wrong = {document.stem: validate(true_schema(), parse(document.read_text("utf-8"))) for document in DOCUMENTS}
    assert {name: [error.message for error in errors] for name, errors in wrong.items() if errors} == {}


def test_every_list_of_the_set_up_is_read_to_its_end() -> None:
    """What stands on no page that was read would be taken for missing, and made again each time."""
    texts = {document.stem: document.read_text("utf-8") for document in DOCUMENTS}
    in_part = {name for name, text in texts.items() if "first:" in text and "pageInfo" not in text}
    assert in_part == {"types", "colours"}  # what these ask for, they name


def test_every_document_of_the_set_up_is_sent() -> None:
    """Each is named somewhere: in full, or as what is made, changed or translated of a kind."""
    sources = "".join(
        path.read_text("utf-8")
        for folder in ("saleor_setup", "flows", "gateways")
        for path in (ROOT / "fulfilment" / folder).rglob("*.py")
    )
    unnamed = [
        document.stem
        for document in DOCUMENTS
        if f'{document.stem}"' not in sources and f'"{document.stem.partition("_")[2]}"' not in sources
    ]
    assert unnamed == []


@pytest.mark.live
@pytest.mark.django_db
@pytest.mark.skipif("SALEOR_EMAIL" not in os.environ, reason="no real Saleor was named (SALEOR_API_URL, SALEOR_EMAIL)")
def test_a_real_saleor_that_was_set_up_is_left_alone(settings: Settings) -> None:
    settings.SALEOR_API_URL = os.environ["SALEOR_API_URL"]
    account = {"email": os.environ["SALEOR_EMAIL"], "password": os.environ["SALEOR_PASSWORD"]}

    def run(*, plan: bool) -> str:
        said = StringIO()
        # Its plugin is told where our program and what its secret is: that of this test it must not hear.
        with only_a_command(), mock.patch.object(setup_saleor.Command, "_order_routing"):
            call_command("setup_saleor", plan=plan, without_app=True, stdout=said, stderr=StringIO(), **account)
        return said.getvalue().strip()

    planned = run(plan=True)
    if planned != "nothing to change":
        pytest.skip("this Saleor is not as the demo's file says, and is left as it is: run setup_saleor first")
    assert run(plan=False) == "nothing to change"
