"""The contents page of the set-up: what is set up, in the order in which one thing stands on another."""

from collections.abc import Callable

from fulfilment.saleor_setup.channels import set_up_channels, set_up_shop, set_up_warehouses
from fulfilment.saleor_setup.colours import set_up_colours
from fulfilment.saleor_setup.pages import set_up_pages
from fulfilment.saleor_setup.price_lists import set_up_customer_types, set_up_price_lists
from fulfilment.saleor_setup.products import set_up_categories, set_up_products
from fulfilment.saleor_setup.promotions import set_up_promotions
from fulfilment.saleor_setup.setup import Setup
from fulfilment.saleor_setup.shipping import set_up_shipping
from fulfilment.saleor_setup.showcase import set_up_collections, set_up_menu
from fulfilment.saleor_setup.taxes import set_up_taxes
from fulfilment.saleor_setup.types import set_up_types
from fulfilment.saleor_setup.vouchers import set_up_vouchers

Steps = tuple[tuple[str, Callable[[Setup], None]], ...]

STEPS: Steps = (
    ("shop settings", set_up_shop),
    ("warehouses", set_up_warehouses),
    ("customer types", set_up_customer_types),
    ("channels", set_up_channels),
    ("price lists", set_up_price_lists),
    ("taxes", set_up_taxes),
    ("shipping", set_up_shipping),
    ("attributes and types", set_up_types),
    ("colours", set_up_colours),
    ("pages", set_up_pages),
    ("categories", set_up_categories),
    ("products", set_up_products),
    ("collections", set_up_collections),
    ("menu", set_up_menu),
    ("vouchers", set_up_vouchers),
    ("promotions", set_up_promotions),
)
