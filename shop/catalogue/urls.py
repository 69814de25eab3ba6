"""Addresses of the collection and its people."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.catalogue import views

# Saleor allows any letter in a slug, é too: so no `slug:`, which knows those of English alone.
app_name = "catalogue"
urlpatterns = [
    path("", views.home, name="home"),
    path(_("product/<str:slug>/"), views.product, name="product"),
    path(_("makers/"), views.makers, name="makers"),
    path(_("makers/<str:slug>/"), views.person, name="person"),
]
