"""Somebody wants to know when something that is sold out is there again: asked on its page, confirmed by mail."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fulfilment.flows import tell_restock
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.tell_restock import EVERYTHING, OF, told_to
from fulfilment.inbox.models import Mark
from fulfilment.orders.tokens import read_confirmation_token, read_leaving_token
from fulfilment.restock.models import RestockWish


@dataclass(frozen=True)
class Asked:
    """A variant as the page shows it that was asked from: Saleor's names, and what it is called in its language."""

    channel: str
    product_id: str
    variant_id: str
    product_name: str
    variant_name: str


@dataclass(frozen=True)
class Leaving:
    """What is withdrawn by a link: the wish itself, None where it is over; and which others that address has."""

    wish: RestockWish | None
    others: tuple[RestockWish, ...]


@transaction.atomic
def ask(email: str, asked: Asked, *, language: str, now: datetime) -> None:
    """Keep a wish and mail its confirmation; the same one twice is one. Where it was confirmed, the mail says that."""
    wish = RestockWish(
        email=email,
        language=language,
        asked_at=now,
        channel=asked.channel,
        product_id=asked.product_id,
        variant_id=asked.variant_id,
        product_name=asked.product_name,
        variant_name=asked.variant_name,
    )
    RestockWish.objects.bulk_create([wish], ignore_conflicts=True)
    rows = RestockWish.objects.filter(email__iexact=email, channel=asked.channel, variant_id=asked.variant_id)
    found = rows.select_for_update().first()
    if found is None:
        return  # told or withdrawn at this very moment: whoever wants it still asks again
    if found.confirmed_at is None:
        RestockWish.objects.filter(pk=found.pk).update(asked_at=now, language=language)
    tell_restock.asked(found, language=language, now=now)


def asked_by(token: str, *, now: datetime) -> RestockWish | None:
    """The wish that a link confirms; None where the link is not ours or too old, or the wish is over."""
    name = read_confirmation_token(OF, token, now=now)
    return RestockWish.objects.filter(public_id=name).first() if name else None


@transaction.atomic
def confirm(token: str, *, now: datetime) -> RestockWish | None:
    """It is wanted from now on; twice is once. Where it is there already, that is told at once. None as above."""
    wish = asked_by(token, now=now)
    if wish is None:
        return None
    if RestockWish.objects.filter(pk=wish.pk, confirmed_at=None).update(confirmed_at=now):
        look_at(Mark.Kind.RESTOCK, EVERYTHING, now)
    return wish


def left_by(token: str) -> Leaving | None:
    """What a link withdraws; None where it is not ours."""
    name = read_leaving_token(OF, token)
    if name is None:
        return None
    wish = RestockWish.objects.filter(public_id=name).first()
    address = wish.email if wish else told_to(name)
    others = RestockWish.objects.filter(email__iexact=address).exclude(public_id=name) if address else ()
    return Leaving(wish, tuple(others))


def withdraw(token: str, *, everything: bool) -> bool:
    """The wish is gone, and with `everything` each that its address has; twice changes nothing. False as above."""
    leaving = left_by(token)
    if leaving is None:
        return False
    gone = [leaving.wish, *(leaving.others if everything else ())]
    RestockWish.objects.filter(pk__in=[wish.pk for wish in gone if wish]).delete()
    return True
