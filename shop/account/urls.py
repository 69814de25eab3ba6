"""Addresses of a customer's account."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.account import addresses, data, details, entry, home, links, wishes

app_name = "account"
urlpatterns = [
    path("", home.home, name="home"),
    path(_("inloggen/"), entry.log_in, name="log_in"),
    path(_("registreren/"), entry.register, name="register"),
    path(_("uitloggen/"), entry.log_out, name="log_out"),
    path(_("bevestigen/"), links.confirm, name="confirm"),
    path(_("wachtwoord-vergeten/"), entry.forgotten, name="forgotten"),
    path(_("nieuw-wachtwoord/"), links.new_password, name="new_password"),
    path(_("nieuw-adres/"), links.other_email, name="confirm_email"),
    path(_("bestelling/<str:number>/opnieuw/"), home.order_again, name="order_again"),
    path(_("gegevens/"), details.names, name="details"),
    path(_("wachtwoord/"), details.password, name="password"),
    path(_("e-mailadres/"), details.email, name="email"),
    path(_("adressen/"), addresses.listed, name="addresses"),
    path(_("adressen/nieuw/"), addresses.added, name="add_address"),
    path(_("adressen/<str:key>/"), addresses.changed, name="change_address"),
    path(_("wensen/"), wishes.wishes, name="wishes"),
    path(_("mijn-gegevens/"), data.data, name="data"),
    path(_("verwijderen/"), data.deletion, name="deletion"),
    path(_("verwijderen/<str:key>/"), data.delete, name="delete"),
]
