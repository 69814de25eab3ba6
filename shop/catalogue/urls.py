"""Addresses of the collection and its people."""

from django.urls import path

from shop.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.home, name="home"),
    path("product/<slug:slug>/", views.product, name="product"),
    path("makers/", views.makers, name="makers"),
    path("makers/<slug:slug>/", views.person, name="person"),
]
