"""What goes over the wire compressed: pages, style sheets and drawings, by Django's own middleware.

Its answers differ in length by chance (Heal the BREACH), and the token in each form is masked anew each time: from
the length of a page nothing is learnt of either. Pictures and fonts are compressed by nature, and pass. So does what
whoever keeps it compressed already.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

KINDS = ("text/", "image/svg+xml", "application/json")


class CompressionMiddleware(GZipMiddleware):
    """Stands before what serves files, which compresses its own in production alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(KINDS):
            return response
        return super().process_response(request, response)
