"""The promotions of a Saleor for the set-up."""

from typing import Any

from catalogue.values import Promotion
from fulfilment.saleor_setup.setup import ALIASES


def promotion_node(promotion: Promotion) -> dict[str, Any]:
    """A promotion as Saleor tells it."""
    predicates = [
        {"productPredicate": {"ids": [f"product:{code}" for code in promotion.products]}},
        {"collectionPredicate": {"ids": [f"collection:{slug}" for slug in promotion.collections]}},
    ]
    rule = {
        "id": f"rule:{promotion.slug}",
        "rewardValueType": "FIXED" if promotion.percent is None else "PERCENTAGE",
        "rewardValue": promotion.value,
        "cataloguePredicate": {"OR": [one for one in predicates if all(given["ids"] for given in one.values())]},
        "channels": [{"slug": slug} for slug in promotion.channels],
    }
    return {
        "id": f"promotion:{promotion.slug}",
        "key": promotion.slug,
        "name": promotion.name,
        "startDate": promotion.valid_from.isoformat(),
        "endDate": promotion.valid_until.isoformat() if promotion.valid_until else None,
        "rules": [rule],
        **{ALIASES[language]: dict(texts) for language, texts in promotion.translations.items()},
    }
