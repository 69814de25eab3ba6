"""Who works together, how each is taxed, and who may log in for whom."""

import secrets
from typing import ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfilment.life import Living, Step
from fulfilment.log import logged
from fulfilment.partners import life
from fulfilment.states import Table

NOBODY = "vergeten.invalid"
"""The domain of the address of a colleague who was forgotten; no mail can go there."""


def partner_public_id() -> str:
    return f"par_{secrets.token_urlsafe(12)}"


def account_change_public_id() -> str:
    return f"chg_{secrets.token_urlsafe(12)}"


def user_public_id() -> str:
    return f"usr_{secrets.token_urlsafe(12)}"


@logged()
class Partner(models.Model):
    """A workshop, a designer, the platform or a public body. `slug` is also its Saleor warehouse's reference."""

    class Kind(models.TextChoices):
        PRODUCER = "producer", _("Werkplaats")
        DESIGNER = "designer", _("Ontwerper")
        PLATFORM = "platform", _("Platform")
        PUBLIC_BODY = "public_body", _("Overheid")

    public_id = models.CharField(max_length=32, unique=True, default=partner_public_id, editable=False)
    slug = models.SlugField(_("korte naam"), max_length=64, unique=True)
    name = models.CharField(_("naam"), max_length=120)
    kind = models.CharField(_("soort"), max_length=16, choices=Kind.choices)
    street = models.CharField(_("straat en nummer"), max_length=120, blank=True)
    """With postal code and city: where customers send back what this workshop made."""
    postal_code = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("stad"), max_length=80, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    bank_name = models.CharField(_("naam voor de bank"), max_length=70, blank=True)
    """Whose account it is, as the bank writes it; empty where that is `name`."""
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("dagen om te maken en te verzenden"), default=10)
    bench_hours = models.PositiveSmallIntegerField(
        _("uren per week aan de werkbank voor ons"),
        default=38,
        validators=[MinValueValidator(1), MaxValueValidator(2_000)],
        help_text=_("Samen, van iedereen die voor ons werkt. Daarmee rekenen we uit tegen wanneer iets klaar is."),
    )
    ships = models.BooleanField(_("verzendt zelf"), default=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccountChange(Living):
    """Another account on which a partner is to be paid: asked by one person, confirmed by another, in force later.

    Until then the partner is paid on the former one, which stays written here. Where `new_iban` is empty the partner
    is to have none.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Wacht op een tweede persoon")
        CONFIRMED = "confirmed", _("Bevestigd, gaat later in")
        IN_FORCE = "in_force", _("Ingegaan")
        STOPPED = "stopped", _("Tegengehouden")

    LIFE: ClassVar[Table] = life.ACCOUNT_CHANGE

    public_id = models.CharField(max_length=32, unique=True, default=account_change_public_id, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="account_changes")
    state = models.CharField(_("stand"), max_length=24, choices=State.choices, default=State.ASKED)
    old_bank_name = models.CharField(max_length=70, blank=True)
    old_iban = models.CharField(_("vorige rekening"), max_length=34, blank=True)
    old_bic = models.CharField(max_length=11, blank=True)
    new_bank_name = models.CharField(max_length=70, blank=True)
    new_iban = models.CharField(_("nieuwe rekening"), max_length=34, blank=True)
    new_bic = models.CharField(max_length=11, blank=True)
    asked_at = models.DateTimeField(_("gevraagd op"))
    asked_by = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")
    holds_from = models.DateTimeField(_("gaat in op"))
    """Not before this; later where the second person came later."""
    told_to = models.JSONField(default=list)
    """The addresses to which a mail about it went: those of before."""

    class Meta:
        verbose_name = _("wijziging van rekening")
        verbose_name_plural = _("wijzigingen van rekeningen")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(state__in=["asked", "confirmed"]),
                name="one_account_change_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.state}"


class AccountChangeStep(Step):
    """The history of a change of account."""

    change = models.ForeignKey(AccountChange, on_delete=models.PROTECT, related_name="steps")


@logged()
class TaxRegime(models.Model):
    """How a partner is taxed from a day on, until the day of the next one; the one in force is frozen with each share.

    It has no last day, so there is no gap between two and no overlap, and whoever was taxed once is taxed ever after.
    The database lets none be changed or removed (`0002_lasting_tax_regimes`): a change is a row from a later day on.
    """

    class Regime(models.TextChoices):
        VAT_LIABLE = "vat_liable", _("Btw-plichtig")
        SMALL_BUSINESS = "small_business", _("Vrijgesteld als kleine onderneming")
        ROYALTY = "royalty", _("Auteursrechten met inhouding")
        NONE = "none", _("Geen")

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="tax_regimes")
    regime = models.CharField(_("stelsel"), max_length=16, choices=Regime.choices)
    valid_from = models.DateField(_("vanaf"))
    vat_number = models.CharField(_("btw-nummer"), max_length=20, blank=True)
    vat_basis_points = models.PositiveIntegerField(_("btw bovenop (basispunten)"), default=0)
    withholding_basis_points = models.PositiveIntegerField(_("inhouding (basispunten)"), default=0)

    class Meta:
        verbose_name = _("fiscaal stelsel")
        verbose_name_plural = _("fiscale stelsels")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "valid_from"],
                name="one_tax_regime_a_day",
                violation_error_message=_("Er is al een fiscaal stelsel vanaf die dag. Kies een latere dag."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.get_regime_display()} · {self.valid_from}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        all_rights = {"is_staff": True, "staff_role": User.StaffRole.OPERATOR, "is_superuser": True}
        return self.create_user(email, password, **{**all_rights, **fields})


@logged(exclude=["password", "last_login"])
class User(AbstractUser):
    """A person who logs in with an e-mail address; what they may see follows from their memberships, and of staff from
    their role."""

    class StaffRole(models.TextChoices):
        OPERATOR = "operator", _("Beheer")
        FINANCE = "finance", _("Geldzaken")
        SUPPORT = "support", _("Klantendienst")
        READER = "reader", _("Meelezer")

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mailadres"), unique=True)
    public_id = models.CharField(max_length=32, unique=True, default=user_public_id, editable=False)
    staff_role = models.CharField(
        _("rol bij het platform"), max_length=16, choices=StaffRole.choices, blank=True, default=""
    )
    """What somebody does in the back office; what each may there stands in its `roles.py`. Empty: no staff."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("gebruiker")
        verbose_name_plural = _("gebruikers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_staff=True) ^ models.Q(staff_role=""), name="staff_has_a_role_and_nobody_else"
            )
        ]


@logged()
class Membership(models.Model):
    """A person acts for a partner, in a role."""

    class Role(models.TextChoices):
        COACH = "coach", _("Jobcoach")
        WORKER = "worker", _("Medewerker")
        DESIGNER = "designer", _("Ontwerper")
        VIEWER = "viewer", _("Meelezer")

    user = models.ForeignKey(User, verbose_name=_("gebruiker"), on_delete=models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("rol"), max_length=16, choices=Role.choices)

    class Meta:
        verbose_name = _("lidmaatschap")
        verbose_name_plural = _("lidmaatschappen")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner"],
                name="one_role_per_partner",
                violation_error_message=_("Deze gebruiker staat er al bij. Pas de rol daar aan."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.partner} · {self.get_role_display()}"
