"""Addresses of the collection, its people, and what there is to read."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.catalogue import collection, gallery, reading, views

# Saleor allows any letter in a slug, é too: so no `slug:`, which knows those of English alone.
app_name = "catalogue"
urlpatterns = [
    path("", views.home, name="home"),
    path(_("collectie/"), collection.pieces, name="pieces"),
    path(_("collectie/<str:slug>/"), collection.pieces, name="collection"),
    path(_("product/<str:slug>/"), views.product, name="product"),
    path(_("product/<str:slug>/beeld/<int:number>/"), gallery.picture, name="picture"),
    path(_("makers/"), reading.makers, name="makers"),
    path(_("makers/<str:slug>/"), reading.person, name="person"),
    path(_("materiaal/<str:slug>/"), reading.material, name="material"),
    path(_("verhalen/"), reading.stories, name="stories"),
    path(_("verhalen/<str:slug>/"), reading.story, name="story"),
]
