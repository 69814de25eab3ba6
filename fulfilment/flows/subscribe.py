"""Somebody wants our newsletter: asked on its page, confirmed by mail, and left by one press.

That they agreed is kept with its moment and the name of the text that they read; after they left, without the address.
"""

from datetime import datetime

from django.db import transaction

from fulfilment.flows import tell_reader
from fulfilment.flows.tell_reader import OF
from fulfilment.forgetting import proof
from fulfilment.newsletter.models import Subscription
from fulfilment.orders.tokens import read_confirmation_token, read_leaving_token


@transaction.atomic
def ask(email: str, *, language: str, text_version: str, now: datetime) -> None:
    """Keep that it was asked and mail its confirmation; twice is once. Who gets it already is mailed just that."""
    made = Subscription(email=email, language=language, text_version=text_version, asked_at=now)
    Subscription.objects.bulk_create([made], ignore_conflicts=True)
    found = Subscription.objects.filter(email__iexact=email, ended_at=None).select_for_update().first()
    if found is None:
        return  # left at this very moment: whoever wants it still asks again
    if found.confirmed_at is None:
        rows = Subscription.objects.filter(pk=found.pk)
        rows.update(asked_at=now, language=language, text_version=text_version)
    tell_reader.asked(found, language=language, now=now)


def asked_by(token: str, *, now: datetime) -> Subscription | None:
    """What a link confirms; None where the link is not ours or too old, or whoever asked it left."""
    name = read_confirmation_token(OF, token, now=now)
    return Subscription.objects.filter(public_id=name, ended_at=None).first() if name else None


@transaction.atomic
def confirm(token: str, *, now: datetime) -> bool:
    """It goes to them from now on, and a mail says so; twice is once. False as above."""
    found = asked_by(token, now=now)
    if found is None:
        return False
    standing = Subscription.objects.filter(pk=found.pk, ended_at=None)
    if standing.filter(confirmed_at=None).update(confirmed_at=now):
        tell_reader.welcome(found, now=now)
        return True
    return standing.exists()  # they may have left since it was read


def is_left(token: str) -> bool | None:
    """Whether nothing is sent (any more) to who has this link; None where it is not ours."""
    name = read_leaving_token(OF, token)
    return None if name is None else not Subscription.objects.filter(public_id=name, ended_at=None).exists()


def leave(token: str, *, now: datetime) -> bool:
    """Nothing more is sent there; twice changes nothing. False where the link is not ours."""
    name = read_leaving_token(OF, token)
    for pk in Subscription.objects.filter(public_id=name).values_list("pk", flat=True):
        end(pk, now=now)
    return name is not None


@transaction.atomic
def end(pk: int, *, now: datetime) -> None:
    """The address goes, and what it had agreed to stays under its hash; of what was never confirmed nothing stays."""
    found = Subscription.objects.select_for_update().filter(pk=pk, ended_at=None).first()
    if found is None:
        return
    if found.confirmed_at is None:
        found.delete()
        return
    who = proof.address_hash(found.email)
    Subscription.objects.filter(pk=found.pk).update(email="", address_hash=who, ended_at=now)
