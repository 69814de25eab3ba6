"""Write the partners, agreements, people and companies of a file into fulfilment: as often as you like, with
the same result."""

import tomllib
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from fulfilment.agreements.models import Agreement, Term
from fulfilment.agreements.rules import TermInForce, check_terms
from fulfilment.companies.models import Application
from fulfilment.companies.rules import Terms
from fulfilment.errors import Refusal
from fulfilment.flows import apply_company, decide_company, sign_agreement
from fulfilment.flows.apply_company import Asked
from fulfilment.money import to_minor
from fulfilment.partners.models import Membership, Partner, TaxRegime, User
from fulfilment.payouts.rules import obstacle
from fulfilment.policies import DiscountPolicy

Table = dict[str, Any]
ACCOUNT = ("bank_name", "iban", "bic")
"""The account of a partner: of one that stands already it is changed in the back office alone, by two people."""


class Command(BaseCommand):
    help = "Writes demo/partners.toml (or another file of that form) into fulfilment. Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=settings.BASE_DIR / "demo" / "partners.toml")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = tomllib.loads(options["file"].read_text())
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        for table in content["partner"]:
            _check_bank_data(table)
        partners = {table["slug"]: _partner(table) for table in content["partner"]}
        for table in content["agreement"]:
            try:
                _agreement(table, partners)
            except (KeyError, Refusal, ValueError) as error:
                raise CommandError(f"agreement of {table.get('product')}: {error}") from error
        password = make_password(content["defaults"]["password"])  # slow by design, so once for all of them
        for table in content["user"]:
            _user(table, partners, password)
        for table in content.get("company", []):
            _company(table)
        self.stdout.write(
            f"{len(partners)} partners, {len(content['agreement'])} agreements, {len(content['user'])} people"
        )


def _check_bank_data(table: Table) -> None:
    """A partner whom no bank could pay is not taken in; one without an account yet is."""
    name, iban = table.get("bank_name") or table["name"], table.get("iban", "")
    wrong = obstacle(name=name, iban=iban, bic=table.get("bic", "")) if iban else ""
    if wrong:
        what = "iban and bic: no account of a SEPA country" if wrong == "no_account" else "name: no bank can write it"
        raise CommandError(f"partner {table['slug']}: {what}")


def _partner(table: Table) -> Partner:
    fields = (
        "name",
        "kind",
        "street",
        "postal_code",
        "city",
        "email",
        "lead_days",
        "bench_hours",
        "ships",
    )
    wanted = {field: table[field] for field in (*fields, *ACCOUNT) if field in table}
    lasting = {field: value for field, value in wanted.items() if field not in ACCOUNT}
    partner, _made = Partner.objects.update_or_create(slug=table["slug"], defaults=lasting, create_defaults=wanted)
    for tax in table.get("tax", []):
        _tax(tax, partner)
    return partner


def _tax(table: Table, partner: Partner) -> None:
    """A regime that stands already is left as it is: another one begins on a later day."""
    rates = ("vat_number", "vat_basis_points", "withholding_basis_points")
    wanted = {"regime": table["regime"], **{field: table[field] for field in rates if field in table}}
    standing, _made = TaxRegime.objects.get_or_create(partner=partner, valid_from=table["from"], defaults=wanted)
    if any(getattr(standing, field) != value for field, value in wanted.items()):
        raise CommandError(f"tax of {partner.slug} from {table['from']}: is never changed, only followed by another")


def _agreement(table: Table, partners: dict[str, Partner]) -> None:
    """An agreement that stands already is left as it is: once bound, only a new version may differ."""
    price_list = table.get("price_list", "")
    if Agreement.objects.filter(
        product_code=table["product"], price_list=price_list, version=table["version"]
    ).exists():
        return
    terms = [_term(term, partners) for term in table["terms"]]
    check_terms([_value(term) for term in terms])
    agreement = Agreement.objects.create(
        product_code=table["product"],
        price_list=price_list,
        version=table["version"],
        producer=partners[table["producer"]],
        valid_from=table["from"],
        valid_until=table.get("until"),
        discount_policy=DiscountPolicy(table.get("discounts", DiscountPolicy.SHARED_BY_ALL)),
    )
    for term in terms:
        term.agreement = agreement
    Term.objects.bulk_create(terms)
    if table.get("signed"):
        signed_at = timezone.make_aware(datetime.combine(table["from"], time.min))
        for partner in sign_agreement.named(agreement):
            sign_agreement.sign(agreement_id=agreement.pk, partner_id=partner.pk, by=None, now=signed_at)


def _term(table: Table, partners: dict[str, Partner]) -> Term:
    fixed = table["kind"] == "fixed"
    return Term(
        rank=table["rank"],
        kind=table["kind"],
        partner=partners[table["partner"]],
        amount_minor=to_minor(table["amount"], "EUR") if fixed else None,
        basis_points=None if fixed else to_minor(table["share"], "EUR"),
    )


def _value(term: Term) -> TermInForce:
    return TermInForce(term.rank, term.partner_id, term.partner.kind, term.amount_minor, term.basis_points)


def _company(table: Table) -> None:
    """A business that asked to buy from us; where it has terms, one that may. What was decided since stays."""
    now, terms = timezone.now(), table.get("terms")
    asked = Asked(**{name: table.get(name, "") for name in Asked.__dataclass_fields__})
    if Application.objects.filter(form_key=table["key"]).exists():
        return
    if wrong := apply_company.faults(asked):
        raise CommandError(f"company {table['name']}: {', '.join(wrong)}")
    company = apply_company.ask(table["key"], asked, language="nl", now=now)
    if terms is not None:
        by = User.objects.filter(staff_role=User.StaffRole.OPERATOR).earliest("pk")
        decide_company.approve(company.pk, Terms(**terms), by=by, now=now)


def _user(table: Table, partners: dict[str, Partner], password: str) -> None:
    user = User.objects.filter(email=table["email"]).first()
    if user is None:
        role = table.get("staff", "")
        if role and role not in User.StaffRole.values:
            raise CommandError(f"user {table['email']}: staff is one of {', '.join(User.StaffRole.values)}")
        user = User.objects.create(
            email=table["email"],
            password=password,
            first_name=table.get("name", ""),
            is_staff=bool(role),
            staff_role=role,
            is_superuser=role == User.StaffRole.OPERATOR,
        )
    for membership in table.get("memberships", []):
        Membership.objects.update_or_create(
            user=user, partner=partners[membership["partner"]], defaults={"role": membership["role"]}
        )
