"""Addresses of whoever waits for something: asked on the page of a product, confirmed and withdrawn from mails."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.restock import views

app_name = "restock"
urlpatterns = [
    path("<str:slug>/", views.ask, name="ask"),
    path(_("bevestigen/<str:token>/"), views.confirm, name="confirm"),
    path(_("intrekken/<str:token>/"), views.leave, name="leave"),
]
