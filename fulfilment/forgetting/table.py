"""What is kept of people, how long, and what is left of it afterwards: the one table. Pure.

The jobs run from it (`flows/forget.py`). The shop's privacy page and `docs/operations/forgetting.md` say the same, and
a test holds all three against each other, and against every field of every table.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """A kind of what is kept. `setting` names how long: a time, or whole years that begin on the next 1 January.

    `since` says from when it counts. `fields` are those that hold it, as `app.Model.field`. Who empties it is a job of
    ours (`flows.forget.JOBS`) unless `elsewhere` says who does. `is_customers`: the privacy page tells of it.
    """

    name: str
    setting: str
    since: str
    fields: tuple[str, ...] = ()
    elsewhere: str = ""
    is_customers: bool = True


def _of(model: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{model}.{name}" for name in names)


KEPT = (
    Kept(
        "addresses",
        "ADDRESSES_KEPT",
        "the order is over: made, arrived, its time to withdraw gone, nothing of it returned, refunded or disputed",
        (
            *_of("orders.Recipient", "email", "name", "company", "street", "street_extra", "city", "area", "phone"),
            *_of("orders.Recipient", "buyer_name", "buyer_company", "buyer_street", "buyer_street_extra"),
            *_of("orders.Recipient", "buyer_postal_code", "buyer_city", "buyer_area", "buyer_country"),
            *_of("orders.Recipient", "gift_message", "customer_note"),
            *_of("orders.Refund", "reason"),
            *_of("orders.RefundStep", "note"),
            *_of("production.TaskStep", "note"),
            *_of("production.Impediment", "note", "answer"),
            *_of("production.ImpedimentStep", "note"),
            *_of("production.Parcel", "tracking_code"),
            *_of("returns.Return", "tracking_code"),
            *_of("returns.ReturnStep", "note"),
            *_of("withdrawals.Withdrawal", "name", "email"),
        ),
    ),
    Kept(
        "mail_links",
        "MAIL_LINKS_KEPT",
        "the mail was sent",
        _of("mail.Mail", "text", "html", "unsubscribe"),
    ),
    Kept(
        "mail_texts",
        "MAIL_TEXTS_KEPT",
        "the mail was sent",
        (*_of("mail.Mail", "text", "html", "unsubscribe"), *_of("mail.Attachment", "content")),
    ),
    Kept(
        "mails",
        "MAILS_KEPT",
        "the mail was sent; of a change of account, it was over",
        (*_of("mail.Mail", "to", "subject"), *_of("partners.AccountChange", "told_to")),
    ),
    Kept(
        "unconfirmed",
        "UNCONFIRMED_KEPT",
        "it was asked, and nobody confirmed it",
        _of("newsletter.Subscription", "email"),
    ),
    Kept(
        "restock_wishes",
        "RESTOCK_WISHES_KEPT",
        "it was confirmed",
        _of("restock.RestockWish", "email"),
    ),
    Kept(
        "consents",
        "CONSENTS_KEPT",
        "they left",
        _of("newsletter.Subscription", "address_hash"),
    ),
    Kept(
        "refused_companies",
        "REFUSED_COMPANIES_KEPT",
        "it was refused",
        (
            *_of("companies.Company", "name", "legal_number", "vat_number"),
            *_of("companies.CompanyEvent", "name", "legal_number", "vat_number"),
            *_of("companies.Application", "name", "contact_name", "email", "phone", "purpose"),
            *_of("companies.VatCheck", "vat_number", "name", "address", "consultation"),
            *_of("companies.CompanyStep", "note"),
        ),
    ),
    Kept(
        "members",
        "MEMBERS_KEPT",
        "they left, or the company ended",
        (
            *_of("companies.Member", "account_id", "name", "email"),
            *_of("companies.Application", "contact_name", "email", "phone", "purpose"),
            *_of("companies.CompanyAddress", "label", "first_name", "last_name", "company_name", "street_1"),
            *_of("companies.CompanyAddress", "street_2", "postal_code", "city", "country", "country_area", "phone"),
        ),
    ),
    Kept("invitations", "INVITATIONS_KEPT", "it could be taken no longer", _of("companies.Invitation", "email")),
    Kept("stripe_events", "STRIPE_EVENTS_KEPT", "it arrived", _of("inbox.StripeEvent", "body")),
    Kept(
        "refund_accounts",
        "REFUND_ACCOUNT_KEPT",
        "the refund was paid, or is not to be any more",
        _of("orders.RefundAccount", "holder", "iban"),
    ),
    Kept("exceptions", "EXCEPTIONS_KEPT", "it was solved", _of("inbox.OpenIssue", "subject", "message")),
    Kept(
        "requests",
        "REQUESTS_KEPT",
        "all of it was done",
        _of("forgetting.Erasure", "address_hash", "email"),
    ),
    Kept(
        "sessions",
        "SESSIONS_KEPT",
        "the login",
        (
            *_of("sessions.Session", "session_key", "session_data"),
            *_of("usersessions.UserSession", "ip", "user_agent", "session_key", "data"),
        ),
        is_customers=False,
    ),
    Kept(
        "deeds",
        "DEEDS_KEPT",
        "it was done in the back office",
        _of("admin.LogEntry", "object_id", "object_repr", "change_message"),
        is_customers=False,
    ),
    Kept(
        "leavers",
        "LEAVERS_KEPT",
        "the account was switched off",
        (
            *_of("partners.User", "email", "first_name", "last_name", "password"),
            *_of("partners.UserEvent", "email", "first_name", "last_name"),
            *_of("account.EmailAddress", "email"),
            *_of("account.EmailConfirmation", "key"),
            *_of("mfa.Authenticator", "data"),
        ),
        is_customers=False,
    ),
    Kept(
        "books",
        "BOOKS_KEPT_YEARS",
        "the year in which it was booked; of a partner and of the log, the last of it",
        (
            *_of("payouts.BankFile", "content"),
            *_of("payouts.Payout", "name", "iban", "bic", "failure"),
            *_of("payouts.PayoutStep", "note"),
            *_of("partners.Partner", "street", "postal_code", "city", "email", "bank_name", "iban", "bic"),
            *_of("partners.PartnerEvent", "name", "street", "postal_code", "city", "email", "bank_name", "iban", "bic"),
            *_of("partners.TaxRegimeEvent", "vat_number"),
            *_of("partners.AccountChange", "old_bank_name", "old_iban", "old_bic"),
            *_of("partners.AccountChange", "new_bank_name", "new_iban", "new_bic"),
            *_of("invoices.Invoice", "buyer_name", "buyer_legal_number", "buyer_vat_number", "buyer_street"),
            *_of("invoices.Invoice", "buyer_street_extra", "buyer_postal_code", "buyer_city", "buyer_email"),
            *_of("invoices.Invoice", "buyer_reference", "order_reference", "xml"),
            *_of("pghistory.Context", "metadata"),
            *_of("companies.Company", "name", "legal_number", "vat_number"),
            *_of("companies.CompanyEvent", "name", "legal_number", "vat_number"),
            *_of("companies.CompanyStep", "note"),
            *_of("companies.Application", "name"),
            *_of("companies.VatCheck", "vat_number", "name", "address", "consultation"),
        ),
    ),
    Kept("baskets", "BASKETS_KEPT", "nobody touched the basket", elsewhere="Saleor, by itself"),
    Kept("saleor_messages", "SALEOR_MESSAGES_KEPT", "it was sent", elsewhere="Saleor, by itself"),
    Kept("logs", "LOGS_KEPT", "it was written", elsewhere="the machine, by `deploy/forget-logs`"),
    Kept("backups", "BACKUPS_KEPT", "it was taken", elsewhere="the machine, by `deploy/forget-logs`"),
)
"""Every kind, in the order in which the jobs take them."""


def kept(name: str) -> Kept:
    """The kind of that name."""
    return next(row for row in KEPT if row.name == name)
