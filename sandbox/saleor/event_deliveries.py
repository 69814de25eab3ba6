"""What of an app's background webhooks did not arrive yet, as the app itself may read it."""

from graphql import GraphQLResolveInfo

from sandbox.common.outbox import DELIVERED, FAILED, SENDING, WAITING
from sandbox.common.store import Document
from sandbox.saleor.connections import connection, page_size
from sandbox.saleor.core import Node, Resolvers, core_of
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.moments import moment

resolvers = Resolvers()
_STATES = {"PENDING": (WAITING, SENDING), "SUCCESS": (DELIVERED,), "FAILED": (FAILED,)}


@resolvers.field("Webhook.eventDeliveries")
def event_deliveries(
    root: Node,
    info: GraphQLResolveInfo,
    first: int | None = None,
    filter: Node | None = None,
    sortBy: Node | None = None,
) -> Node:
    """Of webhooks of an app, which are read only by those who may."""
    size, wanted = page_size(first), (filter or {}).get("status")
    states = _STATES[wanted] if wanted else tuple(state for named in _STATES.values() for state in named)
    newest_first = sortBy is None or sortBy["direction"] == "DESC"
    where = {"subject.webhook": key_of("Webhook", root["id"]), "state": states}
    with core_of(info).store.read() as reader:
        found = reader.find("delivery", where, newest_first=newest_first, limit=size + 1)
    return connection(found, size, lambda one: [one["id"]], _node)


@resolvers.field("EventDelivery.attempts")
def attempts(root: Node, info: GraphQLResolveInfo, first: int | None = None) -> Node:
    size = page_size(first)
    with core_of(info).store.read() as reader:
        found = reader.find("attempt", {"delivery": root["_delivery"]["id"]}, limit=size + 1)
    return connection(found, size, lambda one: [one["id"]], _attempt_node)


def _attempt_node(attempt: Document) -> Node:
    return {"id": global_id("EventDeliveryAttempt", attempt["id"])}


def _node(delivery: Document) -> Node:
    state = next(name for name, states in _STATES.items() if delivery["state"] in states)
    return {
        "id": global_id("EventDelivery", delivery["id"]),
        "createdAt": moment(delivery["created_at"]),
        "status": state,
        "_delivery": delivery,
    }
