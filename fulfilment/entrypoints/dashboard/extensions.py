"""What our app adds to Saleor's Dashboard, as its manifest says it: where, for whom, and at which address of ours."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

APP_PATH = "/in-saleor"
"""Under it lies all that the Dashboard shows of us. What stands there itself is shown where staff open the app."""


@dataclass(frozen=True)
class Permission:
    """A right of Saleor's staff, and what it lets them do in words."""

    code: str
    told: str


def orders() -> Permission:
    return Permission("MANAGE_ORDERS", _("bestellingen beheren"))


def products() -> Permission:
    return Permission("MANAGE_PRODUCTS", _("producten beheren"))


def extensions(base: str) -> list[dict[str, object]]:
    """The `extensions` of the manifest; `base` is our own address.

    Widgets are fetched by GET: the Dashboard hands their token over afterwards, so that it stands in no address.
    """

    def widget(name: str, mount: str, needs: Permission) -> dict[str, object]:
        return {
            "identifier": name,
            "label": _("Makers en verdeling"),
            "mount": mount,
            "target": "WIDGET",
            "url": f"{base}{APP_PATH}/{name}",
            "permissions": [needs.code],
            "options": {"widgetTarget": {"method": "GET"}},
        }

    return [
        widget("order", "ORDER_DETAILS_WIDGETS", orders()),
        widget("product", "PRODUCT_DETAILS_WIDGETS", products()),
        {
            "identifier": "waiting",
            "label": _("Wat wacht"),
            "mount": "NAVIGATION_ORDERS",
            "target": "APP_PAGE",
            "url": "/waiting",
            "permissions": [orders().code],
            "options": {},
        },
    ]
