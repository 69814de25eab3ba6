"""What is answered before Django is what Django would answer; and all that is not plain is left to it."""

from io import BytesIO
from typing import Any
from unittest import mock

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from shop import generation
from shop.pages.front import Front
from tests.shop.buying import browser, fill
from tests.support.otlp import listening

PAGES = ["/nl/", "/nl/makers/", "/nl/makers/labeur/", "/nl/product/koord/"]


@pytest.fixture(autouse=True)
def _played(saleor: object, fulfilment: object) -> None:
    """Saleor and fulfilment answer."""


def ask(path: str, **more: Any) -> tuple[bool, str, dict[str, str], bytes]:
    """Whether Django was asked; status, headers without the trace's, and body."""
    heard: list[Any] = []
    django = mock.Mock(side_effect=WSGIHandler())
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "SERVER_NAME": "testserver",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "REMOTE_ADDR": "127.0.0.1",
        **more,
    }
    body = b"".join(Front(django)(environ, lambda *answer: heard.extend(answer)))
    headers = dict(heard[1])
    assert len(headers.pop("X-Trace-Id")) == 32
    return django.called, heard[0], headers, body


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("more", [{}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"QUERY_STRING": "utm=1"}])
def test_a_page_is_the_same_as_djangos(path: str, more: dict[str, str]) -> None:
    first, second = ask(path, **more), ask(path, **more)
    assert (first[0], second[0]) == (True, False)
    assert first[1:] == second[1:]


def test_who_has_it_is_told_so_as_by_django() -> None:
    tag = ask("/nl/")[2]["ETag"]
    asked_django, status, headers, body = ask("/nl/", HTTP_IF_NONE_MATCH=tag)
    assert (asked_django, status, body) == (False, "304 Not Modified", b"")
    assert headers == {
        name: value
        for name, value in Client().get("/nl/", headers={"If-None-Match": tag}).items()
        if name in ("Cache-Control", "ETag", "Vary")
    }


@pytest.mark.parametrize(
    "more",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_COOKIE": "sg_shop=abcdefgh"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_IF_NONE_MATCH": '"another"'},
    ],
)
def test_what_is_not_plain_is_djangos(more: dict[str, str]) -> None:
    ask("/nl/")
    assert ask("/nl/", **more)[0]


def test_another_host_is_never_learnt() -> None:
    ask("/nl/")
    for _time in range(2):
        asked_django, status, _headers, _body = ask("/nl/", HTTP_HOST="elsewhere.example")
        assert (asked_django, status[:3]) == (True, "400")


def test_who_has_a_basket_sees_its_number() -> None:
    visitor = browser()
    fill(visitor)
    visitor.get("/nl/")
    ask("/nl/")
    cookie = f"sg_shop={visitor.cookies['sg_shop'].value}"
    assert "1<span" in ask("/nl/", HTTP_COOKIE=cookie)[3].decode()
    assert "1<span" not in ask("/nl/")[3].decode()


def test_a_change_is_djangos_until_the_page_was_made_anew() -> None:
    ask("/nl/")
    generation.rise()
    generation.forget()
    assert ask("/nl/")[0]
    assert not ask("/nl/")[0]


def test_where_somebody_is_told_of_spans_django_tells_of_this_one_too() -> None:
    ask("/nl/")
    with listening() as receiver:
        assert ask("/nl/")[0]
        assert receiver.one("GET /nl/").kind == "server"
