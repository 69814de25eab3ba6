"""The languages of the shop: the same page in another one, and what other programs call them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, override

from shop import settings

TERRITORIES = {"nl": "nl_BE", "en": "en_GB", "fr": "fr_BE"}
"""Each language as Open Graph names it: with a country, whose spelling it has."""


@dataclass(frozen=True, slots=True)
class Version:
    """The page in one language, which ``name`` is said in that language; ``address`` is the page's alone, ``path``
    keeps what it was asked with."""

    code: str
    name: str
    path: str
    address: str
    is_current: bool


def current() -> str:
    """The code of the language that is spoken: one of ours."""
    return get_language() or settings.LANGUAGE_CODE


def versions(request: HttpRequest) -> tuple[Version, ...]:
    """The page of a request in each language, the present one too; of a page that is not there, the first page."""
    return tuple(_version(request, code, name) for code, name in settings.LANGUAGES)


def _version(request: HttpRequest, code: str, name: str) -> Version:
    path = _path(request, code)
    return Version(
        code=code,
        name=name,
        path=path,
        address=settings.SHOP_URL + path.partition("?")[0],
        is_current=code == current(),
    )


def _path(request: HttpRequest, code: str) -> str:
    if request.resolver_match is not None:
        return translate_url(request.get_full_path(), code)
    with override(code):
        return reverse("catalogue:home")


def context(request: HttpRequest) -> dict[str, Any]:
    """For every page: what a template shows of them."""
    return {"versions": versions(request)}
