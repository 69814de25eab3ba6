"""The vouchers of the file: `[[voucher]]`."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from catalogue.entries import Entry, known, minor, translations
from catalogue.values import CatalogueFile, Voucher, VoucherScope

FUNDERS = ("", "platform")
LOCAL = ZoneInfo("Europe/Brussels")
SINCE_EVER = datetime(2025, 1, 1, tzinfo=UTC)
"""When a voucher begins of which the file does not say so. Saleor wants a moment, and the same one every time."""


def read_voucher(entry: Entry, channel: str) -> Voucher:
    """One entry; it holds in `channel` where it names none. `ValueError` says what is wrong with it."""
    where = entry.where
    scope = entry.get("on", VoucherScope.ORDER.value)
    known(where, "kind of voucher", [scope], [kind.value for kind in VoucherScope])
    if ("percent" in entry) is ("amount" in entry):
        raise ValueError(f"{where}: exactly one of percent and amount is expected")
    if not entry["codes"]:
        raise ValueError(f"{where}: codes is empty: nobody could use it")
    funded_by = entry.get("funded_by", "")
    known(where, "funder", [funded_by], FUNDERS)
    return Voucher(
        name=entry["name"],
        codes=tuple(entry["codes"]),
        scope=VoucherScope(scope),
        percent=percent_of(entry) if "percent" in entry else None,
        amount=minor(entry, "amount") if "amount" in entry else None,
        channels=tuple(entry.get("channels", (channel,))),
        minimum=minor(entry, "minimum") if "minimum" in entry else 0,
        minimum_quantity=int(entry.get("minimum_quantity", 0)),
        usage_limit=entry.get("usage_limit"),
        single_use=entry.get("single_use", False),
        once_per_customer=entry.get("once_per_customer", False),
        valid_from=first_moment(entry["from"]) if "from" in entry else SINCE_EVER,
        valid_until=last_moment(entry["until"]) if "until" in entry else None,
        products=tuple(entry.get("products", ())),
        collections=tuple(entry.get("collections", ())),
        funded_by=funded_by,
        translations=translations(entry, "name"),
    )


def check_vouchers(found: CatalogueFile) -> None:
    """`ValueError` for a voucher of what is not in the file, and for a code that two of them have."""
    codes: set[str] = set()
    collections = {collection.slug for collection in found.collections}
    for voucher in found.vouchers:
        where = f"[[voucher]] {voucher.name}"
        known(where, "channel", voucher.channels, [channel.slug for channel in found.channels])
        known(where, "product", voucher.products, found.products)
        known(where, "collection", voucher.collections, collections)
        if voucher.scope in (VoucherScope.ORDER, VoucherScope.DELIVERY) and (voucher.products or voucher.collections):
            raise ValueError(f"{where}: products and collections belong to one on products, or on the cheapest")
        for code in voucher.codes:
            if code in codes:
                raise ValueError(f"{where}: {code} is there twice")
            codes.add(code)


def percent_of(entry: Entry) -> Decimal:
    """How many parts of a hundred an entry takes off. `ValueError`."""
    percent = Decimal(str(entry["percent"]))
    if not 0 < percent <= 100:
        raise ValueError(f"{entry.where}: percent: {percent} is not a part of a hundred")
    return percent


def first_moment(day: date) -> datetime:
    """When a day begins in Belgium, in UTC."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def last_moment(day: date) -> datetime:
    """The last second of a day in Belgium, in UTC."""
    return datetime.combine(day, time(23, 59, 59), LOCAL).astimezone(UTC)
