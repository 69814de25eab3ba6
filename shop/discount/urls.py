"""Addresses of the two buttons for a discount code."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.discount import views

app_name = "discount"
urlpatterns = [
    path("", views.give, name="give"),
    path(_("weg/"), views.take_back, name="take_back"),
]
