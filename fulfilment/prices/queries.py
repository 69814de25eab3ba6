"""What was seen of prices."""

from collections import defaultdict

from fulfilment.prices.models import PriceSeen
from fulfilment.prices.rules import Seen

History = dict[str, list[Seen]]
"""By the id of a variant, oldest first."""


def history_of(channel: str) -> History:
    """Every price of a channel that was ever seen."""
    found: History = defaultdict(list)
    for row in PriceSeen.objects.filter(channel=channel).order_by("since"):
        found[row.variant_id].append(Seen(row.since, row.minor, row.is_reduced))
    return found
