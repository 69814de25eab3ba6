"""The bank file: what banks read in it, checked against the schema of ISO 20022 while it is made."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from fulfilment.gateways.sepa import Payer, Transfer, credit_transfer_file

NAMESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
MADE_AT = datetime(2026, 11, 23, 21, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))
PAYER = Payer("Sociaal Gemaakt", "BE68 5390 0754 7034", "GKCCBEBB")


def document(*transfers: Transfer) -> ET.Element:
    content = credit_transfer_file(
        payer=PAYER, transfers=transfers, message_id="bat-1", execute_on=date(2026, 11, 24), made_at=MADE_AT
    )
    return ET.fromstring(content)


def texts(root: ET.Element, path: str) -> list[str | None]:
    return [node.text for node in root.findall(path, NAMESPACE)]


LABEUR = Transfer("out-1", "Labeur vzw", "BE71 0961 2345 6769", "GKCCBEBB", 12_345, "Sociaal Gemaakt: 23/11/2026")
AALST = Transfer("out-2", "Atelier Een + Ander Aalst", "be43068999999501", "geen-bic", 5, "2 kruk 5")


def test_the_file_says_who_pays_whom_how_much_when_and_under_which_id() -> None:
    root = document(LABEUR, AALST)

    assert texts(root, ".//p:GrpHdr/p:MsgId") == ["bat-1"]
    assert texts(root, ".//p:GrpHdr/p:CreDtTm") == ["2026-11-23T21:30:15+01:00"]
    assert texts(root, ".//p:GrpHdr/p:NbOfTxs") == ["2"]
    assert texts(root, ".//p:GrpHdr/p:CtrlSum") == ["123.50"]
    assert texts(root, ".//p:PmtInf/p:PmtInfId") == ["bat-1"]
    assert texts(root, ".//p:ReqdExctnDt/p:Dt") == ["2026-11-24"]
    assert texts(root, ".//p:SvcLvl/p:Cd") == ["SEPA"]
    assert texts(root, ".//p:DbtrAcct/p:Id/p:IBAN") == ["BE68539007547034"]
    assert texts(root, ".//p:EndToEndId") == ["out-1", "out-2"]
    assert texts(root, ".//p:InstdAmt") == ["123.45", "0.05"]
    assert texts(root, ".//p:CdtrAcct/p:Id/p:IBAN") == ["BE71096123456769", "BE43068999999501"]


def test_payees_stand_without_address_and_without_a_bic_that_is_none() -> None:
    root = document(LABEUR, AALST)

    assert root.findall(".//p:Cdtr/p:PstlAdr", NAMESPACE) == []
    assert texts(root, ".//p:CdtrAgt/p:FinInstnId/p:BICFI") == ["GKCCBEBB"]


def test_names_and_remittances_stand_as_they_were_given() -> None:
    root = document(AALST)

    assert texts(root, ".//p:Cdtr/p:Nm") == ["Atelier Een + Ander Aalst"]
    assert texts(root, ".//p:RmtInf/p:Ustrd") == ["2 kruk 5"]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(LABEUR, name="Één"),
        replace(LABEUR, name=""),
        replace(LABEUR, name="L" * 71),
        replace(LABEUR, remittance="€ 5"),
    ],
)
def test_what_no_bank_takes_was_refused_where_it_was_typed_and_is_a_bug_here(wrong: Transfer) -> None:
    with pytest.raises(AssertionError):
        document(wrong)


def test_the_same_batch_makes_the_same_file() -> None:
    assert ET.tostring(document(LABEUR)) == ET.tostring(document(LABEUR))
