"""An invoice or a credit note as it is told, whatever it is written in: UBL, paper, or a page that shows it. Pure."""

from dataclasses import dataclass
from datetime import date

from fulfilment.invoices.parties import Party
from fulfilment.invoices.rules import Category, Line, Subtotal, subtotals


@dataclass(frozen=True)
class Earlier:
    """A document that this one is about: the invoice that is credited, or whose deposit is taken off."""

    number: str
    issued_on: date


@dataclass(frozen=True)
class Account:
    """Where it is to be paid."""

    holder: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Document:
    """All that a document says. Amounts in minor units; those of a credit note are above zero where money goes back.

    `rounding` is what is to be paid above the total with VAT, so that it is what the order costs; `prepaid` what of it
    was paid before. `structured` and `creditor` are empty where nobody is to pay it.
    """

    is_credit: bool
    number: str
    issued_on: date
    due_on: date
    currency: str
    seller: Party
    buyer: Party
    buyer_reference: str
    order_reference: str
    order_number: str
    delivered_on: date | None
    delivered_to: str
    lines: tuple[Line, ...]
    rounding: int
    prepaid: int
    why_untaxed: str
    account: Account
    structured: str = ""
    creditor: str = ""
    earlier: tuple[Earlier, ...] = ()
    note: str = ""
    terms: str = ""

    @property
    def subtotals(self) -> list[Subtotal]:
        return subtotals(self.lines)

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def vat(self) -> int:
        return sum(total.vat for total in self.subtotals)

    @property
    def gross(self) -> int:
        return self.net + self.vat

    @property
    def whole(self) -> int:
        """What it comes to, whatever was paid of it before."""
        return self.gross + self.rounding

    @property
    def due(self) -> int:
        """What is still to be paid."""
        return self.whole - self.prepaid

    @property
    def untaxed(self) -> Category | None:
        """Why some of it bears no VAT; None where all of it does."""
        return next((total.category for total in self.subtotals if total.category is not Category.STANDARD), None)
