"""Addresses of the newsletter: asked, confirmed and left."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.newsletter import views

app_name = "newsletter"
urlpatterns = [
    path("", views.ask, name="ask"),
    path(_("bevestigen/<str:token>/"), views.confirm, name="confirm"),
    path(_("uitschrijven/<str:token>/"), views.leave, name="leave"),
]
