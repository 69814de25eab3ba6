"""Stripe's errors, in the words and codes that Stripe uses."""

from sandbox.common.store import Document


class ApiError(Exception):
    """Answered as `{"error": …}`. `remembered` says whether the idempotency layer keeps it: Stripe keeps what came out
    of an operation that had begun, not what was refused before it began."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        remembered: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.remembered = remembered
        self.body: Document = {"message": message, "type": kind}
        if code is not None:
            self.body |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        if param is not None:
            self.body["param"] = param

    def document(self) -> Document:
        return {"error": self.body}


class ImpossibleError(ValueError):
    """What the control page was asked cannot happen now; the text is for people."""


def no_such(kind: str, document_id: str, param: str) -> ApiError:
    return ApiError(f"No such {kind}: '{document_id}'", status=404, code="resource_missing", param=param)


def insufficient_funds(message: str, param: str | None = None) -> ApiError:
    return ApiError(message, code="balance_insufficient", param=param, remembered=True)


def unknown_parameter(param: str) -> ApiError:
    return ApiError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing_parameter(param: str) -> ApiError:
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def internal_error() -> ApiError:
    message = "An unknown error occurred. (This is the sandbox.)"
    return ApiError(message, status=500, kind="api_error", remembered=True)


def unavailable() -> ApiError:
    message = "The sandbox pretends that Stripe is out of reach for a while."
    return ApiError(message, status=503, kind="api_error")
