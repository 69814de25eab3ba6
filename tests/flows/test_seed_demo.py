"""The file of partners: one whom no bank could pay is not taken in, by name."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fulfilment.partners.models import Partner

pytestmark = pytest.mark.django_db

REST = 'agreement = []\nuser = []\n[defaults]\npassword = "demo-demo-demo"\n'


def seeded(folder: Path, partner: str) -> None:
    file = folder / "partners.toml"
    file.write_text(f'partner = [{{slug = "wol", kind = "producer", {partner}}}]\n{REST}')
    call_command("seed_demo", str(file))


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
