"""What the stand-in keeps over a restart, and what it takes from a changed catalogue."""

import io
import re
from decimal import Decimal
from pathlib import Path

import httpx2
from PIL import Image

from catalogue.file import read_catalogue
from tests.support.saleor_bench import CATALOGUE, SaleorBench, running_sandbox, saleor_bench
from tests.support.stripe_sandbox import MovableClock, until

DEMO = CATALOGUE.read_text("utf-8")


def own_catalogue(folder: Path, text: str = DEMO) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, "utf-8")
    return path


def stocked(saleor: SaleorBench) -> tuple[str, int]:
    """The SKU of a tracked variant and how many can be sold."""
    variant = saleor.variant(tracked=True)
    return variant["sku"], variant["quantityAvailable"]


def with_stock(sku: str, quantity: int) -> str:
    """The demo's catalogue with another stock of one variant."""
    head, found, tail = DEMO.partition(f'sku = "{sku}"')
    assert found
    return head + found + re.sub(r"stock = \d+", f"stock = {quantity}", tail, count=1)


def test_a_restart_keeps_orders_apps_and_stock_and_the_key(tmp_path: Path) -> None:
    with saleor_bench(tmp_path) as saleor:
        sku, before = stocked(saleor)
        app = saleor.app
        order = saleor.order([(saleor.variant(tracked=True)["id"], 2)])
        keys = saleor.http.get(f"{saleor.host}/.well-known/jwks.json").json()
    with saleor_bench(tmp_path, app=app) as again:
        assert again.app.token == app.token
        assert stocked(again) == (sku, before - 2)
        assert again.as_app("query($id: ID!) { order(id: $id) { number } }", id=order.id)["order"]["number"] == "1"
        assert again.http.get(f"{again.host}/.well-known/jwks.json").json() == keys
        assert again.order().read("number") == {"number": "2"}


def test_a_changed_stock_in_the_file_moves_the_stock_by_the_difference(tmp_path: Path) -> None:
    catalogue = own_catalogue(tmp_path)
    with saleor_bench(tmp_path / "state", catalogue=catalogue) as saleor:
        sku, before = stocked(saleor)
        variant = saleor.variant(tracked=True)["id"]
        saleor.order([(variant, 2)])
        app = saleor.app
    in_file = next(v.stock for p in read_catalogue(catalogue).products.values() for v in p.variants if v.sku == sku)
    own_catalogue(tmp_path, with_stock(sku, in_file + 5))
    with saleor_bench(tmp_path / "state", catalogue=catalogue, app=app) as again:
        assert stocked(again) == (sku, before - 2 + 5)
        assert again.variant(tracked=True)["id"] == variant


def test_what_the_file_no_longer_lists_is_no_longer_for_sale_but_stays_in_orders(tmp_path: Path) -> None:
    catalogue = own_catalogue(tmp_path)
    with saleor_bench(tmp_path / "state", catalogue=catalogue) as saleor:
        product, order, basket = saleor.variant()["product"], saleor.order(), saleor.checkout()
        app = saleor.app
    code = product["externalReference"]
    own_catalogue(tmp_path, DEMO.replace(f'code = "{code}"', f'code = "{code}"\nlisted = false'))
    with saleor_bench(tmp_path / "state", catalogue=catalogue, app=app) as again:
        document = 'query($s: String!) { product(slug: $s, channel: "consumer") { id } }'
        assert again.ask(document, s=product["slug"]) == {"product": None}
        found = again.as_app(
            "query($e: String!) { product(externalReference: $e) { name pricing { __typename } } }", e=code
        )
        assert found["product"]["name"] == product["name"]
        problems = again.ask("query($id: ID!) { checkout(id: $id) { problems { __typename } } }", id=basket)
        assert problems["checkout"]["problems"] == [{"__typename": "CheckoutLineProblemVariantNotAvailable"}]
        again.pay(basket)
        errors = again.complete(basket)["errors"]
        assert [error["code"] for error in errors] == ["UNAVAILABLE_VARIANT_IN_CHANNEL"]
        lines = "query($id: ID!) { order(id: $id) { lines { productName variant { id } } } }"
        assert again.ask(lines, id=order.id)["order"]["lines"] == [{"productName": product["name"], "variant": None}]
        assert again.as_app(lines, id=order.id)["order"]["lines"][0]["variant"]


def test_prices_stay_for_an_hour(tmp_path: Path) -> None:
    clock = MovableClock()
    catalogue = own_catalogue(tmp_path)
    with saleor_bench(tmp_path / "state", catalogue=catalogue, clock=clock) as saleor:
        checkout, app = saleor.checkout(), saleor.app
        total = saleor.total(checkout)
    own_catalogue(tmp_path, re.sub(r'^price = "(\d{2,})\.00"', r'price = "\g<1>.50"', DEMO, flags=re.M))
    with saleor_bench(tmp_path / "state", catalogue=catalogue, clock=clock, app=app) as again:
        assert again.total(checkout) == total
        clock.ahead = 3601
        assert again.total(checkout) > total


def test_an_unpaid_order_is_not_shipped_where_the_shop_says_so(tmp_path: Path) -> None:
    catalogue = own_catalogue(tmp_path, DEMO.replace("[shop]\n", "[shop]\nfulfillment_allow_unpaid = false\n", 1))
    with saleor_bench(tmp_path / "state", catalogue=catalogue) as saleor:
        order = saleor.order()
        saleor.report(order.transaction, "REFUND_SUCCESS", "re_1", Decimal(1))
        line = order.read("lines { id }")["lines"][0]["id"]
        answer = saleor.as_app(
            "mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) { errors { code } } }",
            o=order.id,
            i={"lines": [{"orderLineId": line, "stocks": []}]},
        )
        assert answer["orderFulfill"]["errors"] == [{"code": "CANNOT_FULFILL_UNPAID_ORDER"}]


def test_nothing_is_completed_by_itself_before_the_round(tmp_path: Path) -> None:
    clock = MovableClock()
    with saleor_bench(tmp_path, auto_complete_seconds=60, clock=clock) as saleor:
        checkout = saleor.checkout()
        saleor.pay(checkout)
        document = "query($id: ID!) { checkout(id: $id) { id } }"
        clock.ahead += 50
        assert saleor.ask(document, id=checkout)["checkout"]
        clock.ahead += 10
        until(lambda: saleor.ask(document, id=checkout)["checkout"] is None)


def test_pictures_are_made_smaller_in_the_format_that_is_asked(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.new("RGB", (1600, 1200), "#c86").save(pictures / "lamp.webp")
    (pictures / "line.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    text = re.sub(r'file = "[^"]*"', 'file = "lamp.webp"', DEMO)
    head, _, tail = text.rpartition('file = "lamp.webp"')
    catalogue = own_catalogue(tmp_path, f'{head}file = "line.svg"{tail}')
    with running_sandbox(tmp_path / "state", catalogue=catalogue) as sandbox, httpx2.Client(trust_env=False) as http:
        document = """{ products(first: 50, channel: "consumer") { edges { node { thumbnail(size: 256) { url }
          media { url avif: url(size: 512, format: AVIF) webp: url(size: 500, format: WEBP) } } } } }"""
        answer = http.post(sandbox.core.api_url, json={"query": document}).json()["data"]["products"]["edges"]
        urls = answer[0]["node"]["media"][0]
        for name, kind in (("avif", "avif"), ("webp", "webp")):
            picture = http.get(urls[name])
            assert picture.headers["Content-Type"] == f"image/{kind}"
            with Image.open(io.BytesIO(picture.content)) as image:
                assert image.size == (512, 384)
        drawings = [m for e in answer for m in e["node"]["media"] if m["url"].endswith(".svg")]
        assert drawings[0]["avif"] == drawings[0]["url"]
        assert http.get(drawings[0]["url"]).headers["Content-Type"].startswith("image/svg+xml")
        for path in ("/media/../catalogue.toml", "/media/other.webp", "/thumbnail/x/512/webp/", "/thumbnail/x/7/"):
            assert http.get(sandbox.core.base_url + path).status_code == 404


def test_every_page_of_the_control_page_shows_what_there_is(tmp_path: Path) -> None:
    with saleor_bench(tmp_path) as saleor:
        order, _ = saleor.order(), saleor.checkout()
        saleor.wait_for_events(order.id, 5)
        first = saleor.http.get(f"{saleor.host}/control/").text
        assert "Zandbak" in first
        for kind in ("order", "checkout", "transaction", "app", "installation", "stock"):
            page = saleor.http.get(f"{saleor.host}/control/{kind}/")
            assert page.status_code == 200
        state = saleor.http.get(f"{saleor.host}/control/state.json").json()
        assert state["counts"]["order"] == 1
        key = state["documents"]["order"][0]["id"]
        assert "Transactie" in saleor.http.get(f"{saleor.host}/control/order/{key}").text
        assert "transaction_initialize_session" in saleor.http.get(f"{saleor.host}/control/webhooks/").text


def test_what_the_goods_must_come_to_for_a_delivery_is_told_and_kept_to(tmp_path: Path) -> None:
    free = (
        '[[shipping_zone.method]]\nslug = "free"\nname = "Gratis"\nprice = "0"\nminimum = "500"\ntax_class = "goods"\n'
    )
    catalogue = own_catalogue(
        tmp_path, DEMO.replace("[[shipping_zone.method]]\n", f"{free}\n[[shipping_zone.method]]\n", 1)
    )
    told = """query { shop { availableShippingMethods(channel: "consumer") {
      name minimumOrderPrice { amount } } } }"""
    options = """mutation($id: ID!) { deliveryOptionsCalculate(id: $id) {
      deliveries { shippingMethod { name } } errors { code } } }"""
    with saleor_bench(tmp_path / "state", catalogue=catalogue) as saleor:
        methods = saleor.ask(told)["shop"]["availableShippingMethods"]
        variant = saleor.variant()["id"]
        offered = [
            [
                one["shippingMethod"]["name"]
                for one in saleor.ask(options, id=basket)["deliveryOptionsCalculate"]["deliveries"]
            ]
            for basket in (saleor.checkout([(variant, 1)]), saleor.checkout([(variant, 5)]))
        ]
    assert [(one["name"], one["minimumOrderPrice"]) for one in methods] == [
        ("Gratis", {"amount": Decimal(500)}),
        ("Aan huis geleverd", None),
    ]
    assert offered == [["Aan huis geleverd"], ["Gratis", "Aan huis geleverd"]]
