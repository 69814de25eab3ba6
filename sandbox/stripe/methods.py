"""The ways of paying that the account offers on its pages, as Stripe's Dashboard would have them set."""

from sandbox.common.store import Document
from sandbox.stripe.fees import FEES

_OFF = (
    "acss_debit affirm afterpay_clearpay alipay amazon_pay apple_pay bacs_debit blik cartes_bancaires cashapp "
    "customer_balance eps giropay google_pay ideal klarna link multibanco p24 sepa_debit sofort us_bank_account "
    "wechat_pay zip"
)


def configuration() -> Document:
    """Stripe's payment method configuration of the account: on is what this stand-in can be paid with."""
    return {
        "id": "pmc_1SandboxPaymentMethods01",
        "object": "payment_method_configuration",
        "active": True,
        "application": None,
        "is_default": True,
        "livemode": False,
        "name": "Default",
        "parent": None,
        **{name: _preference("off") for name in _OFF.split()},
        **{name: _preference("on") for name in FEES},
    }


def _preference(value: str) -> Document:
    preference = {"overridable": None, "preference": value, "value": value}
    return {"available": value == "on", "display_preference": preference}
