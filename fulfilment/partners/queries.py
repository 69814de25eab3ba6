"""Reading partners. What every paid order asks is SQL: composing such a query takes longer than asking it."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from fulfilment.partners.models import Membership, Partner, TaxRegime, User


def tax_regimes_on(day: date, partner_ids: Iterable[int]) -> dict[int, TaxRegime]:
    """The tax regime in force on `day` for each of the partners; a partner without one is absent."""
    rows = TaxRegime.objects.raw(
        "SELECT * FROM partners_taxregime WHERE partner_id = ANY(%s) AND valid_from <= %s ORDER BY valid_from",
        [list(partner_ids), day],
    )
    return {row.partner_id: row for row in rows}


def lead_days_of(partner_ids: Iterable[int]) -> dict[int, int]:
    """How many days each of the partners takes to make and ship."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, lead_days FROM partners_partner WHERE id = ANY(%s)", [list(partner_ids)])
        return dict(cursor.fetchall())


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


def partners_with_sums(user: User) -> list[Partner]:
    """The partners of which a person may see what they earn: all of theirs, but not those that they only work for."""
    knowing = (Membership.Role.COACH, Membership.Role.DESIGNER, Membership.Role.VIEWER)
    return list(Partner.objects.filter(memberships__user=user, memberships__role__in=knowing).order_by("name"))
