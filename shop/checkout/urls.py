"""Addresses of the checkout. The first part of two of them is fixed: the payment app sends people back to them."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.checkout import payment, views

app_name = "checkout"
urlpatterns = [
    path(_("afrekenen/"), views.start, name="start"),
    path(_("afrekenen/gegevens/"), views.details, name="details"),
    path(_("afrekenen/levering/"), views.delivery, name="delivery"),
    path(_("afrekenen/overzicht/"), views.review, name="review"),
    path(_("afrekenen/betalen/"), payment.pay, name="pay"),
    path(_("bedankt/"), payment.thanks, name="thanks"),
]
