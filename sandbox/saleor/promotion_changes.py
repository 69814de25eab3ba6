"""Promotions as the API shows them to those who manage discounts, and what these do with them."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Transaction
from sandbox.common.worker import Workers
from sandbox.saleor.auth import require
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.products import channel_node
from sandbox.saleor.promotions import runs
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()

Given = Mapping[str, Any]


def promotion_node(promotion: Document) -> Node:
    return {
        "__typename": "Promotion",
        "id": global_id("Promotion", promotion["id"]),
        "name": promotion["name"],
        "type": "CATALOGUE",
        "startDate": promotion["starts"],
        "endDate": promotion["ends"],
        "createdAt": promotion["created"],
        "updatedAt": promotion["updated"],
        "rules": [_rule_node(rule) for rule in promotion["rules"]],
        "_promotion": promotion,
    }


def _rule_node(rule: Document) -> Node:
    return {
        "id": global_id("PromotionRule", rule["id"]),
        "name": rule["name"],
        "cataloguePredicate": rule["predicate"],
        "rewardValueType": rule["type"],
        "rewardValue": Decimal(rule["value"]) if rule["value"] is not None else None,
        "_rule": rule,
    }


@resolvers.field("PromotionRule.channels")
def rule_channels(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    shown = channel_node(core_of(info))
    return [shown] if shown["id"] in root["_rule"]["channels"] else []


@resolvers.field("Promotion.translation")
def translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    name = root["_promotion"]["translations"].get(languageCode)
    return {"id": global_id("PromotionTranslation", f"{root['id']}-{languageCode}"), "name": name} if name else None


@resolvers.field("Query.promotion")
def promotion(_root: object, info: GraphQLResolveInfo, id: str) -> Node | None:
    require(info, "MANAGE_DISCOUNTS")
    found = core_of(info).catalogue.promotions.get(key_of("Promotion", id) or "")
    return promotion_node(found) if found else None


@resolvers.field("Query.promotions")
def promotions(_root: object, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Node:
    """By name, as Saleor sorts them where no other order is asked."""
    require(info, "MANAGE_DISCOUNTS")
    size, start = page_size(first), place(after)
    found = sorted(core_of(info).catalogue.promotions.values(), key=_place)
    if start is not None:
        found = [one for one in found if _place(one) > start]
    return connection(found, size, _place, promotion_node)


def _place(promotion: Document) -> list[str]:
    return [promotion["name"], promotion["id"]]


def _keep(core: Core, tx: Transaction, found: Document, *events: str) -> None:
    """Store it and tell; prices are counted with it from the commit on."""
    kept = {**found, "updated": core.now()}
    tx.put("promotion", kept["id"], kept)
    tx.on_commit(lambda: core.catalogue.promotions.update({kept["id"]: kept}))
    for event in (*events, "PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED") if events else ():
        emit(core, tx, event)


@resolvers.field("Mutation.promotionCreate")
def create(_root: object, info: GraphQLResolveInfo, input: Given) -> Node:
    require(info, "MANAGE_DISCOUNTS")
    core = core_of(info)
    starts, ends = input.get("startDate") or core.now(), input.get("endDate")
    wrong = _dates_wrong(starts, ends)
    rules = []
    for index, given in enumerate(input.get("rules") or ()):
        rule = _ruled(_NEW_RULE, given)
        wrong += _rule_wrong(rule, index=index)
        rules.append(rule)
    if wrong:
        return {"promotion": None, "errors": wrong}
    made: Document = {
        "id": str(uuid4()),
        "name": input["name"],
        "created": core.now(),
        "starts": starts,
        "ends": ends,
        "translations": {},
        "told": None,
        "in_file": None,
        "rules": rules,
    }
    with core.store.write() as tx:
        _keep(core, tx, made, "PROMOTION_CREATED")
    return {"promotion": promotion_node({**made, "updated": core.now()}), "errors": []}


_NEW_RULE: Document = {"id": None, "name": None, "channels": [], "type": None, "value": None, "predicate": None}


def _ruled(rule: Document, given: Given) -> Document:
    """A rule with what was given of it."""
    found = {**rule, "id": rule["id"] or str(uuid4())}
    for name, field in (("name", "name"), ("predicate", "cataloguePredicate"), ("type", "rewardValueType")):
        if field in given:
            found[name] = given[field]
    if given.get("rewardValue") is not None:
        found["value"] = str(given["rewardValue"])
    kept = [*found["channels"], *(given.get("channels") or ()), *(given.get("addChannels") or ())]
    found["channels"] = [one for one in dict.fromkeys(kept) if one not in (given.get("removeChannels") or ())]
    return found


def _rule_wrong(rule: Document, **more: Any) -> list[Node]:
    """What Saleor refuses of a rule. One that is for nothing needs no value."""
    if rule["predicate"] is None:
        text = "For `catalogue` predicate type, `cataloguePredicate` must be provided."
        return [problem("REQUIRED", text, "cataloguePredicate", **more)]
    if not rule["predicate"]:
        return []
    wrong = []
    if rule["type"] is None:
        wrong.append(problem("REQUIRED", "The rewardValueType is required.", "rewardValueType", **more))
    if rule["value"] is None:
        wrong.append(problem("REQUIRED", "The rewardValue is required.", "rewardValue", **more))
    return wrong or _value_wrong(rule, **more)


def _value_wrong(rule: Document, **more: Any) -> list[Node]:
    value = Decimal(rule["value"])
    if rule["type"] == "PERCENTAGE" and value > 100:
        return [problem("INVALID", "Value cannot exceed 100.", "rewardValue", **more)]
    if rule["type"] == "FIXED" and not rule["channels"]:
        text = "Channels must be specified for FIXED rewardValueType."
        return [problem("MISSING_CHANNELS", text, "channels", **more)]
    if rule["type"] == "FIXED" and value != round(value, 2):
        return [problem("INVALID_PRECISION", "Value cannot have more than 2 decimal places.", "rewardValue", **more)]
    return []


def _dates_wrong(starts: int, ends: int | None) -> list[Node]:
    if ends is None or ends > starts:
        return []
    return [problem("INVALID", "End date cannot be before the start date.", "endDate")]


Change = Callable[[Document], tuple[Document, list[Node]]]


def _changed(info: GraphQLResolveInfo, id: str, change: Change, *events: str) -> tuple[Document | None, list[Node]]:
    """The promotion of that id, changed and stored; what is wrong changes nothing."""
    core = core_of(info)
    found = core.catalogue.promotions.get(key_of("Promotion", id) or "")
    if found is None:
        return None, [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]
    changed, wrong = change(found)
    if wrong:
        return None, wrong
    with core.store.write() as tx:
        _keep(core, tx, changed, *events)
    return changed, []


@resolvers.field("Mutation.promotionUpdate")
def update(_root: object, info: GraphQLResolveInfo, id: str, input: Given) -> Node:
    require(info, "MANAGE_DISCOUNTS")

    def change(found: Document) -> tuple[Document, list[Node]]:
        names = {"name": "name", "starts": "startDate", "ends": "endDate"}
        changed = {**found, **{name: input[field] for name, field in names.items() if field in input}}
        return changed, _dates_wrong(changed["starts"], changed["ends"])

    changed, wrong = _changed(info, id, change, "PROMOTION_UPDATED")
    return {"promotion": promotion_node(changed) if changed else None, "errors": wrong}


@resolvers.field("Mutation.promotionDelete")
def delete(_root: object, info: GraphQLResolveInfo, id: str) -> Node:
    require(info, "MANAGE_DISCOUNTS")
    core = core_of(info)
    found = core.catalogue.promotions.get(key_of("Promotion", id) or "")
    if found is None:
        return {"promotion": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
    with core.store.write() as tx:
        tx.delete("promotion", found["id"])
        tx.on_commit(lambda: _forget(core, found["id"]))
        for event in ("PROMOTION_DELETED", "PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED"):
            emit(core, tx, event)
    return {"promotion": promotion_node(found), "errors": []}


def _forget(core: Core, key: str) -> None:
    core.catalogue.promotions.pop(key, None)


@resolvers.field("Mutation.promotionRuleCreate")
def create_rule(_root: object, info: GraphQLResolveInfo, input: Given) -> Node:
    require(info, "MANAGE_DISCOUNTS")
    rule = _ruled(_NEW_RULE, input)

    def change(found: Document) -> tuple[Document, list[Node]]:
        return {**found, "rules": [*found["rules"], rule]}, _rule_wrong(rule)

    _found, wrong = _changed(info, input["promotion"], change, "PROMOTION_RULE_CREATED")
    return {"promotionRule": None if wrong else _rule_node(rule), "errors": wrong}


@resolvers.field("Mutation.promotionRuleUpdate")
def update_rule(_root: object, info: GraphQLResolveInfo, id: str, input: Given) -> Node:
    require(info, "MANAGE_DISCOUNTS")
    of, former = _of_rule(core_of(info), id)
    if former is None:
        return {"promotionRule": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
    rule = _ruled(former, input)

    def change(found: Document) -> tuple[Document, list[Node]]:
        rules = [rule if one["id"] == rule["id"] else one for one in found["rules"]]
        return {**found, "rules": rules}, _rule_wrong(rule)

    _found, wrong = _changed(info, of, change, "PROMOTION_RULE_UPDATED")
    return {"promotionRule": None if wrong else _rule_node(rule), "errors": wrong}


@resolvers.field("Mutation.promotionRuleDelete")
def delete_rule(_root: object, info: GraphQLResolveInfo, id: str) -> Node:
    require(info, "MANAGE_DISCOUNTS")
    of, former = _of_rule(core_of(info), id)
    if former is None:
        return {"promotionRule": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}

    def change(found: Document) -> tuple[Document, list[Node]]:
        return {**found, "rules": [one for one in found["rules"] if one["id"] != former["id"]]}, []

    _found, wrong = _changed(info, of, change, "PROMOTION_RULE_DELETED")
    return {"promotionRule": _rule_node(former), "errors": wrong}


def _of_rule(core: Core, id: str) -> tuple[str, Document | None]:
    """The id of its promotion, and the rule."""
    key = key_of("PromotionRule", id)
    for found in core.catalogue.promotions.values():
        for rule in found["rules"]:
            if rule["id"] == key:
                return global_id("Promotion", found["id"]), rule
    return "", None


@resolvers.field("Mutation.promotionTranslate")
def translate(_root: object, info: GraphQLResolveInfo, id: str, input: Given, languageCode: str) -> Node:
    require(info, "MANAGE_TRANSLATIONS")

    def change(found: Document) -> tuple[Document, list[Node]]:
        return {**found, "translations": {**found["translations"], languageCode: input.get("name")}}, []

    changed, wrong = _changed(info, id, change)
    return {"promotion": promotion_node(changed) if changed else None, "errors": wrong}


class PromotionClock:
    """Tells that a promotion began or ended by itself; Saleor does so within a minute."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.workers = Workers("promotions", self.tell_one, lambda: None, core.clock)

    def tell_one(self) -> bool:
        """Tell of one that toggled since it was last told; says whether there was any."""
        now = self._core.now()
        for found in list(self._core.catalogue.promotions.values()):
            event = _toggled(found, now)
            if event:
                with self._core.store.write() as tx:
                    _keep(self._core, tx, {**found, "told": event}, f"PROMOTION_{event.upper()}")
                return True
        return False


def _toggled(found: Document, now: int) -> str:
    if runs(found, now):
        return "" if found["told"] == "started" else "started"
    return "ended" if found["told"] == "started" else ""
