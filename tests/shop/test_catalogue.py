import httpx2
import pytest
from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor, refusal
from tests.shop.shelves import COMPAAN, in_dollars, product


def test_the_first_address_leads_to_the_language(visitor: Client) -> None:
    assert visitor.get("/").headers["Location"] == "/nl/"


def test_the_collection_shows_every_product_with_price_and_maker(visitor: Client) -> None:
    html = visitor.get("/nl/collectie/").content.decode()
    assert '<html lang="nl">' in html
    for text in ("Koord", "€\N{NO-BREAK SPACE}289", "gemaakt door Compaan", "Sep Verboom", "/nl/product/zit/"):
        assert text in html


def test_a_product_carries_its_makers_mark(visitor: Client) -> None:
    html = visitor.get("/nl/product/koord/").content.decode()
    for text in (
        "ontworpen door",
        "Sep Verboom",
        "gemaakt door",
        "Labeur",
        "in Gent",
        "gerecupereerd scheepstouw",
        "9 uur",
    ):
        assert text in html


def test_a_drawing_of_the_measures_stands_over_the_size_and_comes_when_it_is_scrolled_to(visitor: Client) -> None:
    html = visitor.get("/nl/product/koord/").content.decode()
    drawing = (
        '<img class="measures" src="http://media/koord-measures.svg" alt="Tekening op schaal. De maten staan eronder."'
    )
    assert f'{drawing} width="320" height="240" loading="lazy"' in html
    assert html.index(drawing) < html.index("<dd>Ø 42 cm</dd>")


def test_a_product_without_a_drawing_has_the_size_alone(visitor: Client, saleor: FakeSaleor) -> None:
    bare = product("SG-007", "kaars", "Kaars", 1200, maker=COMPAAN, is_drawn=False)
    saleor.products = [bare]
    html = visitor.get("/nl/product/kaars/").content.decode()
    assert "<dd>Ø 42 cm</dd>" in html
    assert 'class="measures"' not in html


def test_a_maker_is_shown_by_the_place_where_the_work_is_done(visitor: Client) -> None:
    shown = '<img src="http://media/labeur-place.webp" alt="Touw aan een rek." width="1200" height="800"'
    html = visitor.get("/nl/makers/labeur/").content.decode()
    assert shown in html
    assert html.index(shown) < html.index("Gemaakt door Labeur")
    assert "-place.webp" not in visitor.get("/nl/makers/compaan/").content.decode()


def test_pictures_come_in_two_formats_with_their_size(visitor: Client) -> None:
    html = visitor.get("/nl/product/koord/").content.decode()
    upright = "http://media/koord-object-256.AVIF 205w, http://media/koord-object-512.AVIF 410w"
    lying = "http://media/koord-use-256.WEBP 256w, http://media/koord-use-512.WEBP 512w"
    assert f'<source type="image/avif" srcset="{upright}' in html
    assert f'<source type="image/webp" srcset="{lying}' in html
    assert 'width="1640" height="2050" fetchpriority="high"' in html
    assert 'width="2100" height="1400" loading="lazy"' in html


def test_the_promised_day_stands_on_the_page(visitor: Client) -> None:
    assert "vrijdag 4 december" in visitor.get("/nl/product/koord/").content.decode()


def test_a_product_tells_that_its_workshop_sends_it_apart_from_the_others(visitor: Client) -> None:
    assert "Compaan verstuurt het zelf: wat een ander atelier maakt" in visitor.get("/nl/product/zit/").content.decode()
    beside = "Komt dus naast je cadeau, niet eromheen: je pakt het zelf in."
    assert beside in visitor.get("/nl/product/strik/").content.decode()
    assert beside not in visitor.get("/nl/product/zit/").content.decode()


@pytest.mark.parametrize("answer", [httpx2.Response(500), httpx2.ConnectError("away"), httpx2.Response(200, json={})])
def test_a_product_can_be_bought_while_fulfilment_is_away(
    visitor: Client, fulfilment: FakeFulfilment, answer: httpx2.Response | Exception
) -> None:
    fulfilment.answer = answer
    html = visitor.get("/nl/product/koord/").content.decode()
    assert "Leg in mijn mandje" in html
    assert "december" not in html


def test_a_product_that_no_workshop_answers_for_is_shown_but_not_sold(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.products = [product("SG-003", "zit", "Zit", 26500, maker=COMPAAN, published=False)]
    html = visitor.get("/nl/product/zit/").content.decode()
    assert "Nu niet te koop" in html
    assert "Leg in mijn mandje" not in html
    assert "nu niet te koop" in visitor.get("/nl/collectie/").content.decode()


def test_a_product_that_is_not_for_sale_cannot_be_put_in_the_basket_by_hand(
    visitor: Client, saleor: FakeSaleor
) -> None:
    saleor.products = [product("SG-003", "zit", "Zit", 26500, maker=COMPAAN, published=False)]
    visitor.post("/nl/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "1"})
    assert "checkoutCreate" not in saleor.operations()


def test_a_product_that_fulfilment_would_refuse_is_not_offered(visitor: Client, fulfilment: FakeFulfilment) -> None:
    del fulfilment.promises["SG-001"]
    assert "Leg in mijn mandje" not in visitor.get("/nl/product/koord/").content.decode()


def test_a_sold_out_product_says_so(visitor: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    saleor.products = [product("SG-003", "zit", "Zit", 26500, maker=COMPAAN, available=0)]
    assert "Uitverkocht" in visitor.get("/nl/product/zit/").content.decode()


def test_putting_a_product_in_the_basket_leads_there(visitor: Client, saleor: FakeSaleor) -> None:
    answer = visitor.post("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": "2"})
    assert answer.headers["Location"] == "/nl/mandje/"
    assert saleor.variables_of("checkoutCreate")["input"] == {
        "channel": "consumer",
        "lines": [{"variantId": "Variant:SG-003-1", "quantity": 2}],
        "languageCode": "NL",
    }


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        ("0", "Bestel minstens 1 stuk."),
        ("", "Vul in hoeveel stuks je wilt."),
        ("veel", "Vul een heel getal in"),
        ("51", "hoogstens 50 stuks"),
        ("13", "Er zijn er nog 12."),
    ],
)
def test_a_wrong_quantity_is_explained_and_the_choice_is_kept(visitor: Client, quantity: str, message: str) -> None:
    answer = visitor.post("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": quantity})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert message in html
    assert 'value="Variant:SG-003-1" checked' in html
    assert f'value="{quantity}"' in html or not quantity
    assert 'aria-invalid="true"' in html


def test_a_variant_has_to_be_one_that_exists(visitor: Client) -> None:
    answer = visitor.post("/nl/product/zit/", {"variant": "Variant:SG-999", "quantity": "1"})
    assert "Deze uitvoering is er niet meer" in answer.content.decode()


def test_stock_that_ran_out_meanwhile_is_told_beside_the_quantity(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["checkoutCreate"] = [refusal("INSUFFICIENT_STOCK", "quantity")]
    answer = visitor.post("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": "2"})
    assert "Zoveel stuks zijn er niet meer" in answer.content.decode()


def test_makers_and_designers_have_a_page_with_their_work(visitor: Client) -> None:
    assert "Gemaakt door Labeur" in visitor.get("/nl/makers/labeur/").content.decode()
    assert "Getekend door Cas Moor" in visitor.get("/nl/makers/cas-moor/").content.decode()
    assert "/nl/makers/labeur/" in visitor.get("/nl/makers/").content.decode()


@pytest.mark.parametrize("address", ["/nl/product/niets/", "/nl/makers/niemand/", "/nl/niets/"])
def test_what_is_not_there_gets_a_page_in_style(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 404
    assert "Deze pagina is er niet." in answer.content.decode()


def test_a_slug_may_have_any_letter(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.products = [product("SG-007", "thé-kan", "Theekan", 4_500, maker={**COMPAAN, "slug": "café-compaan"})]
    assert "/nl/product/th%C3%A9-kan/" in visitor.get("/nl/").content.decode()
    assert "/nl/makers/caf%C3%A9-compaan/" in visitor.get("/nl/makers/").content.decode()
    assert visitor.get("/nl/product/thé-kan/").status_code == 200


def test_what_a_channel_sells_in_another_currency_is_not_for_sale(visitor: Client, saleor: FakeSaleor) -> None:
    [lamp] = saleor.products = [product("SG-001", "koord", "Koord", 28_900, maker=COMPAAN)]
    lamp["pricing"] = in_dollars(lamp["pricing"])
    lamp["variants"][0]["pricing"] = in_dollars(lamp["variants"][0]["pricing"])
    for address in ("/nl/collectie/", "/nl/product/koord/"):
        html = visitor.get(address).content.decode()
        assert "nu niet te koop" in html.lower()
        assert "289" not in html


def test_a_variant_without_a_name_is_never_called_by_its_id(visitor: Client, saleor: FakeSaleor) -> None:
    [stool] = saleor.products = [product("SG-003", "zit", "Zit", 26_500, maker=COMPAAN, variants=("", "", "hoog"))]
    first, second, _third = stool["variants"]
    first |= {"name": first["id"], "sku": None}
    second |= {"name": second["id"]}
    html = visitor.get("/nl/product/zit/").content.decode()
    assert "Uitvoering 1" in html
    assert "<span>SG-003-1<" in html
    assert f">{first['id']}" not in html


def test_a_product_without_a_code_is_not_for_sale_from_the_first_page_on(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.products = [{**product("SG-008", "kruk", "Kruk", 9_000, maker=COMPAAN), "externalReference": None}]
    assert "nu niet te koop" in visitor.get("/nl/collectie/").content.decode()
    assert "Nu niet te koop" in visitor.get("/nl/product/kruk/").content.decode()


def test_the_day_that_is_promised_is_for_as_many_as_were_typed(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.promises["SG-003:7"] = {**fulfilment.promises["SG-003"], "ready_on": "2027-02-01"}
    assert "dan is het klaar tegen" in visitor.get("/nl/product/zit/").content.decode()
    html = visitor.post("/nl/product/zit/", {"quantity": "7"}).content.decode()
    assert "Bestel je er vandaag 7, dan zijn ze klaar tegen <strong>maandag 1 februari</strong>." in html
