"""What a variant costs is kept whenever it is another; and the price that the law wants told beside a reduction stands
in Saleor, where the shop and the Dashboard read it."""

from collections.abc import Sequence
from datetime import datetime

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.offers import ListedPrice, SaleorChannel
from fulfilment.money import is_kept_in
from fulfilment.prices.models import PriceSeen
from fulfilment.prices.queries import History, history_of
from fulfilment.prices.rules import Seen, prior_price, reduced_since

CONSUMERS = "consumenten"
"""The one object of a mark of prices, as an operator reads it: all of theirs are read at once."""


def follow_prices(saleor: Saleor, *, now: datetime) -> None:
    """Read all prices of every channel that sells to consumers, at the moment `now`. `GatewayError` half-way loses
    nothing: what is kept stays, and what is not yet told is found the next time. One that Saleor refuses keeps none of
    the others; it is told last."""
    refused: list[GatewayError] = []
    for channel in saleor.channels():
        # In a price list, where prices are entered without tax, nobody is a consumer.
        if channel.is_active and channel.with_tax and is_kept_in(channel.currency):
            prices = list(saleor.listed_prices(channel.slug, channel.currency))
            history = history_of(channel.slug)
            _keep(channel, prices, history, now)
            for price in prices:
                try:
                    _tell(saleor, price, history[price.variant_id])
                except GatewayError as error:
                    if error.retry:
                        raise
                    refused.append(error)
    if refused:
        raise refused[0]


def _keep(channel: SaleorChannel, prices: Sequence[ListedPrice], history: History, now: datetime) -> None:
    """Whatever is another than what was seen last before that moment. A reading that comes late is kept where it
    belongs, and the same one twice is kept once."""
    seen = {price.variant_id: Seen(now, price.minor, price.is_reduced) for price in prices}
    gone = {variant: Seen(now, None, is_reduced=False) for variant in history if variant not in seen}
    changed = {variant: one for variant, one in {**seen, **gone}.items() if _is_news(history[variant], one)}
    PriceSeen.objects.bulk_create(
        (
            PriceSeen(
                variant_id=variant,
                channel=channel.slug,
                currency=channel.currency,
                minor=one.minor,
                is_reduced=one.is_reduced,
                since=one.since,
            )
            for variant, one in changed.items()
        ),
        ignore_conflicts=True,
    )
    for variant, one in changed.items():
        history[variant].append(one)


def _is_news(history: Sequence[Seen], one: Seen) -> bool:
    before = [former for former in history if former.since <= one.since]
    if not before:
        return True
    last = max(before, key=lambda former: former.since)
    return (last.minor, last.is_reduced) != (one.minor, one.is_reduced)


def _tell(saleor: Saleor, price: ListedPrice, history: Sequence[Seen]) -> None:
    """Where a reduction was there before we saw any price, only people can know what was before: theirs stays."""
    wanted = prior_price(history)
    is_unknown = wanted is None and reduced_since(history) is not None
    if not is_unknown and wanted != price.prior_minor:
        saleor.set_prior_price(price, wanted)
