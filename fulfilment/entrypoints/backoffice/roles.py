"""Who may look at what in the back office, and who may do what: one line for each of its addresses.

An address that stands not here is nobody's: whoever adds one says whose it is, and the tests walk all of them.
"""

from dataclasses import dataclass

from fulfilment.partners.models import User

OPERATOR, FINANCE = User.StaffRole.OPERATOR, User.StaffRole.FINANCE
SUPPORT, READER = User.StaffRole.SUPPORT, User.StaffRole.READER

NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset({OPERATOR, FINANCE, SUPPORT, READER})
OFFICE = frozenset({OPERATOR})
MONEY = frozenset({OPERATOR, FINANCE})
CUSTOMERS = frozenset({OPERATOR, SUPPORT})
HANDS = frozenset({OPERATOR, FINANCE, SUPPORT})
"""Everybody who does anything at all."""
BOOKS = frozenset({OPERATOR, FINANCE, READER})
"""Who sees what partners are paid, and where the money stands."""


@dataclass(frozen=True)
class Access:
    """Whose an address is: who may look (GET), and who may send something to it (anything else)."""

    see: frozenset[str]
    act: frozenset[str] = NOBODY


def _pages(room: str, see: frozenset[str], *, change: frozenset[str] = NOBODY, add: bool = False) -> dict[str, Access]:
    """The addresses that every room has: its list and its rows. `add`: whoever changes a row makes one as well."""
    adding = change if add else NOBODY
    return {
        f"{room}_changelist": Access(see),
        f"{room}_change": Access(see, change),
        f"{room}_add": Access(adding, adding),
        f"{room}_delete": Access(NOBODY, NOBODY),
        f"{room}_history": Access(NOBODY, NOBODY),
    }


def _deed(who: frozenset[str]) -> Access:
    """A page that asks before it does something, or a button: whoever may not do it is not asked either."""
    return Access(who, who)


ACCESS: dict[str, Access] = {
    # What the site has by itself
    "index": Access(EVERYBODY),
    "vitals": Access(EVERYBODY),
    "search": Access(EVERYBODY),
    "logout": Access(EVERYBODY, EVERYBODY),
    "password_change": Access(EVERYBODY),
    "password_change_done": Access(EVERYBODY),
    "autocomplete": Access(OFFICE),
    "jsi18n": Access(EVERYBODY),
    "view_on_site": Access(NOBODY),
    "app_list": Access(EVERYBODY),
    # Today
    **_pages("inbox_openissue", EVERYBODY, change=HANDS),
    "inbox_openissue_bear": _deed(MONEY),
    "inbox_openissue_transfer": _deed(MONEY),
    "inbox_openissue_again": _deed(HANDS),
    **_pages("orders_order", EVERYBODY),
    "orders_order_refund": _deed(HANDS),
    "orders_order_divide": _deed(MONEY),
    "orders_order_return": _deed(CUSTOMERS),
    "orders_order_refund_again": _deed(HANDS),
    "orders_order_say_refund": _deed(CUSTOMERS),
    "orders_order_return_expected": _deed(CUSTOMERS),
    "orders_order_return_lost": _deed(CUSTOMERS),
    "orders_order_return_kept": _deed(CUSTOMERS),
    "orders_order_return_no_money": _deed(CUSTOMERS),
    "orders_order_refund_by_bank": _deed(HANDS),
    "orders_order_refund_account": _deed(HANDS),
    "orders_order_by_bank": _deed(MONEY),
    **_pages("production_task", EVERYBODY),
    "production_task_reassign": _deed(CUSTOMERS),
    "production_task_agree": _deed(CUSTOMERS),
    "production_task_answer": _deed(CUSTOMERS),
    # Money
    **_pages("payouts_batch", BOOKS),
    "payouts_batch_plan": Access(BOOKS),
    "payouts_batch_create": _deed(MONEY),
    "payouts_batch_release": _deed(MONEY),
    "payouts_batch_collect": _deed(MONEY),
    "payouts_batch_cancel": _deed(MONEY),
    "payouts_batch_approve": _deed(MONEY),
    "payouts_batch_confirm": _deed(MONEY),
    "payouts_batch_confirm_one": _deed(MONEY),
    "payouts_batch_fail": _deed(MONEY),
    "payouts_batch_return": _deed(MONEY),
    "payouts_batch_withdraw": _deed(MONEY),
    "payouts_batch_file": _deed(MONEY),
    **_pages("payments_payment", EVERYBODY),
    **_pages("invoices_invoice", EVERYBODY),
    "invoices_invoice_make": _deed(MONEY),
    "invoices_invoice_credit": _deed(MONEY),
    "invoices_invoice_rebill": _deed(MONEY),
    "invoices_invoice_take_back": _deed(MONEY),
    "invoices_invoice_send": _deed(MONEY),
    "invoices_invoice_pdf": Access(EVERYBODY),
    "invoices_invoice_xml": Access(EVERYBODY),
    **_pages("ledger_entry", BOOKS),
    "balances": Access(BOOKS),
    "check_balance": _deed(MONEY),
    # Who buys on a price list
    **_pages("companies_company", EVERYBODY),
    "companies_company_add": _deed(HANDS),
    "companies_company_approve": _deed(MONEY),
    "companies_company_terms": _deed(MONEY),
    "companies_company_refuse": _deed(MONEY),
    "companies_company_suspend": _deed(MONEY),
    "companies_company_resume": _deed(MONEY),
    "companies_company_end": _deed(MONEY),
    "companies_company_details": _deed(CUSTOMERS),
    "companies_company_invite": _deed(CUSTOMERS),
    "companies_company_withdraw": _deed(CUSTOMERS),
    "companies_company_let_go": _deed(CUSTOMERS),
    "companies_company_check": _deed(HANDS),
    # Who works together
    **_pages("partners_partner", EVERYBODY, change=MONEY, add=True),
    "partners_partner_account": Access(EVERYBODY, MONEY),
    "partners_partner_account_stop": _deed(HANDS),
    **_pages("agreements_agreement", EVERYBODY, change=OFFICE, add=True),
    "agreements_agreement_delete": _deed(OFFICE),
    "agreements_agreement_sign": _deed(OFFICE),
    "agreements_agreement_version": _deed(OFFICE),
    "discounts": Access(EVERYBODY),
    "history": Access(BOOKS),
    "newsletter": Access(OFFICE),
    "newsletter_export": _deed(OFFICE),
    "people": _deed(OFFICE),
    "people_export": _deed(OFFICE),
    "people_forget": _deed(OFFICE),
    **_pages("partners_user", OFFICE, change=OFFICE, add=True),
    "partners_user_wipe": _deed(OFFICE),
}
"""By the name of the address. Those without a name are Django's own: they lead elsewhere, and show nothing."""

UNNAMED = Access(EVERYBODY)


def access_to(name: str | None) -> Access:
    """Whose an address is, by its name."""
    return UNNAMED if name is None else ACCESS.get(name, Access(NOBODY))


def may_see(user: object, name: str | None) -> bool:
    """Whether somebody may look at an address of the back office."""
    return _role(user) in access_to(name).see


def may_act(user: object, name: str | None) -> bool:
    """Whether somebody may send anything to an address of the back office."""
    return _role(user) in access_to(name).act


def _role(user: object) -> str:
    return user.staff_role if isinstance(user, User) and user.is_active and user.is_staff else ""


class May:
    """For templates: `may.payouts_batch_approve` is whether who looks may do that, or see it where it only shows; so is
    `page in may`."""

    def __init__(self, user: object) -> None:
        self._user = user

    def __getitem__(self, name: str) -> bool:
        found = ACCESS[name]
        return _role(self._user) in (found.act or found.see)

    def __contains__(self, name: object) -> bool:
        return name in ACCESS and self[str(name)]
