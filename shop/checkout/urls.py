"""Addresses of the checkout. The first part of two of them is fixed: the payment app sends people back to them."""

from django.urls import path

from shop.checkout import payment, views

app_name = "checkout"
urlpatterns = [
    path("afrekenen/", views.start, name="start"),
    path("afrekenen/gegevens/", views.details, name="details"),
    path("afrekenen/levering/", views.delivery, name="delivery"),
    path("afrekenen/overzicht/", views.review, name="review"),
    path("afrekenen/betalen/", payment.pay, name="pay"),
    path("bedankt/", payment.thanks, name="thanks"),
]
