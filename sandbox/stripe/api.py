"""Stripe's API over HTTP: keys, versions, parameters, idempotency, errors."""

import base64
import hmac
import logging
from dataclasses import replace

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from sandbox.common.faults import Faults
from sandbox.common.store import Document, Reader, Store
from sandbox.common.web import Handler, Route, json_response
from sandbox.common.worker import Clock
from sandbox.stripe import errors, parameters
from sandbox.stripe.errors import ApiError
from sandbox.stripe.events import Cause
from sandbox.stripe.expansion import expanded
from sandbox.stripe.idempotency import Answer, Keys, fingerprint
from sandbox.stripe.operations import Call, Operation
from sandbox.stripe.settings import API_VERSION, StripeSettings
from sandbox.stripe.shapes import new_id

log = logging.getLogger(__name__)


class Api:
    """The API's addresses. Every operation runs in one transaction together with the memory of its answer."""

    def __init__(self, settings: StripeSettings, store: Store, faults: Faults, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._faults = faults
        self._clock = clock
        self.keys = Keys(store)

    def routes(self, operations: list[Operation]) -> list[Route]:
        return [Route(op.rule, self._handler(op), (op.method,)) for op in operations]

    def failed(self, request: Request, error: HTTPException) -> Response | None:
        """Errors of the HTTP layer in Stripe's words; None outside the API."""
        if not request.path.startswith("/v1/"):
            return None
        if isinstance(error, (NotFound, MethodNotAllowed)):
            message = f"Unrecognized request URL ({request.method}: {request.path}). The sandbox knows no such call."
            return self._error(request, ApiError(message, status=404))
        if error.code is not None and error.code < 500:
            return self._error(request, ApiError(error.description or error.name, status=error.code))
        return self._error(request, errors.internal_error())

    def down(self, request: Request) -> Response:
        """The answer of every API address while Stripe is pretended to be out of reach."""
        return self._error(request, errors.unavailable())

    def _handler(self, operation: Operation) -> Handler:
        def handle(request: Request, **ids: str) -> Response:
            cause = Cause(new_id("req_", 14), request.headers.get("Idempotency-Key"))
            try:
                self._authenticate(request)
                pairs = request.form if operation.method == "POST" else request.args
                given = parameters.tree(pairs.items(multi=True))
                call = Call(
                    wanted=parameters.check(given, operation.spec),
                    ids=ids,
                    path=request.path,
                    cause=cause,
                    now=self._clock(),
                )
                if operation.read is not None:
                    with self._store.read() as reader:
                        found = operation.read(reader, call)
                        return self._answer(request, Answer(200, self._filled(reader, found, call), _id(cause)))
                return self._write(request, operation, call, given)
            except ApiError as error:
                return self._error(request, error, _id(cause))

        return handle

    def _write(self, request: Request, operation: Operation, call: Call, given: Document) -> Response:
        key = call.cause.idempotency_key
        if key is None:
            return self._answer_unless_lost(request, self._carry_out(operation, call, None, ""))
        print_ = fingerprint(request.method, request.path, given)
        with self.keys.claimed(key):
            former = self.keys.former(key, print_, call.now)
            if former is not None:
                replayed = {"Idempotent-Replayed": "true", "Original-Request": former.request_id}
                return self._answer(request, replace(former, request_id=_id(call.cause)), replayed)
            answer = self._carry_out(operation, call, key, print_)
        return self._answer_unless_lost(request, answer)

    def _answer_unless_lost(self, request: Request, answer: Answer) -> Response:
        if self._faults.take_alone("lose_next_answers"):
            return Response("upstream request timeout", 504, mimetype="text/plain")
        return self._answer(request, answer)

    def _carry_out(self, operation: Operation, call: Call, key: str | None, print_: str) -> Answer:
        assert operation.act is not None
        try:
            # After the key was looked up: what was good the first time is replayed, even when it would be too late now.
            operation.validate(call)
            with self._store.write() as tx:
                broken = self._faults.take(tx, "error_next_calls")
                if not broken:
                    answer = Answer(200, self._filled(tx, operation.act(tx, call), call), _id(call.cause))
                    if key is not None:
                        self.keys.keep(tx, key, print_, answer, call.now)
            if not broken:
                return answer
            error = errors.internal_error()
        except ApiError as refusal:
            error = refusal
        except Exception:
            log.exception("%s failed", call.path)
            error = errors.internal_error()
        answer = Answer(error.status, error.document(), _id(call.cause))
        if key is not None and error.remembered:
            with self._store.write() as tx:
                self.keys.keep(tx, key, print_, answer, call.now)
        return answer

    def _filled(self, reader: Reader, document: Document, call: Call) -> Document:
        return expanded(reader, document, call.wanted.get("expand", []), call.now)

    def _authenticate(self, request: Request) -> None:
        key = _given_key(request)
        if not key:
            message = (
                "You did not provide an API key. You need to provide your API key in the Authorization header, "
                "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
            )
            raise ApiError(message, status=401)
        if not hmac.compare_digest(key.encode(), self._settings.secret_key.encode()):
            shown = key[:8] + "*" * max(0, len(key) - 12) + key[-4:] if len(key) > 12 else "***"
            raise ApiError(f"Invalid API Key provided: {shown}", status=401)
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise ApiError(f"Invalid Stripe API version: {version}. This sandbox speaks {API_VERSION} only.")

    def _error(self, request: Request, error: ApiError, request_id: str | None = None) -> Response:
        answer = Answer(error.status, error.document(), request_id or new_id("req_", 14))
        return self._answer(request, answer)

    def _answer(self, request: Request, answer: Answer, more: dict[str, str] | None = None) -> Response:
        headers = {"Request-Id": answer.request_id, "Stripe-Version": API_VERSION, **(more or {})}
        if "Idempotency-Key" in request.headers:
            headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
        if answer.status == 500:
            # The answer is kept under the key: another try with it would only be told the same.
            headers["Stripe-Should-Retry"] = "false"
        return json_response(answer.body, answer.status, headers)


def _id(cause: Cause) -> str:
    assert cause.request_id is not None
    return cause.request_id


def _given_key(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except ValueError:
            return ""
    return ""
