"""Every page of the shop in every language, on every screen and by either light."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import translate_url

from tests.e2e.axe import View
from tests.e2e.test_shop_accessibility import PAGES, judge, page, shop  # noqa: F401  fixtures
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures

pytestmark = [
    pytest.mark.skipif(settings.ROOT_URLCONF != "shop.urls", reason="runs with --ds=shop.settings"),
    pytest.mark.everything,
]

LIGHTS = ("light", "dark")
SCREENS = ((320, 640), (390, 844), (820, 1180), (1440, 900))
VIEWS: dict[str, View] = {
    f"{width} {light}": ({"width": width, "height": height}, light) for light in LIGHTS for width, height in SCREENS
}
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_passes_axe_and_fits_every_screen(shop: str, page: Any, language: str) -> None:  # noqa: F811
    wrong = []
    for address in dict.fromkeys(translate_url(address, language) for address in PAGES):
        page.goto(shop + address)
        try:
            judge(page, VIEWS)
        except AssertionError as told:
            wrong.append(str(told))
    assert not wrong, "\n".join(wrong)
