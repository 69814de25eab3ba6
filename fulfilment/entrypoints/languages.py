"""Which language we speak, by who asks."""

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import activate, get_language

from fulfilment.orders.pages import LANGUAGES


class Languages(LocaleMiddleware):
    """The shop is answered in its customer's language, which it names in `Accept-Language`; everybody else in Dutch.

    What the portal and the back office say has Dutch texts alone, whatever a browser would like.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith("/api/storefront/"):
            super().process_request(request)
        else:
            activate(LANGUAGES[0])
            request.LANGUAGE_CODE = get_language()
