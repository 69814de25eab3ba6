"""The shop as it is knocked at: by who just came, who has a basket, who is at each step of the checkout, who is about
to pay, and who belongs to a company."""

from contextlib import nullcontext

from django.test import Client

from tests.fuzz.knocking import Site
from tests.shop.buying import ADDRESS, CONTACT, PAYABLE, browser, fill, review, step
from tests.shop.fake_accounts import PASSWORD, FakeCustomer
from tests.shop.fake_companies import COMPANY, FakeCompanies
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor, collection_point

SEARCHED = (
    *("reference", "variant", "kind", "next", "q", "page"),
    *("payment", "payment_intent", "code", "add", "remove", "stap", "adres"),
)
ANSWERS = (("contact", CONTACT), ("manier", {"way": "home"}), ("adres", ADDRESS))
"""The steps of the checkout before the last that asks anything."""


MEMBERS = {"administrator": "an@voorbeeld.be", "purchaser": "bo@voorbeeld.be"}
"""Who belongs to the played company, by their role there."""


def shop(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> Site:
    """In front of a Saleor and a fulfilment that are played. It keeps nothing but sessions: people come anew."""

    def people() -> dict[str, Client]:
        saleor.payment, saleor.points = PAYABLE, [collection_point()]
        names = ("visitor", "buyer", "chooser", "addressee", "giver", "reviewer")
        found = {name: browser(raise_request_exception=False) for name in names}
        for answered, name in enumerate(names[1:-1]):
            fill(found[name])
            for asked, answers in ANSWERS[:answered]:
                found[name].post(step(asked), answers)
        fill(found["reviewer"])
        review(found["reviewer"])
        fulfilment.companies = FakeCompanies()
        for name, email in MEMBERS.items():
            saleor.customers[email] = FakeCustomer(email)
            found[name] = browser(raise_request_exception=False)
            found[name].post("/nl/account/inloggen/", {"email": email, "password": PASSWORD})
        return found

    return Site(
        people=people,
        known={
            "slug": ["koord", "labeur", "sep-verboom"],
            "token": ["good-token"],
            "key": ["good-key"],
            "number": ["42"],
            "company_id": [COMPANY],
            "invited": ["inv_1"],
            "member": ["mem_1", "mem_2"],
            "place": ["adr_1"],
        },
        searched=SEARCHED,
        signed=lambda _path, _raw: {},
        undone=nullcontext,
        left=set,
    )
