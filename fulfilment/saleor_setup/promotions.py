"""Promotions: what products cost less for a time, for everybody.

Saleor has no name of ours for a promotion: one is known by its slug in its private metadata, and where that is not
written yet (the run was broken off), by its name. It has one rule, without a name; where staff made more of it, or
less, the rules are theirs.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalogue.values import Promotion
from fulfilment.saleor_setup.setup import Change, Node, Setup
from fulfilment.saleor_setup.translations import translate

KEY = "setup.promotion"
_KINDS = {"productPredicate": "product", "collectionPredicate": "collection"}


def set_up_promotions(setup: Setup) -> None:
    nodes = list(setup.nodes("promotions"))
    by_key = {node["key"]: node for node in nodes if node["key"]}
    by_name = {node["name"]: node for node in nodes if not node["key"]}
    for promotion in setup.file.promotions:
        node = by_key.get(promotion.slug) or by_name.get(promotion.name)
        _promotion(setup, promotion, node)
        _rule(setup, promotion, node)
        _known_by(setup, promotion, node)
        translate(setup, "promotion", promotion.slug, node, promotion.translations)


def _promotion(setup: Setup, promotion: Promotion, node: Node | None) -> None:
    wanted = {"name": promotion.name, "startDate": promotion.valid_from, "endDate": promotion.valid_until}
    now = node and {**node, "startDate": _moment(node["startDate"]), "endDate": _moment(node["endDate"])}

    def as_input(fields: Node) -> Node:
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}

    rule = {
        **_value(promotion),
        "cataloguePredicate": _predicate(setup, promotion),
        "channels": [setup.ids["channel", slug] for slug in promotion.channels],
    }
    extra = {"type": "CATALOGUE", "rules": [rule]}
    setup.ensure("promotion", promotion.slug, now, wanted, extra=extra, as_input=as_input)


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _value(promotion: Promotion) -> dict[str, str]:
    return {
        "rewardValueType": "FIXED" if promotion.percent is None else "PERCENTAGE",
        "rewardValue": str(promotion.value),
    }


def _predicate(setup: Setup, promotion: Promotion) -> Node:
    """All that it is for, as Saleor's Dashboard would write it."""
    named = {"productPredicate": promotion.products, "collectionPredicate": promotion.collections}
    ids = {name: [setup.ids[_KINDS[name], key] for key in keys] for name, keys in named.items() if keys}
    return {"OR": [{name: {"ids": found}} for name, found in ids.items()]}


def _rule(setup: Setup, promotion: Promotion, node: Node | None) -> None:
    """What it takes off, of what and where; of a new one all of that is written already."""
    rules = node["rules"] or () if node else ()
    if node is not None and len(rules) != 1:
        setup.kept.append(Change("promotion", promotion.slug, is_new=False, fields=("rules",)))
        return
    rule = rules[0] if rules else None
    reach = {*(f"product {code}" for code in promotion.products), *(f"collection {s}" for s in promotion.collections)}
    value = _value(promotion)
    wanted: dict[str, object] = {
        "value": (value["rewardValueType"], promotion.value),
        "for": sorted(reach),
        "channels": sorted(promotion.channels),
    }
    now = _rule_now(setup, rule) if rule else {}
    slug = promotion.slug
    changed = [name for name in wanted if setup.is_ours("promotion", slug, name, now.get(name), wanted[name])]
    if rule and changed:
        given: dict[str, Any] = {}
        if "value" in changed:
            given |= value
        if "for" in changed:
            given["cataloguePredicate"] = _predicate(setup, promotion)
        if "channels" in changed:
            given |= _channels(setup, promotion, rule)
        setup.change("promotion", slug, tuple(changed), "update_promotion_rule", {"id": rule["id"], "input": given})


def _channels(setup: Setup, promotion: Promotion, rule: Node) -> Node:
    """Which channels it gains and loses; one that the file does not know is none of ours."""
    ours = setup.channel_ids()
    there = {channel["slug"] for channel in rule["channels"] or ()}
    return {
        "addChannels": [ours[slug] for slug in promotion.channels if slug not in there],
        "removeChannels": [ours[slug] for slug in there if slug in ours and slug not in promotion.channels],
    }


def _rule_now(setup: Setup, rule: Node) -> dict[str, object]:
    """The rule of Saleor with the fields that we compare."""
    ours = setup.channel_ids()
    return {
        "value": (rule["rewardValueType"], Decimal(str(rule["rewardValue"]))),
        "for": _reach(setup, rule["cataloguePredicate"] or {}),
        "channels": sorted(channel["slug"] for channel in rule["channels"] or () if channel["slug"] in ours),
    }


def _reach(setup: Setup, predicate: Mapping[str, Any]) -> list[str]:
    """What a rule is for, by our names; as it stands where staff said it otherwise than by products and collections."""
    parts = predicate["OR"] if [*predicate] == ["OR"] else [predicate]
    keys = {(kind, node_id): key for (kind, key), node_id in setup.ids.items() if kind in _KINDS.values()}
    found = set()
    for part in parts:
        for name, given in part.items():
            if name not in _KINDS or [*given] != ["ids"] or (len(part) > 1 and len(parts) == 1):
                return [json.dumps(predicate, sort_keys=True)]
            kind = _KINDS[name]
            found |= {f"{kind} {keys.get((kind, node_id), node_id)}" for node_id in given["ids"]}
    return sorted(found)


def _known_by(setup: Setup, promotion: Promotion, node: Node | None) -> None:
    if node is None or not node["key"]:
        variables = {"id": setup.ids["promotion", promotion.slug], "input": [{"key": KEY, "value": promotion.slug}]}
        setup.change("promotion", promotion.slug, ("key",), "keep_digest", variables, is_new=node is None)
