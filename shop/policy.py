"""The content security policy: a page that carries its style sheet allows that one, by its hash."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class Policy(CSPMiddleware):  # type: ignore[misc]  # the library comes without types
    """As the settings say it, and the sheet of the page (``shop.pages.asked.PageRequest``)."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        sheet = getattr(request, "sheet", None)
        if sheet is not None:
            parts.update = {"style-src": [sheet.source]}
        return parts
