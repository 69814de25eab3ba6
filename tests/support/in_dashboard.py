"""Staff of Saleor's who look at our pages in its Dashboard, with the token that Saleor makes for them."""

from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from fulfilment.gateways.models import SaleorInstallation
from tests.support.signed import SaleorKey, known_keys

APP = "QXBwOjE="
EVERYTHING = ("MANAGE_ORDERS", "MANAGE_PRODUCTS", "HANDLE_PAYMENTS")


def installed() -> None:
    """Our app is in Saleor, and Saleor's keys were fetched before."""
    known_keys(SaleorKey())
    SaleorInstallation.objects.update_or_create(
        api_url=settings.SALEOR_API_URL,
        defaults={"app_id": APP, "token": "the-app's", "installed_at": timezone.now()},
    )


def claims(*permissions: str, **more: object) -> dict[str, object]:
    """What Saleor's `create_access_token_for_app_extension` says; `more` replaces."""
    now = int(timezone.now().timestamp())
    return {
        "iat": now,
        "owner": "saleor",
        "iss": settings.SALEOR_API_URL,
        "exp": now + 300,
        "token": "Jx2m0aPq",
        "email": "staff@example.com",
        "type": "thirdparty",
        "user_id": "VXNlcjox",
        "is_staff": True,
        "app": APP,
        "permissions": ["MANAGE_ORDERS"],
        "user_permissions": list(permissions),
        "app_extension": "QXBwRXh0ZW5zaW9uOjE=",
        **more,
    }


def fetched(page: str, token: str, **query: str) -> Any:
    """What the script of a page is answered that has this token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().get(f"/in-saleor/{page}/content", query, headers=headers)


def looked_at(page: str, *permissions: str, **query: str) -> Any:
    """The same, for somebody with these rights; with everything where none are named."""
    return fetched(page, SaleorKey().token(claims(*(permissions or EVERYTHING))), **query)
