"""The catalogue at work: its objects with the ids under which the API shows them, and what is in stock."""

from dataclasses import dataclass
from pathlib import Path

from catalogue.values import CatalogueFile, Media, Page, Product, ShippingMethod, Variant, Voucher, Warehouse
from sandbox.common.store import Document, Reader, Store, Transaction
from sandbox.saleor.ids import key_of
from sandbox.saleor.promotions import read_from_file

QUANTITY_LIMIT = 50
"""What one checkout may hold of one variant, and the most that `quantityAvailable` admits."""


@dataclass(frozen=True)
class Catalogue:
    """What is for sale. `numbers` gives each object its number, which stays the same for as long as the state lives."""

    file: CatalogueFile
    pictures: Path
    numbers: dict[str, int]
    by_number: dict[str, str]
    variants: dict[str, tuple[Product, Variant]]
    vouchers: dict[str, Voucher]
    """By each of their codes."""
    promotions: dict[str, Document]
    """As they are kept, by id: a change is stored first, then put here."""
    changed_at: int
    """The moment of the file: since when all of it is as it is, as far as anybody knows."""

    def number(self, type_name: str, name: str) -> int:
        return self.numbers[f"{type_name}:{name}"]

    def _name(self, type_name: str, global_id: str | None) -> str | None:
        return self.by_number.get(f"{type_name}:{key_of(type_name, global_id)}")

    def product_by_id(self, global_id: str | None) -> Product | None:
        return self.file.products.get(self._name("Product", global_id) or "")

    def product_by_slug(self, slug: str) -> Product | None:
        return next((p for p in self.file.products.values() if p.slug == slug), None)

    def variant_by_id(self, global_id: str | None) -> tuple[Product, Variant] | None:
        return self.variant(self._name("ProductVariant", global_id) or "")

    def variant(self, sku: str) -> tuple[Product, Variant] | None:
        """The variant with its product; None when the file does not (or no longer) hold it."""
        return self.variants.get(sku)

    def page_by_id(self, global_id: str | None) -> Page | None:
        return self.file.pages.get(self._name("Page", global_id) or "")

    def warehouse_by_id(self, global_id: str | None) -> Warehouse | None:
        return self.file.warehouses.get(self._name("Warehouse", global_id) or "")

    def media_by_number(self, number: str) -> Media | None:
        name = self.by_number.get(f"ProductMedia:{number}")
        return next((m for p in self.file.products.values() for m in p.pictures if m.file == name), None)

    def method(self, slug: str) -> ShippingMethod | None:
        return next((m for m in self.file.methods if m.slug == slug), None)


def open_catalogue(file: CatalogueFile, pictures: Path, store: Store, changed_at: int) -> Catalogue:
    """Give every object its number and bring the stock up to date with the file.

    Stock moves with the file by the difference to what the file last said, so that sales stay counted.
    """
    numbers: dict[str, int] = {}
    with store.write() as tx:
        for type_name, names in _names(file).items():
            for name in names:
                known = tx.get("number", f"{type_name}:{name}")
                number = known["number"] if known else tx.next_number(type_name)
                if known is None:
                    tx.insert("number", f"{type_name}:{name}", {"number": number})
                numbers[f"{type_name}:{name}"] = number
        for product in file.products.values():
            for variant in product.variants:
                _bring_stock(tx, variant)
        promotions = read_from_file(tx, file, numbers, changed_at)
    by_number = {f"{key.partition(':')[0]}:{number}": key.partition(":")[2] for key, number in numbers.items()}
    variants = {v.sku: (p, v) for p in file.products.values() for v in p.variants}
    vouchers = {code: voucher for voucher in file.vouchers for code in voucher.codes}
    return Catalogue(file, pictures, numbers, by_number, variants, vouchers, promotions, changed_at)


def _names(file: CatalogueFile) -> dict[str, list[str]]:
    products = list(file.products.values())
    return {
        "Channel": [file.channel.slug],
        "Category": list(file.categories),
        "Page": list(file.pages),
        "PageType": sorted({page.kind for page in file.pages.values()}),
        "Warehouse": list(file.warehouses),
        "ShippingMethodType": [method.slug for method in file.methods],
        "Product": [p.code for p in products],
        "ProductVariant": [v.sku for p in products for v in p.variants],
        "ProductMedia": sorted({m.file for p in products for m in p.pictures}),
    }


def _bring_stock(tx: Transaction, variant: Variant) -> None:
    key = f"{variant.sku}@{variant.warehouse}"
    stock = tx.get("stock", key) or empty_shelf(variant.sku, variant.warehouse)
    moved = stock["quantity"] + variant.stock - stock["in_file"]
    tx.put("stock", key, {**stock, "quantity": moved, "in_file": variant.stock})


def empty_shelf(sku: str, warehouse: str) -> Document:
    """The stock of a variant in a warehouse that never had it."""
    return {"sku": sku, "warehouse": warehouse, "quantity": 0, "allocated": 0, "in_file": 0}


def available(reader: Reader, variant: Variant) -> int:
    """Pieces that can still be sold of a tracked variant, over all warehouses; never below zero."""
    stocks = reader.find("stock", {"sku": variant.sku})
    left: int = sum(stock["quantity"] - stock["allocated"] for stock in stocks)
    return max(0, left)
