"""Addresses of the basket."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.basket import views

app_name = "basket"
urlpatterns = [
    path("", views.basket, name="basket"),
    path(_("toevoegen/"), views.add, name="add"),
]
