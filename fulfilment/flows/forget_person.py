"""Somebody asks to be forgotten: what there is of them is shown, then forgotten where nothing needs it any more.

What is wanted is written first, here and outside of the database (`forgetting/proof.py`), in a row that keeps the
address only until all of it is done. Whoever dies in between is followed by the mark of that row.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fulfilment.companies.models import Application
from fulfilment.errors import Refusal
from fulfilment.flows import forget_companies
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.forget import BODY, empty_account, empty_order, empty_user, over
from fulfilment.flows.still_needed import account_ended_at, account_needed_because, needed_because
from fulfilment.flows.subscribe import end
from fulfilment.forgetting import proof
from fulfilment.forgetting.models import Erasure
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.people import OrderOfPerson, SaleorAccount, SaleorPlace
from fulfilment.inbox.models import Mark, OpenIssue, StripeEvent
from fulfilment.mail.models import Attachment, Mail
from fulfilment.newsletter.models import Subscription
from fulfilment.orders.models import Order, Recipient, RefundAccount
from fulfilment.partners.models import Partner, User
from fulfilment.payments.models import Payment
from fulfilment.restock.models import RestockWish
from fulfilment.withdrawals.models import Withdrawal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stays:
    """Something that is not forgotten now: what, why, and until when (None: nobody can say yet).

    `by_itself`: it goes once nothing needs it any more; else somebody has to change something, and to ask again.
    """

    what: str
    because: str
    until: datetime | None = None
    by_itself: bool = True


@dataclass(frozen=True)
class Person:
    """All that there is of somebody, by their address."""

    email: str
    orders: list[Order]
    mails: int
    mails_go: int
    """How many of them have still something that goes."""
    wishes: int
    """What they want to be mailed about once it is there again."""
    is_reader: bool
    """Whether our newsletter was asked for the address."""
    companies: list[str]
    """Those for which they act, asked or were asked to."""
    company_goes: bool
    events: int
    accounts: list[RefundAccount]
    exceptions: int
    colleague: User | None
    remote_accounts: list[SaleorAccount]
    remote_orders: list[OrderOfPerson]
    remote_goes: list[str]
    """The numbers of the orders that are made nobody's in Saleor."""
    stays: list[Stays]
    kept_for_the_law: bool
    asked_at: datetime | None
    """Since when they are being forgotten already."""
    erased_at: datetime | None
    """When they were last forgotten: what there is came since, or had to stay."""

    @property
    def is_nobody(self) -> bool:
        """Whether there is nothing at all."""
        here = self.orders or self.mails or self.events or self.exceptions or self.colleague
        return not (
            here or self.wants_mail or self.companies or self.remote_accounts or self.remote_orders or self.stays
        )

    @property
    def something_goes(self) -> bool:
        """Whether asking it now forgets anything."""
        here = self.goes or self.mails_go or self.events or self.exceptions
        here = here or self.wants_mail or self.company_goes
        left = self.colleague is not None and not self.colleague.is_active
        return bool(here or left) or self.goes_at_saleor

    @property
    def wants_mail(self) -> bool:
        """Whether anything was asked for the address that we mail about."""
        return bool(self.wishes) or self.is_reader

    @property
    def goes_at_saleor(self) -> bool:
        """Whether asking it now forgets anything in Saleor."""
        return bool(self.remote_goes) or any(not one.is_staff for one in self.remote_accounts)

    @property
    def can_be_asked(self) -> bool:
        """Whether asking it does anything: some of it goes now, or goes by itself later and nobody asked that yet."""
        return self.something_goes or (self.asked_at is None and any(one.by_itself for one in self.stays))

    @property
    def goes(self) -> list[Order]:
        """The orders of which nothing needs to know any more whose they were."""
        waiting = {stays.what for stays in self.stays}
        return [order for order in self.orders if _named(order) not in waiting]


def look_up(email: str, saleor: Saleor) -> Person:
    """What there is of somebody, here and in Saleor, and what of it must stay. `GatewayError` where Saleor is away."""
    names = spellings(email)
    remote_accounts, remote_orders = saleor.accounts(names), saleor.orders_of(names)
    orders = list(orders_of(email))
    accounts = list(RefundAccount.objects.filter(refund__order__in=orders, purged_at=None).select_related("refund"))
    colleague = User.objects.filter(email__iexact=email).first()
    solved = exceptions_of(email).exclude(resolved_at=None)
    mails = mails_of(email)
    stays = [
        *(Stays(_named(order), because) for order in orders if (because := needed_because(order))),
        *(_account_stays(account) for account in accounts),
        *_not_ours(remote_orders),
        *_people_of_ours(email, colleague, remote_accounts),
        *(_application_stays(asked) for asked in forget_companies.waiting(email)),
    ]
    return Person(
        email=email,
        orders=orders,
        mails=mails.count(),
        mails_go=(mails.exclude(**BODY) if stays else mails).count(),
        wishes=wishes_of(email).count(),
        is_reader=subscriptions_of(email).exists(),
        companies=forget_companies.names_of(email),
        company_goes=forget_companies.something_goes(email),
        events=events_of(email, orders).count(),
        accounts=accounts,
        exceptions=solved.count(),
        colleague=colleague,
        remote_accounts=remote_accounts,
        remote_orders=remote_orders,
        remote_goes=_remote_goes(remote_orders),
        stays=stays,
        kept_for_the_law=bool(orders or remote_orders),
        asked_at=_requests_of(email).filter(done_at=None).values_list("asked_at", flat=True).first(),
        erased_at=_requests_of(email).aggregate(last=Max("done_at"))["last"],
    )


def spellings(email: str) -> set[str]:
    """The ways in which an address is written here: Saleor knows an address by its very letters."""
    here = Recipient.objects.filter(email__iexact=email).values_list("email", flat=True)
    return {email, email.lower(), *here}


def orders_of(email: str) -> QuerySet[Order]:
    """Orders of which we know that they are of somebody, oldest first."""
    rows = Order.objects.filter(recipient__email__iexact=email, recipient__purged_at=None)
    return rows.select_related("recipient").order_by("placed_at", "pk")


def mails_of(email: str) -> QuerySet[Mail]:
    """Mails to somebody."""
    return Mail.objects.filter(to__iexact=email).order_by("pk")


def wishes_of(email: str) -> QuerySet[RestockWish]:
    """What somebody wants to be mailed about once it is there again."""
    return RestockWish.objects.filter(email__iexact=email).order_by("pk")


def subscriptions_of(email: str) -> QuerySet[Subscription]:
    """The newsletter as somebody asked for it and did not leave it."""
    return Subscription.objects.filter(email__iexact=email, ended_at=None).order_by("pk")


def events_of(email: str, orders: Iterable[Order]) -> QuerySet[StripeEvent]:
    """What Stripe told of somebody: messages with their address, or about what they paid."""
    checkouts = [order.checkout_id for order in orders if order.checkout_id]
    paid = Payment.objects.filter(checkout_id__in=checkouts).values_list("payment_intent_id", "stripe_session_id")
    found = Q(told__icontains=email)
    for name in {name for names in paid for name in names if name}:
        found |= Q(told__contains=f'"{name}"')
    return StripeEvent.objects.annotate(told=Cast("body", TextField())).filter(found).order_by("pk")


def exceptions_of(email: str) -> QuerySet[OpenIssue]:
    """Exceptions whose text names an address."""
    return OpenIssue.objects.filter(Q(message__icontains=email) | Q(subject__icontains=email))


def ask(email: str, *, now: datetime, by: User | None) -> Erasure:
    """Have somebody forgotten; asked twice, it is the same request. `Refusal` where it cannot be written down.

    `now` is when it was pressed: a press of before a request was done is no other request. What is here and nothing
    needs goes at once, the rest when it is over; Saleor is told by a worker.
    """
    who = proof.address_hash(email)
    try:
        proof.note(who, at=now)
    except OSError as error:
        log.error("%s cannot be written: %s", settings.FORGOTTEN_LOG, error)
        message = _("Niets gewist: we kunnen niet opschrijven dat het gevraagd is. Vraag hulp.")
        raise Refusal(message, code="NOT_NOTED") from error
    done = Erasure.objects.filter(address_hash=who, done_at__gt=now).first()
    if done is not None:
        return done
    with transaction.atomic():
        erasure, _made = Erasure.objects.get_or_create(
            address_hash=who, done_at=None, defaults={"email": email, "asked_at": now, "asked_by": by}
        )
        look_at(Mark.Kind.FORGET, erasure.public_id, now)
    empty_here(email, now=now)
    # Said at once; a worker says it anew once Saleor was asked too.
    unsent, asked = mails_of(email).exclude(over(now)).exists(), bool(forget_companies.waiting(email))
    told = _waits_for({order.number for order in orders_of(email)}, unsent, asked=asked)
    Erasure.objects.filter(pk=erasure.pk, done_at=None).update(waits_for=told[:300])
    return erasure


def empty_here(email: str, *, now: datetime) -> None:
    """Forget what is here of somebody and nothing needs; each step by itself, so that it can be taken again."""
    orders = list(orders_of(email))
    # Its row stays: Stripe tells for some time what it told, and who knew that it was told takes it for known.
    StripeEvent.objects.filter(pk__in=events_of(email, orders).values("pk")).update(body={})
    wishes_of(email).delete()
    for pk in subscriptions_of(email).values_list("pk", flat=True):
        end(pk, now=now)
    forget_companies.empty_person(email, now=now)
    Attachment.objects.filter(mail__in=mails_of(email).filter(over(now))).delete()
    mails_of(email).filter(over(now)).exclude(**BODY).update(**BODY)
    for account in RefundAccount.objects.filter(refund__order__in=orders, purged_at=None):
        empty_account(account.pk, now=now, before=now - settings.REFUND_ACCOUNT_KEPT)
    for order in orders:
        empty_order(order.pk, now=now)
    for said in Withdrawal.objects.filter(email__iexact=email).select_related("order"):
        if not needed_because(said.order):  # what they said of an order that somebody else had placed
            Withdrawal.objects.filter(pk=said.pk).update(name="", email="")
    exceptions_of(email).exclude(resolved_at=None).delete()
    colleague = User.objects.filter(email__iexact=email, is_active=False).first()
    if colleague is not None:
        empty_user(colleague.pk)
    if not orders_of(email).exists():
        mails_of(email).filter(over(now)).update(to="", subject="", **BODY)


def carry_on(public_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Bring a request as far as it goes: here, then in Saleor; it is done once nothing is left. `GatewayError`."""
    erasure = Erasure.objects.get(public_id=public_id)
    if erasure.done_at is not None:
        return
    names = spellings(erasure.email)
    empty_here(erasure.email, now=now)
    for account in saleor.accounts(names):
        if not account.is_staff:
            saleor.delete_customer(account.id)
    waits = {order.number for order in orders_of(erasure.email)}
    remote_orders = saleor.orders_of(names)
    known = Order.objects.in_bulk([one.id for one in remote_orders], field_name="saleor_id")
    for remote in remote_orders:
        if _is_over(remote, known.get(remote.id), now):
            saleor.forget_order(remote.id, remote.places)
        else:
            waits.add(remote.number)
    unsent, asked = mails_of(erasure.email).exclude(over(now)).exists(), bool(forget_companies.waiting(erasure.email))
    if told := _waits_for(waits, unsent, asked=asked):
        Erasure.objects.filter(pk=erasure.pk).update(waits_for=told[:300])
    else:
        Erasure.objects.filter(pk=erasure.pk).update(email="", waits_for="", done_at=now)


def _waits_for(numbers: Iterable[str], unsent: bool, *, asked: bool) -> str:
    """What keeps a request, in words; "" where nothing does."""
    told = []
    if numbers := sorted(numbers):
        which = _("bestelling %(numbers)s") if len(numbers) == 1 else _("bestellingen %(numbers)s")
        told.append(which % {"numbers": ", ".join(numbers)})
    if asked:
        told.append(_("een aanvraag voor een bedrijf waarover we nog beslissen"))
    if unsent:
        told.append(_("mail die nog moet vertrekken"))
    return _(" en ").join(told)


def _is_over(remote: OrderOfPerson, order: Order | None, now: datetime) -> bool:
    """Whether an order that Saleor has on an address may be emptied there; what we have of it is emptied then."""
    if order is None:
        return remote.is_over
    return empty_order(order.pk, now=now)


def forget_at_saleor(public_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Empty an order in Saleor that is empty here (its public id). `GatewayError`."""
    order = Order.objects.select_related("recipient").get(public_id=public_id)
    recipient = order.recipient
    if recipient.purged_at is None:
        return
    place = SaleorPlace(recipient.postal_code, recipient.country)
    saleor.forget_order(order.saleor_id, {"shippingAddress": place, "billingAddress": place})


def sweep(*, now: datetime) -> None:
    """Look again at every request that is not done: what kept it may be over by now."""
    for public_id in Erasure.objects.filter(done_at=None).values_list("public_id", flat=True):
        look_at(Mark.Kind.FORGET, public_id, now)


def ask_again(hashes: Iterable[str], saleor: Saleor, *, now: datetime) -> int:
    """Forget whoever asked it before and is here again, since a backup was restored; how many people. `GatewayError`.

    Only hashes of their addresses are known, so that of every address here and in Saleor is held against them.
    """
    wanted = set(hashes)
    back = {email.lower() for email in _every_address(saleor) if proof.every_hash(email) & wanted}
    for email in sorted(back):
        ask(email, now=now, by=None)
    return len(back)


def _every_address(saleor: Saleor) -> Iterator[str]:
    yield from Recipient.objects.filter(purged_at=None).exclude(email="").values_list("email", flat=True).iterator()
    yield from Mail.objects.exclude(to="").values_list("to", flat=True).distinct().iterator()
    yield from RestockWish.objects.values_list("email", flat=True)
    yield from Subscription.objects.filter(ended_at=None).values_list("email", flat=True)
    yield from forget_companies.addresses()
    yield from User.objects.filter(is_active=False).values_list("email", flat=True)
    yield from saleor.addresses_of_accounts()


def _named(order: Order) -> str:
    return pgettext("customer", "Bestelling %(number)s") % {"number": order.number}


def _application_stays(asked: Application) -> Stays:
    what = pgettext("customer", "De aanvraag voor %(name)s") % {"name": asked.name}
    return Stays(what, pgettext("customer", "we moeten er nog op antwoorden"))


def _account_stays(account: RefundAccount) -> Stays:
    what = pgettext("customer", "Het rekeningnummer %(iban)s") % {"iban": account.masked}
    if because := account_needed_because(account):
        return Stays(what, because)
    until = account_ended_at(account) + settings.REFUND_ACCOUNT_KEPT
    return Stays(what, pgettext("customer", "de bank kan het geld nog terugsturen"), until)


def _not_ours(remote: Iterable[OrderOfPerson]) -> Iterator[Stays]:
    """Orders that Saleor alone knows, and that are not over there."""
    remote = list(remote)
    known = set(Order.objects.filter(saleor_id__in=[one.id for one in remote]).values_list("saleor_id", flat=True))
    for one in remote:
        if one.id not in known and not one.is_over:
            what = pgettext("customer", "Bestelling %(number)s in Saleor") % {"number": one.number}
            yield Stays(what, pgettext("customer", "ze is daar nog niet afgesloten: bevestig ze of annuleer ze"))


def _remote_goes(remote: Iterable[OrderOfPerson]) -> list[str]:
    remote = list(remote)
    known = Order.objects.in_bulk([one.id for one in remote], field_name="saleor_id")
    over = [one for one in remote if (not needed_because(known[one.id]) if one.id in known else one.is_over)]
    return [one.number for one in over]


def _requests_of(email: str) -> QuerySet[Erasure]:
    """What was ever asked for an address, also before the key changed."""
    return Erasure.objects.filter(address_hash__in=proof.every_hash(email))


def _people_of_ours(email: str, colleague: User | None, accounts: Iterable[SaleorAccount]) -> Iterator[Stays]:
    if colleague is not None and colleague.is_active:
        what, because = (
            pgettext("customer", "Het account om hier in te loggen"),
            pgettext("customer", "het is in gebruik: zet het eerst af onder Gebruikers"),
        )
        yield Stays(what, because, by_itself=False)
    for partner in Partner.objects.filter(email__iexact=email):
        what = pgettext("customer", "Het adres van partner %(name)s") % {"name": partner.name}
        yield Stays(
            what, pgettext("customer", "we werken samen: verander het op de pagina van de partner"), by_itself=False
        )
    if any(account.is_staff for account in accounts):
        because = pgettext("customer", "het is van een medewerker: haal het weg in Saleor")
        yield Stays(pgettext("customer", "Het account in Saleor"), because, by_itself=False)
