"""What a business hears of us: its application arrived, what we decided, who is asked to act for it, who no longer.

To be called inside the transaction in which it happened.
"""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from fulfilment.companies.models import Application, Company, Invitation, Member, Role
from fulfilment.companies.queries import administrators_of
from fulfilment.mail.write import write
from fulfilment.orders.pages import page, spoken
from fulfilment.orders.tokens import invitation_token

KEY = "company:"
"""How the keys of these mails begin."""
INVITATION = f"{KEY}invitation:"
"""How those begin whose link opens something."""


def received(asked: Application, *, now: datetime) -> None:
    """It arrived; the same for whoever asks for a company that we know."""
    context = {"name": asked.contact_name, "company": asked.name}
    write(f"{KEY}{asked.public_id}:received", asked.email, "company_received", context, now, asked.language)


def approved(company: Company, *, now: datetime) -> None:
    """The contact reads how to begin."""
    for asked in company.applications.all()[:1]:
        link = page("company", asked.language, company.public_id)
        context = {"name": asked.contact_name, "company": company.name, "email": asked.email, "link": link}
        write(f"{KEY}{company.public_id}:approved", asked.email, "company_approved", context, now, asked.language)


def refused(company: Company, reason: str, *, now: datetime) -> None:
    """The contact reads why."""
    for asked in company.applications.all()[:1]:
        context = {"name": asked.contact_name, "company": asked.name, "reason": reason}
        context["contact"] = settings.CONTACT_EMAIL
        write(f"{KEY}{company.public_id}:refused", asked.email, "company_refused", context, now, asked.language)


def moved(company: Company, event: str, reason: str, *, now: datetime) -> None:
    """Its administrators read that it is suspended, goes on, or has ended."""
    step = company.steps.order_by("-pk").values_list("pk", flat=True).first()
    for member in administrators_of(company):
        context = {
            "name": member.name,
            "company": company.name,
            "event": event,
            "reason": reason,
            "contact": settings.CONTACT_EMAIL,
            "link": page("company", member.language, company.public_id),
        }
        key = f"{KEY}{company.public_id}:moved:{step}:{member.public_id}"
        write(key, member.email, "company_moved", context, now, member.language)


def invited(found: Invitation, *, language: str, now: datetime) -> None:
    """Whoever is asked reads by whom, for what, until when; in the language of who asks."""
    language = spoken(language)
    with translation.override(language):
        until = date_format(localtime(found.ends_at), "j F Y")
        role = ROLES[Role(found.role)]()
    link = page("company_invitation", language, invitation_token(found.public_id))
    context = {"company": found.company.name, "role": role, "until": until, "email": found.email, "link": link}
    write(f"{INVITATION}{found.public_id}", found.email, "company_invitation", context, now, language)


def let_go(member: Member, *, now: datetime) -> None:
    """Somebody else said that they act for it no longer."""
    context = {"name": member.name, "company": member.company.name, "contact": settings.CONTACT_EMAIL}
    write(f"{KEY}{member.public_id}:let_go", member.email, "company_let_go", context, now, member.language)


ROLES = {
    Role.BUYER: lambda: pgettext("customer", "koper"),
    Role.APPROVER: lambda: pgettext("customer", "goedkeurder"),
    Role.BOOKKEEPER: lambda: pgettext("customer", "boekhouding"),
    Role.ADMINISTRATOR: lambda: pgettext("customer", "beheerder"),
}
"""A role as its mail calls it, in the language that is spoken then."""
