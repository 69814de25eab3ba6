"""What a visitor sees and can do, without JavaScript."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    "address",
    [
        "/nl/",
        "/nl/makers/",
        "/nl/makers/labeur/",
        "/nl/product/koord/",
        "/nl/product/zit/",
        "/nl/mandje/",
        "/nl/volgen/good-token/",
        "/nl/bedankt/?ref=pay_7Kq2mX9vT4",
    ],
)
def test_page_answers(visitor: Client, address: str) -> None:
    assert visitor.get(address).status_code == 200
