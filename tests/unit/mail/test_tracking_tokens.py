"""The token in a mail's tracking link."""

from fulfilment.orders.tokens import read_tracking_token, tracking_link, tracking_token


def test_a_token_gives_back_the_order_that_it_was_made_for() -> None:
    assert read_tracking_token(tracking_token("ord_abc-_1")) == "ord_abc-_1"


def test_a_changed_foreign_or_empty_token_opens_nothing() -> None:
    token = tracking_token("ord_abc")
    for wrong in ("", "ord_abc", token + "x", token.replace("abc", "abd"), "é.é"):
        assert read_tracking_token(wrong) is None


def test_the_link_needs_no_escaping() -> None:
    link = tracking_link("ord_abc-_1")
    assert "/nl/volgen/ord_abc-_1." in link
    assert link.rsplit("/nl/", 1)[1].isascii()
