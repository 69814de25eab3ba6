"""Businesses that buy on a price list: their terms, their people, where their parcels go, and what VIES said of them.

Amounts are net, in cents of the euro.
"""

import secrets
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from fulfilment.companies import life, rules
from fulfilment.life import Living, Step
from fulfilment.log import logged
from fulfilment.states import Table


def company_public_id() -> str:
    return f"com_{secrets.token_urlsafe(12)}"


def member_public_id() -> str:
    return f"mem_{secrets.token_urlsafe(12)}"


def invitation_public_id() -> str:
    return f"inv_{secrets.token_urlsafe(12)}"


def address_public_id() -> str:
    return f"adr_{secrets.token_urlsafe(12)}"


def application_public_id() -> str:
    return f"apl_{secrets.token_urlsafe(12)}"


class Role(models.TextChoices):
    """What a member does; see `rules.Role`."""

    BUYER = rules.Role.BUYER, _("Koper")
    APPROVER = rules.Role.APPROVER, _("Goedkeurder")
    BOOKKEEPER = rules.Role.BOOKKEEPER, _("Boekhouding")
    ADMINISTRATOR = rules.Role.ADMINISTRATOR, _("Beheerder")


@logged()
class Company(Living):
    """A business, or a division of one (`parent`): what a division does not say of itself, the nearest above it says.

    `price_list` is the slug of a channel in Saleor. What of the terms is empty was not said; see `queries.terms_of`.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("Aangevraagd")
        APPROVED = "approved", _("Klant")
        SUSPENDED = "suspended", _("Opgeschort")
        REFUSED = "refused", _("Geweigerd")
        ENDED = "ended", _("Beëindigd")

    class Payment(models.TextChoices):
        PREPAID = rules.Payment.PREPAID, _("Vooraf")
        DEPOSIT = rules.Payment.DEPOSIT, _("Voorschot, de rest voor verzending")
        INVOICE = rules.Payment.INVOICE, _("Op factuur")

    LIFE: ClassVar[Table] = life.COMPANY

    public_id = models.CharField(max_length=32, unique=True, default=company_public_id, editable=False)
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.APPLIED)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("afdeling van"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="divisions",
    )
    name = models.CharField(_("naam"), max_length=160)
    legal_number = models.CharField(_("ondernemingsnummer"), max_length=10, blank=True)
    vat_number = models.CharField(_("btw-nummer"), max_length=20, blank=True)
    applied_at = models.DateTimeField(_("aangevraagd op"))
    price_list = models.CharField(_("prijslijst"), max_length=64, blank=True)
    payment = models.CharField(_("betaalt"), max_length=16, choices=Payment.choices, blank=True)
    deposit_percent = models.PositiveSmallIntegerField(
        _("voorschot (%)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    days = models.PositiveSmallIntegerField(
        _("dagen om te betalen"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    credit_limit_minor = models.PositiveBigIntegerField(_("kredietlimiet (cent)"), null=True, blank=True)
    minimum_net_minor = models.PositiveBigIntegerField(_("minimum per bestelling (cent)"), null=True, blank=True)

    class Meta:
        verbose_name = _("bedrijf")
        verbose_name_plural = _("bedrijven")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_number"],
                condition=Q(state__in=life.LIVING) & ~Q(legal_number=""),
                name="one_living_company_a_legal_number",
            ),
            models.UniqueConstraint(
                fields=["vat_number"],
                condition=Q(state__in=life.LIVING, legal_number="", parent__isnull=True) & ~Q(vat_number=""),
                name="one_living_company_abroad_a_vat_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyStep(Step):
    """The history of a company; `note` is the reason that was given."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="steps")


class Application(models.Model):
    """Somebody asked that a company may buy from us: the first made it known, later ones came for one that we know.

    `by` is the colleague who filled it in for them. The contact of the first becomes the first administrator.
    """

    public_id = models.CharField(max_length=32, unique=True, default=application_public_id, editable=False)
    form_key = models.CharField(max_length=43, unique=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="applications")
    name = models.CharField(_("naam van het bedrijf"), max_length=160)
    contact_name = models.CharField(_("contact"), max_length=160)
    email = models.EmailField(_("e-mailadres"), max_length=254)
    phone = models.CharField(_("telefoon"), max_length=40, blank=True)
    purpose = models.TextField(_("waarvoor"), blank=True)
    terms_version = models.CharField(_("voorwaarden"), max_length=32)
    language = models.CharField(_("taal"), max_length=8)
    applied_at = models.DateTimeField(_("gevraagd op"))
    by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("aanvraag")
        verbose_name_plural = _("aanvragen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.public_id


@logged(exclude=["account_id", "name", "email", "language"])
class Member(models.Model):
    """Somebody acts for a company, from `since` until `left_at`. `account_id` is their account's at Saleor.

    The log of changes keeps no name: it can lose none.
    """

    public_id = models.CharField(max_length=32, unique=True, default=member_public_id, editable=False)
    company = models.ForeignKey(Company, verbose_name=_("bedrijf"), on_delete=models.PROTECT, related_name="members")
    account_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(_("naam"), max_length=300, blank=True)
    email = models.EmailField(_("e-mailadres"), max_length=254, blank=True)
    language = models.CharField(_("taal"), max_length=8)
    role = models.CharField(_("rol"), max_length=16, choices=Role.choices)
    limit_minor = models.PositiveBigIntegerField(_("alleen tot (cent)"), null=True, blank=True)
    since = models.DateTimeField(_("sinds"))
    left_at = models.DateTimeField(_("weg op"), null=True, blank=True)

    class Meta:
        verbose_name = _("lid")
        verbose_name_plural = _("leden")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account_id"], condition=Q(left_at__isnull=True), name="one_membership_an_account"
            )
        ]
        indexes = [models.Index(fields=["account_id"], condition=Q(left_at__isnull=True), name="members_by_account")]

    def __str__(self) -> str:
        return f"{self.company} · {self.get_role_display()}"


class Invitation(models.Model):
    """Somebody is asked to act for a company, at an address, until `ends_at`; its link is signed and stands nowhere.

    `by` is the colleague of ours who asked it, None where it was a member.
    """

    public_id = models.CharField(max_length=32, unique=True, default=invitation_public_id, editable=False)
    form_key = models.CharField(max_length=43)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mailadres"), max_length=254)
    role = models.CharField(_("rol"), max_length=16, choices=Role.choices)
    limit_minor = models.PositiveBigIntegerField(_("alleen tot (cent)"), null=True, blank=True)
    asked_at = models.DateTimeField(_("gevraagd op"))
    ends_at = models.DateTimeField(_("geldig tot"))
    by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)

    class Meta:
        verbose_name = _("uitnodiging")
        verbose_name_plural = _("uitnodigingen")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "form_key"], name="one_invitation_a_form"),
            models.UniqueConstraint(
                Upper("email"),
                "company",
                condition=Q(accepted_by__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class VatCheck(models.Model):
    """What VIES answered of a VAT number, and when; `consultation` is its number for the answer, which proves that we
    asked. Empty where VIES knows no requester."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="vat_checks")
    vat_number = models.CharField(max_length=20)
    is_valid = models.BooleanField()
    name = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=500, blank=True)
    consultation = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(_("geantwoord op"))

    class Meta:
        verbose_name = _("antwoord van VIES")
        verbose_name_plural = _("antwoorden van VIES")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.vat_number} {self.is_valid}"


class CompanyAddress(models.Model):
    """Where parcels of a company may go."""

    public_id = models.CharField(max_length=32, unique=True, default=address_public_id, editable=False)
    form_key = models.CharField(max_length=43)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=80, blank=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    company_name = models.CharField(max_length=160, blank=True)
    street_1 = models.CharField(max_length=160)
    street_2 = models.CharField(max_length=160, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    country_area = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("adres")
        verbose_name_plural = _("adressen")
        ordering = ["label", "pk"]
        constraints = [models.UniqueConstraint(fields=["company", "form_key"], name="one_company_address_a_form")]

    def __str__(self) -> str:
        return self.public_id
