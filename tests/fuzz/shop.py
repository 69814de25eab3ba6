"""The shop as it is knocked at: by who just came, who has a basket, and who is about to pay."""

from contextlib import nullcontext

from django.test import Client

from tests.fuzz.knocking import Site
from tests.shop.buying import PAYABLE, browser, fill, review
from tests.shop.fakes import FakeSaleor

SEARCHED = ("reference", "variant", "kind", "next", "q", "page", "payment", "payment_intent", "code", "add", "remove")


def shop(saleor: FakeSaleor) -> Site:
    """In front of a Saleor and a fulfilment that are played. It keeps nothing but sessions: people come anew."""

    def people() -> dict[str, Client]:
        saleor.payment = PAYABLE
        found = {name: browser(raise_request_exception=False) for name in ("visitor", "buyer", "reviewer")}
        fill(found["buyer"])
        fill(found["reviewer"])
        review(found["reviewer"])
        return found

    return Site(
        people=people,
        known={
            "slug": ["koord", "labeur", "sep-verboom"],
            "token": ["good-token"],
            "key": ["good-key"],
            "number": ["42"],
        },
        searched=SEARCHED,
        signed=lambda _path, _raw: {},
        undone=nullcontext,
        left=set,
    )
