"""What the law wants a buyer to be told: the conditions of sale, what becomes of personal data, and who sells.

The pages are nothing but text: they need no view of their own.
"""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from shop.terms.kept import ROWS

app_name = "terms"
urlpatterns = [
    path(_("verkoopsvoorwaarden/"), TemplateView.as_view(template_name="terms/conditions.html"), name="conditions"),
    path(
        _("privacy/"),
        TemplateView.as_view(template_name="terms/privacy.html", extra_context={"kept": ROWS}),
        name="privacy",
    ),
    path(_("contact/"), TemplateView.as_view(template_name="terms/contact.html"), name="contact"),
]
