"""One payment attempt at a time for each checkout, also across calls to the outside."""

from contextlib import AbstractContextManager

from fulfilment import advisory


def checkout_lock(checkout_id: str) -> AbstractContextManager[None]:
    """Hold a checkout for this database session.

    Not a row lock: the payment's row must be committed before Stripe is called, and the lock must outlive that commit.
    """
    return advisory.held(advisory.Space.CHECKOUT, checkout_id)
