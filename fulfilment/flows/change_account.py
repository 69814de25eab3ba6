"""Another account for a partner: asked by one person, told to the old contacts, confirmed by another, in force later.

Whoever gets into one account of ours, or writes a mail in the name of a partner, can send nobody's money elsewhere: two
people look at it, and those who knew of the former account hear of it while there is time to say no.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from stdnum import iban as iban_number

from fulfilment.errors import Refusal
from fulfilment.inbox.rounds import each
from fulfilment.life import advance, move
from fulfilment.mail.write import write
from fulfilment.partners.models import AccountChange, Partner, User
from fulfilment.partners.queries import account_changes_to_come, contacts_about_money


@transaction.atomic
def ask(partner_id: int, *, bank_name: str, iban: str, bic: str, by: User, now: datetime) -> AccountChange:
    """Ask that a partner be paid on another account; an empty `iban`: on none. Its old contacts are told at once.

    `Refusal` while another change waits, and where nothing would change.
    """
    partner = Partner.objects.select_for_update().get(pk=partner_id)
    if account_changes_to_come([partner.pk]):
        raise Refusal(_("Er wacht al een andere rekening voor deze partner. Houd die eerst tegen."), code="BUSY")
    if (partner.bank_name, partner.iban, partner.bic) == (bank_name, iban, bic):
        raise Refusal(_("Deze partner wordt al op die rekening betaald."), code="SAME")
    change = AccountChange.objects.create(
        partner=partner,
        old_bank_name=partner.bank_name,
        old_iban=partner.iban,
        old_bic=partner.bic,
        new_bank_name=bank_name,
        new_iban=iban,
        new_bic=bic,
        asked_at=now,
        asked_by=by,
        holds_from=now + settings.ACCOUNT_CHANGE_WAIT,
        told_to=contacts_about_money(partner),
    )
    _tell(change, "account_change_asked", now)
    return change


@transaction.atomic
def confirm(public_id: str, *, by: User, now: datetime) -> AccountChange:
    """A second person looked at it. `Refusal` for whoever asked it, and where it waits for nobody any more."""
    change = _locked(public_id)
    if change.asked_by_id == by.pk:
        raise Refusal(
            _("Je vroeg deze rekening zelf. Laat een collega ze nakijken en bevestigen."), code="SECOND_PERSON"
        )
    advance(change, "confirm", message=_("Deze wijziging wacht niet meer op bevestiging."), now=now, by=by)
    if change.holds_from <= now:
        _begin(change, now)
    return change


@transaction.atomic
def stop(public_id: str, *, by: User, now: datetime) -> AccountChange:
    """It is not to be. `Refusal` once it is in force: then the way back is another change."""
    change = _locked(public_id)
    message = _("Deze wijziging is al ingegaan, of werd al tegengehouden.")
    advance(change, "stop", message=message, now=now, by=by)
    _tell(change, "account_change_stopped", now)
    return change


def begin_due(*, now: datetime) -> int:
    """Pay on the new accounts of which the waiting time is over; how many those were."""
    due = AccountChange.objects.filter(state=AccountChange.State.CONFIRMED, holds_from__lte=now)
    found = due.order_by("holds_from", "pk").values_list("public_id", flat=True)
    return sum(each("account_change", found, lambda public_id: _begin_due(public_id, now), named=str, now=now, tries=1))


@transaction.atomic
def _begin_due(public_id: str, now: datetime) -> bool:
    return _begin(_locked(public_id), now)


def _begin(change: AccountChange, now: datetime) -> bool:
    """Whether the change is in force from now on; False where somebody stopped it meanwhile."""
    if not move(change, "begin", now=now):
        return False
    partner = change.partner
    partner.bank_name, partner.iban, partner.bic = change.new_bank_name, change.new_iban, change.new_bic
    partner.save(update_fields=["bank_name", "iban", "bic"])
    _tell(change, "account_change_begun", now)
    return True


def _locked(public_id: str) -> AccountChange:
    """A change; its partner is locked until the transaction ends, before the change itself."""
    change = AccountChange.objects.filter(public_id=public_id).first()
    if change is None:
        raise Refusal(_("Deze wijziging bestaat niet."), code="NOT_FOUND")
    change.partner = Partner.objects.select_for_update().get(pk=change.partner_id)
    return change


def _tell(change: AccountChange, template: str, now: datetime) -> None:
    """A mail to everybody who was told when it was asked, each once."""
    told = {
        "partner": change.partner.name,
        "old": _masked(change.old_iban),
        "new": _masked(change.new_iban),
        "from": change.holds_from,
        "phone": settings.CONTACT_PHONE,
    }
    for number, address in enumerate(change.told_to):
        write(f"{change.public_id}:{template}:{number}", address, template, told, now)


def _masked(iban: str) -> str:
    """An account as a mail names it: who knows it knows it by its end; "" where there is none."""
    return f"{iban[:2]}•• •••• {iban_number.compact(iban)[-4:]}" if iban else ""
