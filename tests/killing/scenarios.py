"""The ways of an order, as what people do. Another one is another line."""

from tests.killing.people import (
    Act,
    ask_again,
    batch,
    collect,
    days,
    deliver,
    fail_payout,
    fault,
    fill_basket,
    make,
    pay,
    plan,
    refund,
    refund_at_stripe,
    ship,
    stock,
)

BOUGHT = (fill_basket(("SG-001", 1), ("SG-003-45", 2)), pay())
SHIPPED = (*BOUGHT, make(), ship())
PAYABLE = (*SHIPPED, deliver(), days(17), collect())

SCENARIOS: dict[str, tuple[Act, ...]] = {
    "bought, made, shipped, paid out": (*PAYABLE, plan(), batch("approve"), batch("fetch"), batch("confirm")),
    "paid without an order, returned": (
        fill_basket(("SG-004", 1)),
        pay(after=[stock("SG-004", 0)]),
    ),
    "a part given back by the operator": (*BOUGHT, refund({"SG-003-45": 1}, shipping=True)),
    "all given back by the operator": (*BOUGHT, make(), refund({"SG-001": 1, "SG-003-45": 2}, shipping=True)),
    "shipped in part, a part given back": (*BOUGHT, make(), ship({"SG-003-45": 1}), refund({"SG-003-45": 1})),
    "given back plainly at Stripe, divided": (
        *BOUGHT,
        refund_at_stripe(26_500),
        refund({"SG-003-45": 1}, way="divide"),
    ),
    "a refund that fails and is asked again": (
        *BOUGHT,
        fault("stripe", fail_next_refunds=1),
        refund({"SG-003-45": 1}),
        ask_again(),
    ),
    "declined, then paid": (BOUGHT[0], pay("decline"), pay()),
    "a payout that the bank could not carry out": (
        *PAYABLE,
        plan(),
        batch("approve"),
        batch("fetch"),
        fail_payout(),
        batch("confirm"),
        plan(),
        batch("approve"),
        batch("fetch"),
        batch("confirm"),
    ),
    "a plan that is withdrawn": (*PAYABLE, plan(), batch("approve"), batch("withdraw"), plan()),
}
