"""Reading partners."""

from collections.abc import Iterable
from datetime import date

from fulfilment.partners.models import Membership, Partner, TaxRegime, User


def tax_regimes_on(day: date, partner_ids: Iterable[int]) -> dict[int, TaxRegime]:
    """The tax regime in force on `day` for each of the partners; a partner without one is absent."""
    rows = TaxRegime.objects.filter(partner_id__in=list(partner_ids), valid_from__lte=day).order_by("valid_from")
    return {row.partner_id: row for row in rows}


def producers_by_slug(slugs: Iterable[str]) -> dict[str, Partner]:
    return {partner.slug: partner for partner in Partner.objects.filter(slug__in=set(slugs))}


def producers_of(user: User) -> list[Partner]:
    """The workshops that a person works for, by name."""
    working = (Membership.Role.COACH, Membership.Role.WORKER)
    return list(
        Partner.objects.filter(
            kind=Partner.Kind.PRODUCER, memberships__user=user, memberships__role__in=working
        ).order_by("name")
    )
