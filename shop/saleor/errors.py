"""Saleor's three error channels as exceptions."""

from dataclasses import dataclass


class SaleorError(Exception):
    """Anything that kept a call to Saleor from its result."""


class SaleorUnavailable(SaleorError):
    """Saleor did not answer, or not in a way that can be read. Trying later may help.

    ``at_once`` says that trying again at once may help too; after a time limit it only makes the visitor wait longer.
    """

    def __init__(self, message: str, *, at_once: bool = True) -> None:
        super().__init__(message)
        self.at_once = at_once


class SaleorRejected(SaleorError):
    """Saleor would not execute the request at all (HTTP 4xx or top-level ``errors``): our mistake or its own.

    ``code`` is ``extensions.exception.code`` where Saleor gives one, else the HTTP status.
    """

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.operation = operation
        self.code = code


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """One entry of a mutation's ``errors``; ``field`` is Saleor's input field name or empty."""

    field: str
    code: str
    message: str


class SaleorRefusal(SaleorError):
    """A mutation was executed and said no. ``reasons`` is never empty."""

    def __init__(self, operation: str, reasons: tuple[RefusalReason, ...]) -> None:
        super().__init__(f"{operation}: " + ", ".join(f"{r.code}({r.field})" for r in reasons))
        self.operation = operation
        self.reasons = reasons

    @classmethod
    def of(cls, operation: str, code: str) -> "SaleorRefusal":
        """A refusal of ours, which reads as Saleor's own."""
        return cls(operation, (RefusalReason("", code, ""),))

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(reason.code for reason in self.reasons)
