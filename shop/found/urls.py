"""Addresses for search engines, for readers of feeds, and for whoever shows what somebody shares. What is about all
languages stands at the root (`shop/urls.py`)."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.found import cards, views

app_name = "found"
urlpatterns = [
    path(_("nieuw.atom"), views.feed, name="feed"),
    path("card/<str:digest>.jpg", cards.house, name="house_card"),
    path("card/product/<str:slug>/<str:digest>.jpg", cards.product, name="product_card"),
    path("card/story/<str:slug>/<str:digest>.jpg", cards.story, name="story_card"),
]
