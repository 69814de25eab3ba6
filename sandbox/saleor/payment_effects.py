"""What a changed transaction means for the checkout or the order that it pays."""

from sandbox.common.store import Document, Transaction
from sandbox.saleor.checkout_state import save_payment
from sandbox.saleor.core import Core
from sandbox.saleor.order_state import payment_changed
from sandbox.saleor.transaction_state import store_transaction
from sandbox.saleor.webhooks import emit


def settle(core: Core, tx: Transaction, transaction: Document, before: dict[str, int]) -> None:
    """Store the transaction, then bring its owner up to date and tell whoever listens. `before`: its former amounts."""
    store_transaction(core, tx, transaction)
    if transaction["order"] is not None:
        payment_changed(tx, core, transaction["order"], before, transaction["amounts"])
    elif transaction["checkout"] is not None:
        checkout = tx.get("checkout", transaction["checkout"])
        if checkout is not None and save_payment(tx, core, checkout):
            emit(core, tx, "CHECKOUT_FULLY_PAID", checkout=checkout["id"])
            emit(core, tx, "CHECKOUT_FULLY_AUTHORIZED", checkout=checkout["id"])
