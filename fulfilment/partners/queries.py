"""Reading partners. What every paid order asks is SQL: composing such a query takes longer than asking it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from fulfilment.partners.models import AccountChange, Membership, Partner, User

SEES_SUMS = (Membership.Role.COACH, Membership.Role.DESIGNER, Membership.Role.VIEWER)
"""The roles in which one may see what a partner earns: all but those who only work there."""


@dataclass(frozen=True)
class Standing:
    """What holds for a partner on a day: whether it ships what it makes, and how it is taxed (rates in basis points).

    `tax_regime_id` is None, and the rates are zero, before the first day of its first regime: nobody knows.
    """

    name: str
    ships: bool
    tax_regime_id: int | None
    vat_basis_points: int
    withholding_basis_points: int


def standing_on(day: date, partner_ids: Iterable[int]) -> dict[int, Standing]:
    """How each of the partners stands on `day`, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partner.id, partner.name, partner.ships, regime.id, "
            "coalesce(regime.vat_basis_points, 0), coalesce(regime.withholding_basis_points, 0) "
            "FROM partners_partner AS partner LEFT JOIN LATERAL ("
            "SELECT * FROM partners_taxregime WHERE partner_id = partner.id AND valid_from <= %s "
            "ORDER BY valid_from DESC LIMIT 1) AS regime ON true WHERE partner.id = ANY(%s)",
            [day, list(partner_ids)],
        )
        return {pk: Standing(*found) for pk, *found in cursor.fetchall()}


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


def is_coach(user: User, workshop: Partner) -> bool:
    """Whether a person leads the work of a workshop."""
    return user.memberships.filter(partner=workshop, role=Membership.Role.COACH).exists()


def sees_sums(user: User) -> bool:
    """Whether a person may see what some partner earns."""
    return user.memberships.filter(role__in=SEES_SUMS).exists()


def partners_with_sums(user: User) -> list[Partner]:
    """The partners of which a person may see what they earn: all of theirs, but not those that they only work for."""
    return list(Partner.objects.filter(memberships__user=user, memberships__role__in=SEES_SUMS).order_by("name"))


def account_changes_to_come(partner_ids: Iterable[int]) -> dict[int, AccountChange]:
    """The changes of account that are not in force yet, by the partner's id; others are absent."""
    waiting = (AccountChange.State.ASKED, AccountChange.State.CONFIRMED)
    found = AccountChange.objects.filter(partner_id__in=list(partner_ids), state__in=waiting)
    return {change.partner_id: change for change in found.select_related("asked_by")}


def contacts_about_money(partner: Partner) -> list[str]:
    """Where a partner hears of its money: its own address, and those of the people who see what it earns; each once."""
    members = partner.memberships.filter(role__in=SEES_SUMS, user__is_active=True)
    found = [partner.email, *members.order_by("pk").values_list("user__email", flat=True)]
    return list({address.lower(): address for address in found if address}.values())


def platform() -> Partner | None:
    """The partner that is the platform itself; None where there is none yet."""
    return Partner.objects.filter(kind=Partner.Kind.PLATFORM).first()


def empty_log_of(user_id: int) -> None:
    """Take who a colleague was, who is forgotten, out of the log of changes; that something changed stays.

    The programs can change nothing else of the log: a function of the database does it, of whoever is forgotten alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_person_in_log(%s)", [user_id])


def forget_log(before: datetime) -> int:
    """Take away what the log of changes tells of before that moment; how many rows. Of the last ten years, none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_log(%s)", [before])
        [count] = cursor.fetchone()
    return int(count)
