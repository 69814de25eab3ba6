"""Who answers for a product and how its revenue is shared, from when to when."""

import secrets

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from fulfilment.log import logged
from fulfilment.policies import DiscountPolicy

DISCOUNT_POLICIES = [
    (DiscountPolicy.SHARED_BY_ALL, _("Allen delen in een korting")),
    (DiscountPolicy.PLATFORM_TOPS_UP, _("Het platform waarborgt de vaste bedragen")),
    (DiscountPolicy.PLATFORM_BEARS, _("Het platform draagt elke korting")),
]


def agreement_public_id() -> str:
    return f"agr_{secrets.token_urlsafe(12)}"


@logged(exclude=["form_key"])
class Agreement(models.Model):
    """One product code, one responsible producer, terms, dates in force. Binds once every named partner has signed."""

    public_id = models.CharField(max_length=32, unique=True, default=agreement_public_id, editable=False)
    form_key = models.CharField(max_length=43, unique=True, null=True, editable=False)
    product_code = models.CharField(_("productcode"), max_length=64)
    price_list = models.CharField(_("prijslijst"), max_length=64, blank=True, default="")
    version = models.PositiveIntegerField(_("versie"))
    producer = models.ForeignKey(
        "partners.Partner", verbose_name=_("maker"), on_delete=models.PROTECT, related_name="agreements"
    )
    discount_policy = models.CharField(
        _("kortingen"), max_length=16, choices=DISCOUNT_POLICIES, default=DiscountPolicy.SHARED_BY_ALL
    )
    valid_from = models.DateField(_("geldig vanaf"))
    valid_until = models.DateField(_("geldig tot en met"), null=True, blank=True)
    bound_at = models.DateTimeField(_("door allen getekend op"), null=True, blank=True)

    class Meta:
        verbose_name = _("overeenkomst")
        verbose_name_plural = _("overeenkomsten")
        ordering = ["product_code", "price_list", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["product_code", "price_list", "version"], name="one_agreement_a_version"),
            models.CheckConstraint(
                condition=Q(discount_policy__in=list(DiscountPolicy)), name="agreement_names_a_discount_policy"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="agreement_ends_after_it_begins",
                violation_error_message=_("De laatste dag ligt voor de eerste. Kijk de twee data na."),
            ),
            ExclusionConstraint(
                name="bound_agreements_never_overlap",
                expressions=[
                    ("product_code", RangeOperators.EQUAL),
                    ("price_list", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_until"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(bound_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} v{self.version}"


@logged()
class Term(models.Model):
    """A step of the waterfall on a line's net revenue: an amount per unit, or a part of the remainder."""

    class Kind(models.TextChoices):
        FIXED = "fixed", _("Vast bedrag per stuk")
        PERCENT = "percent", _("Deel van de rest")

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("overeenkomst"), on_delete=models.CASCADE, related_name="terms"
    )
    rank = models.PositiveSmallIntegerField(_("volgorde"))
    kind = models.CharField(_("soort"), max_length=8, choices=Kind.choices)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="terms")
    amount_minor = models.PositiveBigIntegerField(_("bedrag per stuk (cent)"), null=True, blank=True)
    basis_points = models.PositiveIntegerField(_("deel (basispunten)"), null=True, blank=True)

    class Meta:
        verbose_name = _("afspraak")
        verbose_name_plural = _("afspraken")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "rank"],
                name="one_term_a_rank",
                violation_error_message=_("Er is al een afspraak met deze volgorde. Geef elke een eigen nummer."),
            ),
            models.CheckConstraint(
                condition=Q(kind="fixed", amount_minor__gt=0, basis_points__isnull=True)
                | Q(kind="percent", basis_points__gt=0, amount_minor__isnull=True),
                name="term_has_the_figure_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.rank} · {self.partner}"


@logged()
class Signature(models.Model):
    """A partner agreed."""

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("overeenkomst"), on_delete=models.CASCADE, related_name="signatures"
    )
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="signatures")
    signed_at = models.DateTimeField(_("getekend op"))
    signed_by = models.ForeignKey(
        "partners.User", verbose_name=_("genoteerd door"), on_delete=models.PROTECT, null=True, blank=True
    )

    class Meta:
        verbose_name = _("handtekening")
        verbose_name_plural = _("handtekeningen")
        constraints = [models.UniqueConstraint(fields=["agreement", "partner"], name="one_signature_a_partner")]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.partner}"
