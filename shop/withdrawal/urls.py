"""Addresses of withdrawing: without a link, and with the link of an order."""

from django.urls import path

from shop.withdrawal import views

app_name = "withdrawal"
urlpatterns = [
    path("", views.find, name="find"),
    path("<str:token>/", views.withdraw, name="withdraw"),
]
