"""Every address of fulfilment, filled in with what is there and with what is not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.fuzz.corpus import VALUES


@dataclass(frozen=True)
class Address:
    """The route of an address, with the names of what stands in it."""

    route: str
    words: tuple[str, ...]

    def filled(self, known: Mapping[str, list[str]], random: Random) -> str:
        """As a path: mostly with what there is, now and then with anything at all."""
        path = self.route
        for word in self.words:
            there = known.get(word, ["1"])
            value = random.choice(there) if random.random() < 0.8 else random.choice(VALUES)
            path = path.replace(f"<{word}>", value.replace("/", "-")[:2_000] or "-")
        return path


def addresses() -> list[Address]:
    """All that the site map knows, each once."""
    return sorted(set(_walk(get_resolver(settings.ROOT_URLCONF).url_patterns, "/")), key=lambda one: one.route)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Address]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, prefix + _plain(one))
        else:
            route = prefix + _plain(one)
            yield Address(route, tuple(word for word in _words(one) if f"<{word}>" in route))


def _plain(one: URLPattern | URLResolver) -> str:
    """A route without the kinds of its words; one that is written as an expression gives a path that it knows."""
    text = str(one.pattern)
    for name, converter in getattr(one.pattern, "converters", {}).items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        text = text.replace(f"<{ {'string': 'str'}.get(kind, kind) }:{name}>", f"<{name}>")
    if text.startswith("^password/reset/key/"):
        return "password/reset/key/<uidb36>-<key>/"
    if "(?P<" in text:
        return text.split("(?P<", 1)[0].lstrip("^") + "<anything>"
    return text


def _words(one: URLPattern) -> list[str]:
    return [*getattr(one.pattern, "converters", {}), "uidb36", "key", "anything"]
