"""What every part of the stand-in works with: its state, its catalogue, who asks, and how resolvers are told apart."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

import httpx2
from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from sandbox.common.faults import Faults
from sandbox.common.outbox import Outbox
from sandbox.common.store import Store
from sandbox.common.worker import Clock
from sandbox.saleor.moments import moment

if TYPE_CHECKING:
    from sandbox.saleor.auth import Requestor
    from sandbox.saleor.catalogue import Catalogue
    from sandbox.saleor.execution import Executor
    from sandbox.saleor.keys import Keys
    from sandbox.saleor.logins import Logins

Node = dict[str, Any]
"""An object on its way to the client, by Saleor's field names; `_…` keys are for resolvers only."""

VERSION = "3.23.28"


@dataclass
class Core:
    """The whole stand-in. `base_url` is its public address, no slash at the end; `http` is for synchronous webhooks."""

    store: Store
    faults: Faults
    catalogue: "Catalogue"
    keys: "Keys"
    logins: "Logins"
    executor: "Executor"
    http: httpx2.Client
    base_url: str
    clock: Clock
    outbox: Outbox = field(init=False)

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/graphql/"

    @property
    def domain(self) -> str:
        return self.base_url.partition("://")[2]

    def now(self) -> int:
        """The present moment."""
        return moment(self.clock())


@dataclass(frozen=True)
class Context:
    """One request: who asks, and from where. A token is looked at when a resolver wants to know whose it is, and not
    before: what asks for nothing of the kind is answered to a bad token too, as in Saleor."""

    core: Core
    who: Callable[[], "Requestor"]
    client_ip: str | None = None

    @cached_property
    def requestor(self) -> "Requestor":
        """Raises what `requestor_of` does for a person's token that is too old, not ours or over."""
        return self.who()

    def look(self) -> "Requestor":
        """The requestor, where what it may do makes no difference but a bad token does."""
        return self.requestor


Resolver = Callable[..., Any]


@dataclass
class Resolvers:
    """The resolvers of one noun, by `Type.field`."""

    found: dict[str, Resolver] = field(default_factory=dict)

    def field(self, name: str) -> Callable[[Resolver], Resolver]:
        """Make the function below the resolver of `Type.field`."""

        def keep(resolver: Resolver) -> Resolver:
            assert name not in self.found, name
            self.found[name] = resolver
            return resolver

        return keep

    def bind(self, schema: GraphQLSchema) -> None:
        """Put them into the schema; a name that it does not hold is our bug."""
        for name, resolver in self.found.items():
            type_name, _, field_name = name.partition(".")
            owner = schema.type_map[type_name]
            assert isinstance(owner, GraphQLObjectType), name
            owner.fields[field_name].resolve = _known(resolver) if owner is schema.mutation_type else resolver


def _known(mutation: Resolver) -> Resolver:
    """A mutation, which looks at the token first whatever it does."""

    @wraps(mutation)
    def looking(root: object, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        context(info).look()
        return mutation(root, info, **arguments)

    return looking


def context(info: GraphQLResolveInfo) -> Context:
    """The request that a resolver runs in."""
    assert isinstance(info.context, Context)
    return info.context


def core_of(info: GraphQLResolveInfo) -> Core:
    return context(info).core


def problem(code: str, message: str, field_name: str | None = None, **more: Any) -> Node:
    """A business error, for the `errors` of a mutation."""
    return {"field": field_name, "code": code, "message": message, **more}
