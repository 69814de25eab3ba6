"""The signed tokens in links of mails: whoever holds one may do what it is for, of this one order, without login."""

from datetime import datetime
from urllib.parse import quote

from django.core.signing import BadSignature, Signer

from fulfilment.orders.pages import page

# A point, since it needs no escaping in an address and stands in neither a public id nor a signature.
_SEPARATOR = "."
_SALT = "orders.tracking"
_ACCOUNT_SALT = "orders.refund_account"
_DELETION_SALT = "customers.deletion"
_INVITATION_SALT = "companies.invitation"


def tracking_token(public_id: str) -> str:
    """The token of an order; it does not expire, since the link stands in a mail that is kept."""
    return Signer(salt=_SALT, sep=_SEPARATOR).sign(public_id)


def read_tracking_token(token: str) -> str | None:
    """The order's public id; None when the token is not one of ours."""
    try:
        return Signer(salt=_SALT, sep=_SEPARATOR).unsign(token)
    except BadSignature:
        return None


def tracking_link(public_id: str, language: str) -> str:
    """The address of the shop's tracking page for an order."""
    return page("tracking", language, tracking_token(public_id))


def withdrawal_link(public_id: str, language: str) -> str:
    """The address of the shop's page on which a customer withdraws from an order, or from a part of it."""
    return page("withdrawal", language, tracking_token(public_id))


def account_token(refund_name: str, *, until: datetime) -> str:
    """The token of a page on which the account for one refund may be given, until a moment; good for nothing else."""
    return _until(_ACCOUNT_SALT, refund_name, until)


def read_account_token(token: str, *, now: datetime) -> str | None:
    """The refund's name; None when the token is not one of ours, or too old."""
    return _read(_ACCOUNT_SALT, token, now)


def account_link(refund_name: str, language: str, *, until: datetime) -> str:
    """The address of the shop's page for that."""
    return page("refund", language, quote(account_token(refund_name, until=until)))


def deletion_token(mail: str, *, until: datetime) -> str:
    """The token of the page behind which an account is deleted, by the mail that it stands in, until a moment."""
    return _until(_DELETION_SALT, mail, until)


def read_deletion_token(token: str, *, now: datetime) -> str | None:
    """The mail; None when the token is not one of ours, or too old."""
    return _read(_DELETION_SALT, token, now)


def confirmation_token(of: str, name: str, *, until: datetime) -> str:
    """The token of the page on which somebody confirms what was asked for their address (`of`: what that is), until a
    moment; good for nothing else."""
    return _until(f"{of}.confirmation", name, until)


def read_confirmation_token(of: str, token: str, *, now: datetime) -> str | None:
    """The name of what was asked; None when the token is not one of ours, or too old."""
    return _read(f"{of}.confirmation", token, now)


def leaving_token(of: str, name: str) -> str:
    """The token by which whoever has it wants no more of it; it does not expire, since mails are kept."""
    return Signer(salt=f"{of}.leaving", sep=_SEPARATOR).sign(name)


def read_leaving_token(of: str, token: str) -> str | None:
    """The name of what is left; None when the token is not one of ours."""
    try:
        return Signer(salt=f"{of}.leaving", sep=_SEPARATOR).unsign(token)
    except BadSignature:
        return None


def invitation_token(name: str) -> str:
    """The token of the page on which somebody who was invited (`name`: the invitation) says yes. The invitation itself
    says until when, so that whoever comes later reads that it is over."""
    return Signer(salt=_INVITATION_SALT, sep=_SEPARATOR).sign(name)


def read_invitation_token(token: str) -> str | None:
    """The name of the invitation; None when the token is not one of ours."""
    try:
        return Signer(salt=_INVITATION_SALT, sep=_SEPARATOR).unsign(token)
    except BadSignature:
        return None


def _until(salt: str, name: str, until: datetime) -> str:
    return Signer(salt=salt, sep=_SEPARATOR).sign(f"{name}{_SEPARATOR}{int(until.timestamp())}")


def _read(salt: str, token: str, now: datetime) -> str | None:
    try:
        name, _point, until = Signer(salt=salt, sep=_SEPARATOR).unsign(token).rpartition(_SEPARATOR)
    except BadSignature:
        return None
    return name if now.timestamp() < int(until) else None
