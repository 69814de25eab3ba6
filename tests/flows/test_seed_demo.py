"""The partners, agreements and people of a file: written once, signed as people would sign, and never rewritten."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fulfilment.agreements.models import Agreement, Signature, Term
from fulfilment.agreements.queries import in_force
from fulfilment.partners.models import Membership, Partner, TaxRegime, User
from tests.support.rows import NOW

pytestmark = pytest.mark.django_db

TABLES = (Partner, TaxRegime, Agreement, Term, Signature, User, Membership)

FILE = """
[defaults]
password = "demo"
[[partner]]
slug = "labeur"; name = "Labeur"; kind = "producer"; lead_days = 10; ships = true
[[partner.tax]]
regime = "vat_liable"; from = {first_day}; vat_basis_points = {vat}
[[agreement]]
product = "SG-001"; version = 1; from = 2025-01-01; producer = "labeur"
terms = [ {{ rank = 1, kind = "percent", partner = "labeur", share = "100.00" }} ]
signed = true
[[user]]
email = "jobcoach@labeur.example"; name = "Jobcoach"
"""


def seed(*file: Path) -> None:
    call_command("seed_demo", *map(str, file), stdout=StringIO())


def written(folder: Path, *, first_day: str = "2025-01-01", vat: int = 2_100) -> Path:
    """A file of one workshop; of the form that wire.md describes, where `;` stands for a new line."""
    path = folder / "partners.toml"
    path.write_text(FILE.format(first_day=first_day, vat=vat).replace("; ", "\n"))
    return path


def everything() -> list[object]:
    return [list(model._default_manager.order_by("pk").values()) for model in TABLES]


def test_the_demo_is_seeded_once_and_a_second_time_changes_nothing() -> None:
    seed()
    first = everything()
    seed()
    assert everything() == first


def test_its_signed_agreements_bind_with_a_signature_of_everybody_they_name() -> None:
    seed()
    assert set(in_force([f"SG-00{number}" for number in range(1, 7)], NOW.date())) == {
        f"SG-00{number}" for number in range(1, 7)
    }
    for agreement in Agreement.objects.all():
        named = {agreement.producer_id, *agreement.terms.values_list("partner_id", flat=True)}
        assert set(agreement.signatures.values_list("partner_id", flat=True)) == named


def test_who_is_not_taxed_yet_on_its_first_day_cannot_be_in_a_signed_agreement(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"agreement of SG-001: .*zonder fiscaal stelsel op 01/01/2025: Labeur"):
        seed(written(tmp_path, first_day="2025-01-02"))
    assert not Partner.objects.exists()


def test_a_tax_regime_that_the_file_tells_otherwise_is_refused(tmp_path: Path) -> None:
    seed(written(tmp_path))
    with pytest.raises(CommandError, match=r"tax of labeur from 2025-01-01: is never changed"):
        seed(written(tmp_path, vat=600))
    assert TaxRegime.objects.get().vat_basis_points == 2_100


# --- what no bank could pay ------------------------------------------------------------------------------------------

REST = 'agreement = []\nuser = []\n[defaults]\npassword = "demo-demo-demo"\n'


def seeded(folder: Path, partner: str) -> None:
    file = folder / "partners.toml"
    file.write_text(f'partner = [{{slug = "wol", kind = "producer", {partner}}}]\n{REST}')
    seed(file)


@pytest.mark.parametrize(
    ("partner", "wrong"),
    [
        ('name = "Wol", iban = "TR330006100519786457841326"', "no account of a SEPA country"),
        ('name = "Wol", iban = "BE71096123456769", bic = "GEENBIC"', "no account of a SEPA country"),
        ('name = "🧶🧶", iban = "BE71096123456769"', "no bank can write it"),
    ],
)
def test_a_partner_whom_no_bank_could_pay_is_refused(tmp_path: Path, partner: str, wrong: str) -> None:
    with pytest.raises(CommandError, match=f"partner wol: .*{wrong}"):
        seeded(tmp_path, partner)
    assert not Partner.objects.exists()


@pytest.mark.parametrize(
    "partner", ['name = "🧶🧶"', 'name = "🧶🧶", bank_name = "Wol vzw", iban = "BE71096123456769"']
)
def test_one_without_an_account_or_with_a_name_for_the_bank_is_taken_in(tmp_path: Path, partner: str) -> None:
    seeded(tmp_path, partner)
    assert Partner.objects.get().slug == "wol"
