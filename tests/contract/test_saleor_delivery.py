"""Where this channel delivers and what that costs, as anybody is told before there is a basket."""

from decimal import Decimal

from tests.support.saleor_bench import CHANNEL, SaleorBench

SHOP = """query($c: String!) { shop {
  countries(filter: {attachedToShippingZones: true}) { code country }
  elsewhere: countries(filter: {attachedToShippingZones: false}) { code }
  availableShippingMethods(channel: $c) {
    name price { amount currency } minimumOrderPrice { amount } told: translation(languageCode: EN) { name } } } }"""


def test_everybody_is_told_where_it_delivers_and_what_that_costs(saleor: SaleorBench) -> None:
    told = saleor.ask(SHOP, c=CHANNEL)["shop"]
    assert {country["code"]: country["country"] for country in told["countries"]} == {
        "BE": "Belgium",
        "NL": "Netherlands",
    }
    elsewhere = {country["code"] for country in told["elsewhere"]}
    assert "FR" in elsewhere
    assert not elsewhere & {"BE", "NL"}
    [method] = told["availableShippingMethods"]
    assert method["price"] == {"amount": Decimal("9.5"), "currency": "EUR"}
    assert not (method["minimumOrderPrice"] or {}).get("amount")
    assert method["told"]["name"] not in ("", method["name"])


def test_a_channel_that_is_not_there_delivers_in_no_way(saleor: SaleorBench) -> None:
    assert saleor.ask(SHOP, c="no-such-channel")["shop"]["availableShippingMethods"] == []
