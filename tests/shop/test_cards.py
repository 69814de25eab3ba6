"""What others show of a page when somebody shares it: its name, its picture, and a card that is drawn for it."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from unittest import mock

import httpx2
import pytest
from django.test import Client
from PIL import Image

from shop import settings as shop_settings
from shop.found import cards, media
from shop.found.card import HEIGHT, WIDTH, Card
from shop.found.drawing import draw
from shop.pages import middleware
from tests.shop.fakes import FakeSaleor
from tests.shop.test_kept_pages import changed

RED, PAPER = (200, 30, 20), (0xF7, 0xF4, 0xEE)
Answers = Callable[[httpx2.Request], httpx2.Response]


def picture(colour: tuple[int, int, int] = RED, form: str = "WEBP") -> bytes:
    out = BytesIO()
    Image.new("RGB", (819, 1024), colour).save(out, form)
    return out.getvalue()


class Host:
    """Saleor's media host: ``answers`` by address, a picture where nothing else is said."""

    def __init__(self) -> None:
        self.answers: dict[str, httpx2.Response | Exception] = {}
        self.asked: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(str(request.url))
        found = self.answers.get(str(request.url), httpx2.Response(200, content=picture()))
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    played = Host()
    monkeypatch.setattr(shop_settings, "MEDIA_ORIGINS", ["http://media"])
    cards.drawn.cache_clear()
    with httpx2.Client(transport=httpx2.MockTransport(played)) as client:
        monkeypatch.setattr(media, "http_client", lambda: client)
        yield played
    cards.drawn.cache_clear()


def meta(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', html))


def shared(visitor: Client, path: str) -> dict[str, str]:
    return meta(visitor.get(path).content.decode())


def card_of(visitor: Client, path: str) -> str:
    """The path of a page's card."""
    return shared(visitor, path)["og:image"].removeprefix("http://shop.test")


def opened(visitor: Client, path: str) -> Image.Image:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    return Image.open(BytesIO(answer.content))


def colours(card: Image.Image, xs: range, ys: range) -> list[tuple[int, ...]]:
    """What stands there, from pixel to pixel."""
    return [pixel for x in xs for y in ys if isinstance(pixel := card.getpixel((x, y)), tuple)]


def is_like(pixel: tuple[int, ...], meant: tuple[int, ...]) -> bool:
    """As far as JPEG keeps colours."""
    return all(abs(is_there - wanted) < 8 for is_there, wanted in zip(pixel, meant, strict=True))


def test_a_product_tells_whoever_shows_it_what_it_is(visitor: Client) -> None:
    told = shared(visitor, "/nl/product/koord/")
    assert told["og:title"] == "Koord, ondertitel van Koord"
    assert told["og:description"] == told["description"] == "ondertitel van Koord, gemaakt door Labeur"
    assert told["og:url"] == "http://shop.test/nl/product/koord/"
    assert (told["og:type"], told["og:locale"], told["og:site_name"]) == ("product", "nl_BE", "Sociaal Gemaakt")
    assert told["twitter:card"] == "summary_large_image"
    assert (told["og:image:width"], told["og:image:height"]) == (str(WIDTH), str(HEIGHT)) == ("1200", "630")
    assert told["og:image:alt"] == "Koord – ondertitel van Koord, gemaakt door Labeur"


def test_a_card_shows_the_products_own_picture_beside_its_name_on_paper(visitor: Client) -> None:
    card = opened(visitor, card_of(visitor, "/nl/product/koord/"))
    assert (card.format, card.size) == ("JPEG", (1200, 630))
    assert all(is_like(pixel, RED) for pixel in colours(card, range(720, 1180, 40), range(20, 620, 40)))
    assert all(is_like(pixel, PAPER) for pixel in colours(card, range(4, 60, 8), range(4, 620, 40)))
    dark = sum(min(pixel) < 80 for pixel in colours(card, range(72, 624, 4), range(132, 506, 4)))
    assert dark > 100  # the name


def test_whoever_has_a_card_need_not_ask_again_and_it_is_drawn_once(visitor: Client, host: Host) -> None:
    path = card_of(visitor, "/nl/product/koord/")
    answer = visitor.get(path)
    assert set(answer["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert not answer.cookies
    assert visitor.get(path).content == answer.content
    assert host.asked == ["http://media/koord-object-1024.WEBP"]
    assert len(middleware.KEEP) == 1  # the page, and no picture among the pages


def test_a_card_of_another_name_has_another_address_and_the_former_one_leads_there(
    visitor: Client, saleor: FakeSaleor
) -> None:
    former = card_of(visitor, "/nl/product/koord/")
    saleor.products[0]["name"] = "Tros"
    with changed():
        present = card_of(visitor, "/nl/product/koord/")
    assert present != former
    assert visitor.get(former)["Location"] == present
    assert visitor.get("/nl/card/product/nergens/0.jpg").status_code == 404
    assert visitor.get("/nl/card/story/koord/0.jpg").status_code == 404


def test_each_language_has_its_own_card(visitor: Client) -> None:
    assert card_of(visitor, "/en/product/koord/").startswith("/en/card/product/koord/")
    told = shared(visitor, "/en/product/koord/")
    assert told["og:image:alt"].startswith("Koord – [EN] ondertitel van Koord, made by Labeur")


def test_a_story_has_the_picture_of_its_piece_in_use_and_the_other_pages_that_of_the_house(
    visitor: Client, host: Host
) -> None:
    opened(visitor, card_of(visitor, "/nl/verhalen/negen-uur-touw/"))
    assert host.asked == ["http://media/koord-use-1024.WEBP"]
    house = card_of(visitor, "/nl/")
    assert house == card_of(visitor, "/nl/contact/") == card_of(visitor, "/nl/collectie/")
    opened(visitor, house)
    assert len(host.asked) == 1


def test_an_address_that_leads_on_is_followed_within_the_hosts_that_pages_show_pictures_of(
    visitor: Client, host: Host
) -> None:
    lead = {"Location": "/lies/here.webp"}
    host.answers["http://media/koord-object-1024.WEBP"] = httpx2.Response(302, headers=lead)
    opened(visitor, card_of(visitor, "/nl/product/koord/"))
    assert host.asked[-1] == "http://media/lies/here.webp"


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(302, headers={"Location": "http://elsewhere.example/secret"}),
        httpx2.Response(302, headers={"Location": "http://media/koord-object-1024.WEBP"}),
        httpx2.Response(404),
        httpx2.Response(500),
        httpx2.ReadTimeout("it hangs"),
        httpx2.ConnectError("refused"),
    ],
    ids=["elsewhere", "in a circle", "not there", "broken", "hangs", "away"],
)
def test_where_the_picture_is_not_told_whoever_asks_comes_again(
    visitor: Client, host: Host, answer: httpx2.Response | Exception
) -> None:
    path = card_of(visitor, "/nl/product/koord/")
    host.answers["http://media/koord-object-1024.WEBP"] = answer
    told = visitor.get(path)
    assert told.status_code == 503
    assert told["Retry-After"]
    assert not [asked for asked in host.asked if "elsewhere" in asked]
    host.answers.clear()
    assert opened(visitor, path).size == (1200, 630)


def test_a_picture_that_is_too_large_is_not_taken_in(visitor: Client, host: Host) -> None:
    path = card_of(visitor, "/nl/product/koord/")
    with mock.patch.object(media, "LARGEST", 100):
        assert visitor.get(path).status_code == 503


@pytest.mark.parametrize("told", [b"<svg/>", b"", picture()[:200]], ids=["a drawing", "nothing", "cut off"])
def test_what_is_no_picture_leaves_the_sign_of_the_house_in_its_place(visitor: Client, host: Host, told: bytes) -> None:
    host.answers["http://media/koord-object-1024.WEBP"] = httpx2.Response(200, content=told)
    card = opened(visitor, card_of(visitor, "/nl/product/koord/"))
    panel = colours(card, range(700, 1190, 5), range(0, 630, 5))
    assert sum(red - blue > 80 for red, _green, blue in panel) > 50  # clay


@pytest.mark.parametrize(
    "name",
    ["Koord", "", "Herbruikbaregeschenkverpakkingsstoffen " * 6, "w" * 300, "een kleine lamp van oud touw " * 9],
)
def test_a_name_of_any_length_stays_off_the_picture_and_below_the_house(name: str) -> None:
    card = Card("found:house_card", "", name, name, name, "")
    drawn = Image.open(BytesIO(draw(card, Image.new("RGB", (400, 500), "white"))))
    gutter = colours(drawn, range(630, 690, 6), range(0, 630, 6))
    above = colours(drawn, range(72, 620, 6), range(112, 130, 3))
    assert min(min(pixel) for pixel in (*gutter, *above)) > 200
