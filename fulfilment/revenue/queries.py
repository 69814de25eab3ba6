"""Reading shares."""

from collections import defaultdict

from fulfilment.revenue.models import Share


def standing_shares(order_id: int) -> dict[int | None, list[Share]]:
    """What each partner earns of each line of an order (None: of the shipping): one share each, which is in no table.

    It is the sum of those that are kept, since what moved to another workshop was taken back by shares below zero; who
    is left with nothing is absent. Refunds are not off it.
    """
    sums: dict[tuple[int | None, int], Share] = {}
    for share in Share.objects.filter(order_id=order_id).select_related("partner").order_by("decision_id", "rank"):
        found = sums.setdefault((share.line_id, share.partner_id), _nothing_of(share))
        found.amount_minor += share.amount_minor
        found.vat_minor += share.vat_minor
        found.withheld_minor += share.withheld_minor
        if share.amount_minor > 0:
            found.vat_basis_points = share.vat_basis_points
    standing: dict[int | None, list[Share]] = defaultdict(list)
    for share in sums.values():
        if share.amount_minor or share.vat_minor or share.withheld_minor:
            standing[share.line_id].append(share)
    return standing


def _nothing_of(share: Share) -> Share:
    return Share(
        order_id=share.order_id,
        line_id=share.line_id,
        partner=share.partner,
        rank=share.rank,
        amount_minor=0,
        vat_minor=0,
        withheld_minor=0,
        currency=share.currency,
    )
