"""From a request's body to the answer: Saleor's three ways of saying that something is wrong, and its limits."""

import json
import logging
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from werkzeug.wrappers import Request, Response

from sandbox.saleor.auth import (
    ExpiredSignatureError,
    InvalidSignatureError,
    InvalidTokenError,
    PermissionDenied,
    requestor_of,
)
from sandbox.saleor.core import Context, Core
from sandbox.saleor.cost import MOST, cost_of

log = logging.getLogger(__name__)

_MOST_ROOT_MUTATIONS = 4
_SPOKEN = (GraphQLError, PermissionDenied, ExpiredSignatureError, InvalidSignatureError, InvalidTokenError)
"""Errors whose text is for the client; of all others only the class is told."""

Answer = tuple[dict[str, Any], int]


class Executor:
    """Runs documents against the schema; reading and validating each text once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._read = lru_cache(maxsize=512)(self._read_text)

    def respond(self, core: Core, request: Request) -> Response:
        """The answer to a POST at the API's address."""
        try:
            body = json.loads(request.get_data(), parse_float=Decimal)
        except ValueError:
            return _json(*_refused("Unable to parse query."))
        if isinstance(body, list):
            if len(body) != 1:
                return _json(*_refused("Batch GraphQL queries are not enabled."))
            answer, status = self._operation(core, request, body[0])
            return _json([answer], status)
        return _json(*self._operation(core, request, body))

    def _operation(self, core: Core, request: Request, body: object) -> Answer:
        if not isinstance(body, dict):
            return _refused("Unable to parse query.")
        query, variables = body.get("query"), body.get("variables") or {}
        if not isinstance(query, str) or not query:
            return _refused("Must provide a query string.")
        if not isinstance(variables, dict):
            return _refused("Variables are invalid JSON.")
        document, errors = self._read(query)
        if document is None:
            return {"errors": [formatted(error) for error in errors]}, 400
        operation = get_operation_ast(document, body.get("operationName"))
        if operation is None:
            return _refused("Must provide operation name if query contains multiple operations.")
        faults = self._faults(document, operation, variables)
        if faults:
            return {"errors": [formatted(error) for error in faults]}, 400
        headers = dict(request.headers)
        context = Context(core, lambda: requestor_of(core, headers), _client_ip(request))
        result = self.execute(document, context, variables, body.get("operationName"))
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [formatted(error) for error in result.errors]
        return {**answer, "data": result.data}, 200

    def execute(
        self, document: DocumentNode, context: Context, variables: dict[str, Any] | None = None,
        operation_name: str | None = None, root: object = None,
    ) -> ExecutionResult:  # fmt: skip
        """Run a valid document; a subscription is run once, with `root` holding its event."""
        return execute_sync(
            self.schema,
            document,
            root_value=root,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
        )

    def read(self, text: str) -> DocumentNode:
        """The document of a text; raises GraphQLError where it is not valid in this schema."""
        document, errors = self._read(text)
        if document is None:
            raise errors[0]
        return document

    def _read_text(self, text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
        try:
            document = parse(text)
        except GraphQLError as error:
            return None, [error]
        errors = validate(self.schema, document)
        return (None, errors) if errors else (document, [])

    def _faults(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]
    ) -> list[GraphQLError]:
        if operation.operation is OperationType.SUBSCRIPTION:
            return [GraphQLError("Subscriptions are not allowed over HTTP.")]
        if (
            operation.operation is OperationType.MUTATION
            and len(operation.selection_set.selections) > _MOST_ROOT_MUTATIONS
        ):
            return [GraphQLError(f"More than {_MOST_ROOT_MUTATIONS} root mutations in one request.")]
        values = get_variable_values(self.schema, operation.variable_definitions, variables)
        if isinstance(values, list):
            return values
        cost = cost_of(self.schema, document, operation, values)
        if cost > MOST:
            return [QueryCostError(f"The query exceeds the maximum cost of {MOST}. Actual cost: {cost}")]
        return []


class QueryCostError(GraphQLError):
    """The query asks for too much at once."""


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as Saleor shows it."""
    cause = error.original_error or error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    spoken = isinstance(cause, _SPOKEN)
    if not spoken:
        log.error("a resolver failed", exc_info=cause)
    shown: dict[str, Any] = {"message": error.message if spoken else "Internal Server Error"}
    if error.locations:
        shown["locations"] = [{"line": where.line, "column": where.column} for where in error.locations]
    if error.path:
        shown["path"] = error.path
    name = "GraphQLError" if type(cause) is GraphQLError or "Syntax" in type(cause).__name__ else type(cause).__name__
    return {**shown, "extensions": {"exception": {"code": name}}}


def _refused(message: str) -> Answer:
    return {"errors": [{"message": message, "extensions": {"exception": {"code": "GraphQLError"}}}]}, 400


def _client_ip(request: Request) -> str | None:
    forwarded = request.headers.get("X-Forwarded-For", "")
    return forwarded.partition(",")[0].strip() or request.remote_addr


def plain(value: object) -> object:
    """Numbers of opaque data that were read exactly; written as numbers again."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"cannot be written as JSON: {value!r}")


def _json(answer: Mapping[str, Any] | list[Any], status: int) -> Response:
    return Response(json.dumps(answer, default=plain, ensure_ascii=False), status, mimetype="application/json")
