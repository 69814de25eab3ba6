"""Every page of the shop in every language, on every screen and by either light."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import translate_url

from tests.e2e.axe import look
from tests.e2e.test_shop_accessibility import PAGES, _judge, shop  # noqa: F401  fixture
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures

pytestmark = [
    pytest.mark.skipif(settings.ROOT_URLCONF != "shop.urls", reason="runs with --ds=shop.settings"),
    pytest.mark.everything,
]

SCREENS = ((320, 640), (390, 844), (820, 1180), (1440, 900))
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_passes_axe_and_fits_every_screen(
    shop: str,  # noqa: F811
    browser: Any,
    language: str,
    light: str,
) -> None:
    page = browser.new_context(reduced_motion="reduce").new_page()
    wrong = []
    for address in dict.fromkeys(translate_url(address, language) for address in PAGES):
        page.goto(shop + address)
        for width, height in SCREENS:
            look(page, {"width": width, "height": height}, light)
            try:
                _judge(page)
            except AssertionError as told:
                wrong.append(f"{width}: {told}")
    page.context.close()
    assert not wrong, "\n".join(wrong)
