"""The machines that the shop asks, each with its own bound and breaker: whichever hangs keeps nobody from the others.

Together they leave some of the shop's threads free, whatever hangs.
"""

from neighbours.neighbour import Neighbour

LONGEST_PAGE = 10
"""Seconds of one page for all that it asks of other machines."""

SALEOR = Neighbour("Saleor", patience=LONGEST_PAGE, at_most=12)

PAYING = Neighbour("Saleor, for a payment", patience=LONGEST_PAGE, at_most=6)
"""The same Saleor, where it waits for the payment app and the app for Stripe: that one of these hangs says nothing
about the rest of Saleor."""

FULFILMENT = Neighbour("fulfilment", patience=5, at_most=6)

MEDIA = Neighbour("Saleor's pictures", patience=5, at_most=2)
"""Often another host than Saleor's own; asked for the cards that others show of our pages alone."""

VALKEY = Neighbour("Valkey", patience=0.5, at_most=12)
"""It answers at once or not at all; what it remembers is copies, and whose basket is whose."""
