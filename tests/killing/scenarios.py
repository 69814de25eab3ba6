"""The ways of an order, as what people do. Another one is another line."""

from tests.killing.happenings import (
    days,
    decide,
    dispute,
    fault,
    mail_server,
    refund_at_stripe,
    refund_in_saleor,
    stock,
    wait,
)
from tests.killing.office import (
    agree_with,
    announce,
    ask_again,
    batch,
    bear,
    collect,
    fail_payout,
    plan,
    reassign,
    refund,
    return_payout,
    send_by_bank,
)
from tests.killing.people import (
    Act,
    decline,
    deliver,
    fill_basket,
    give_account,
    judge,
    make,
    pay,
    receive,
    ship,
    withdraw,
)

BOUGHT = (fill_basket(("SG-001", 1), ("SG-003-45", 2)), pay())
SHIPPED = (*BOUGHT, make(), ship())
ARRIVED = (*SHIPPED, deliver())
PAYABLE = (*ARRIVED, days(17), collect())
PAID_OUT = (*PAYABLE, plan(), batch("approve"), batch("fetch"), batch("confirm"))
BY_CARD = (BOUGHT[0], pay(method="card"))

SCENARIOS: dict[str, tuple[Act, ...]] = {
    "bought, made, shipped, paid out": PAID_OUT,
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
    "a refund that fails and goes by bank": (
        *PAYABLE,
        fault("stripe", fail_next_refunds=1),
        refund({"SG-003-45": 1}, kind="came_back"),
        send_by_bank(),
        give_account(),
        plan(),
        batch("approve"),
        batch("fetch"),
        batch("confirm"),
    ),
    "a part given back by staff in Saleor": (*BOUGHT, refund_in_saleor({"SG-003-45": 1})),
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
    "a payout that comes back days later": (*PAID_OUT, days(3), return_payout(), plan()),
    "a gesture": (*BOUGHT, refund(kind="gesture", amount="10,00")),
    "bought with a voucher, a part given back": (
        fill_basket(("SG-001", 1), ("SG-003-45", 2), code="VRIEND25"),
        pay(),
        make(),
        refund({"SG-003-45": 1}),
    ),
    "a mail server that dies": (
        BOUGHT[0],
        mail_server("away"),
        pay(),
        mail_server("silent"),  # not for long: after eight tries a person must look, and who dies lets time pass
        mail_server(""),
        make(),
        wait(),
    ),
    "a workshop declines, another takes over": (
        *BOUGHT,
        agree_with("ateljee", "SG-001"),
        decline(),
        days(2),
        reassign("ateljee"),
        make(),
        ship(),
    ),
    "announced, came back, judged, given back": (
        *ARRIVED,
        announce({"SG-003-45": 1}),
        receive(),
        judge("mend"),
        refund({"SG-003-45": 1}, kind="came_back"),
    ),
    "given back before it arrives": (
        *ARRIVED,
        refund({"SG-001": 1}, kind="came_back"),
        receive(),
        judge("spoilt"),
    ),
    "withdrawn from, where it was and on its way": (
        *BOUGHT,
        make(),
        ship({"SG-003-45": 1}),
        withdraw("SG-001", "SG-003-45"),
        refund({"SG-001": 1, "SG-003-45": 1}),
        receive(),
        judge(),
        refund({"SG-003-45": 1}, kind="came_back", shipping=True),
    ),
    "a dispute that is won": (*BY_CARD, dispute(), decide("evidence"), decide("win")),
    "a dispute that is lost, for the platform": (*BY_CARD, make(), dispute(), decide("lose"), bear("platform")),
    "a dispute of a part that is lost after the payout, for everybody": (
        *BY_CARD,
        *PAID_OUT[2:],
        dispute(28_900),
        decide("lose"),
        bear("shared"),
    ),
}
