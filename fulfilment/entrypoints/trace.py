"""Requests to fulfilment in their traces: machines bring theirs along, browsers do not."""

from telemetry import middleware


class Trace(middleware.Trace):
    """The shop goes on with its own, and Saleor with the one in which it calls us, where it tells its traces.

    What they sign is proven later: who else calls there decides under which id their own request is found, no more.
    """

    goes_on_at = ("/api/storefront/", "/hooks/", "/saleor/")
