"""Addresses of the checkout. The first part of two of them is fixed: the payment app sends people back to them."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.checkout import payment, views

app_name = "checkout"
urlpatterns = [
    path(_("afrekenen/"), views.checkout, name="checkout"),
    path(_("afrekenen/betalen/"), payment.pay, name="pay"),
    path(_("bedankt/"), payment.thanks, name="thanks"),
    # Of windows that stood open, and payment pages that lead back, when the checkout became one page.
    path(_("afrekenen/gegevens/"), views.moved, name="details"),
    path(_("afrekenen/levering/"), views.moved, name="delivery"),
    path(_("afrekenen/overzicht/"), views.moved, name="review"),
]
