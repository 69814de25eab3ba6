"""All that we keep of somebody, for that person to read: plain values under names that people understand.

Amounts are written as people write them, moments as ISO 8601 with their zone. Mails of which the text is forgotten
already are told without it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from fulfilment.flows import forget_companies
from fulfilment.flows.forget import KEYS
from fulfilment.flows.forget_person import events_of, exceptions_of, look_up, mails_of, wishes_of
from fulfilment.forgetting import proof
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.people import OrderOfPerson
from fulfilment.gateways.saleor.values import SaleorAddress
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.queries import BUYER
from fulfilment.money import written
from fulfilment.newsletter.models import Subscription
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.places import Address, delivered_to, invoiced_to
from fulfilment.partners.models import User
from fulfilment.payments.models import Payment
from fulfilment.production.models import Parcel
from fulfilment.production.rules import CARRIER_NAMES
from fulfilment.returns.models import Return
from fulfilment.withdrawals.models import Withdrawal

STATES = {
    "UNCONFIRMED": gettext_lazy("Nog te bevestigen"),
    "UNFULFILLED": gettext_lazy("Nog te verzenden"),
    "PARTIALLY_FULFILLED": gettext_lazy("Deels verzonden"),
    "FULFILLED": gettext_lazy("Verzonden"),
    "PARTIALLY_RETURNED": gettext_lazy("Deels teruggestuurd"),
    "RETURNED": gettext_lazy("Teruggestuurd"),
    "CANCELED": gettext_lazy("Geannuleerd"),
    "EXPIRED": gettext_lazy("Verlopen"),
}
"""How far Saleor says that an order is, for people."""


def export(email: str, saleor: Saleor, *, now: datetime) -> dict[str, Any]:
    """What there is of somebody, here and in Saleor. `GatewayError` where Saleor is away: a half would look whole."""
    person = look_up(email, saleor)
    # A link that opens something is for the mailbox alone: a login may show this file.
    opening = set(mails_of(email).filter(KEYS).values_list("pk", flat=True))
    return {
        "over": email,
        "gemaakt_op": now.isoformat(),
        "uitleg": "Alles wat wij van je bijhouden. Stripe en de vervoerder houden zelf ook iets bij: vraag dat daar.",
        "bestellingen": [_order(order) for order in person.orders],
        "facturen": [_invoice(found) for found in _invoices_of(email, person.orders)],
        "mails": [
            {
                "onderwerp": mail.subject,
                "geschreven_op": mail.created_at.isoformat(),
                "verzonden_op": _at(mail.sent_at),
                "tekst": (mail.text or None) if mail.pk not in opening else None,
            }
            for mail in mails_of(email)
        ],
        "wil_verwittigd_worden_over": [
            {
                "product": wish.product_name,
                "uitvoering": wish.variant_name,
                "gevraagd_op": wish.asked_at.isoformat(),
                "bevestigd_op": _at(wish.confirmed_at),
            }
            for wish in wishes_of(email)
        ],
        "nieuwsbrief": [_subscription(found) for found in _consents_of(email)],
        **forget_companies.exported(email),
        "uitzonderingen": [
            {"sinds": issue.first_seen_at.isoformat(), "tekst": issue.message} for issue in exceptions_of(email)
        ],
        "berichten_van_stripe": [
            {"ontvangen_op": event.received_at.isoformat(), "inhoud": event.body}
            for event in events_of(email, person.orders)
        ],
        "account_hier": _colleague(person.colleague),
        "accounts_in_de_winkel": [
            {
                "e-mailadres": account.email,
                "naam": account.name,
                "sinds": account.since.isoformat(),
                "adressen": [_with_phone(address) for address in account.addresses],
            }
            for account in person.remote_accounts
        ],
        "bestellingen_in_de_winkel": [
            {
                "nummer": order.number,
                "geplaatst_op": order.placed_at.isoformat(),
                "stand": str(STATES.get(order.status, order.status)),
                "adres": _address_of(order, "shippingAddress"),
                "factuuradres": _address_of(order, "billingAddress"),
            }
            for order in person.remote_orders
        ],
    }


def _invoices_of(email: str, orders: Iterable[Order]) -> QuerySet[Invoice]:
    """Those of somebody's orders, and those that were made out to their address."""
    found = Invoice.objects.filter(Q(order__in=orders) | Q(buyer_email__iexact=email))
    return found.select_related("order").order_by("pk")


def _invoice(found: Invoice) -> dict[str, Any]:
    return {
        "soort": found.get_kind_display(),
        "nummer": found.number,
        "datum": found.issued_on.isoformat(),
        "bestelling": found.order.number,
        "koper": {name: getattr(found, f"buyer_{name}") for name in BUYER},
        "totaal": written(found.whole_minor, found.currency),
    }


def _consents_of(email: str) -> QuerySet[Subscription]:
    """All that was agreed to for an address: of what ended, its hash alone is left."""
    return Subscription.objects.filter(Q(email__iexact=email) | Q(address_hash__in=proof.every_hash(email)))


def _subscription(found: Subscription) -> dict[str, Any]:
    return {
        "gevraagd_op": found.asked_at.isoformat(),
        "bevestigd_op": _at(found.confirmed_at),
        "uitgeschreven_op": _at(found.ended_at),
        "tekst": found.text_version,
        "taal": found.language,
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _address(address: SaleorAddress | Address) -> dict[str, str]:
    return {
        "naam": address.name,
        "bedrijf": address.company,
        "straat": address.street,
        "extra": address.street_extra,
        "postcode": address.postal_code,
        "plaats": address.city,
        "provincie_of_staat": address.area,
        "land": address.country,
    }


def _with_phone(address: SaleorAddress) -> dict[str, str]:
    return {**_address(address), "telefoon": address.phone}


def _address_of(order: OrderOfPerson, name: str) -> dict[str, str] | None:
    found = order.addresses.get(name)
    return _with_phone(found) if found else None


def _order(order: Order) -> dict[str, Any]:
    return {
        "nummer": order.number,
        "geplaatst_op": order.placed_at.isoformat(),
        "betaald_op": _at(order.paid_at),
        "geannuleerd_op": _at(order.cancelled_at),
        "totaal": written(order.total_gross_minor, order.currency),
        "verzending": written(order.shipping_gross_minor, order.currency),
        "kortingscode": order.voucher_code,
        "e-mailadres": order.recipient.email,
        "adres": {**_address(delivered_to(order.recipient)), "telefoon": order.recipient.phone},
        "factuuradres": _address(invoiced_to(order.recipient)) if order.recipient.buyer_country else None,
        "kaartje": order.recipient.gift_message,
        "opmerking": order.recipient.customer_note,
        "lijnen": [
            {
                "product": line.product_name,
                "uitvoering": line.variant_name,
                "aantal": line.quantity,
                "prijs": written(line.gross_minor, order.currency),
            }
            for line in order.lines.all()
        ],
        "betalingen": _payments(order),
        "pakketten": [
            {
                "maker": parcel.task.producer.name,
                "vervoerder": CARRIER_NAMES.get(parcel.carrier, parcel.carrier),
                "trackingcode": parcel.tracking_code,
                "verzonden_op": parcel.shipped_at.isoformat(),
                "ligt_klaar_sinds": _at(parcel.at_point_since),
                "geleverd_op": _at(parcel.delivered_at),
            }
            for parcel in Parcel.objects.filter(task__order=order).select_related("task__producer")
        ],
        "herroepingen": [_withdrawal(found) for found in order.withdrawals.all()],
        "retouren": [_return(found) for found in Return.objects.filter(order=order)],
        "terugbetalingen": [_refund(refund) for refund in order.refunds.all()],
    }


def _payments(order: Order) -> list[dict[str, Any]]:
    if not order.checkout_id:
        return []
    return [
        {
            "kenmerk": payment.reference,
            "bedrag": written(payment.amount_minor, payment.currency),
            "stand": payment.get_state_display(),
            "begonnen_op": payment.created_at.isoformat(),
            "betaald_op": _at(payment.paid_at),
        }
        for payment in Payment.objects.filter(checkout_id=order.checkout_id)
    ]


def _steps(row: Return | Refund) -> list[dict[str, str]]:
    return [{"stand": str(row.State(step.state).label), "op": step.at.isoformat()} for step in row.steps.all()]


def _return(found: Return) -> dict[str, Any]:
    return {
        "reden": found.get_reason_display(),
        "stand": found.get_state_display(),
        "aangekondigd_op": found.announced_at.isoformat(),
        "trackingcode": found.tracking_code,
        "stukken": [
            {
                "product": line.task_line.line.product_name,
                "uitvoering": line.task_line.line.variant_name,
                "aantal": line.quantity,
                "als_nieuw": line.as_new,
                "te_herstellen": line.to_mend,
                "stuk_of_weg": line.spoilt,
            }
            for line in found.lines.select_related("task_line__line")
        ],
        "verloop": _steps(found),
    }


def _withdrawal(found: Withdrawal) -> dict[str, Any]:
    return {
        "verklaard_op": found.said_at.isoformat(),
        "naam": found.name,
        "e-mailadres": found.email,
        "stukken": [
            {"product": row.line.product_name, "uitvoering": row.line.variant_name, "aantal": row.quantity}
            for row in found.lines.select_related("line")
        ],
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "bedrag": written(refund.amount_minor, refund.order.currency),
        "soort": refund.get_kind_display(),
        "stand": refund.get_state_display(),
        "reden": refund.reason,
        "gevraagd_op": _at(refund.asked_at),
        "stukken": [
            {
                "product": line.line.product_name,
                "uitvoering": line.line.variant_name,
                "aantal": line.quantity,
                "bedrag": written(line.amount_minor, refund.order.currency),
            }
            for line in refund.lines.select_related("line")
        ],
        "verzending": written(refund.shipping_minor, refund.order.currency),
        "verloop": _steps(refund),
        "rekeningen": [
            {"van": account.holder, "iban": account.iban, "opgegeven_op": account.given_at.isoformat()}
            for account in refund.accounts.filter(purged_at=None)
        ],
    }


def _colleague(user: User | None) -> dict[str, Any] | None:
    if user is None:
        return None
    return {
        "e-mailadres": user.email,
        "naam": user.get_full_name(),
        "sinds": user.date_joined.isoformat(),
        "laatst_ingelogd_op": _at(user.last_login),
        "werkt_voor": [str(membership.partner) for membership in user.memberships.select_related("partner")],
    }
