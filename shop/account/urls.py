"""Addresses of a customer's account."""

from django.urls import path

from shop.account import addresses, data, details, entry, home, links, wishes

app_name = "account"
urlpatterns = [
    path("", home.home, name="home"),
    path("inloggen/", entry.log_in, name="log_in"),
    path("registreren/", entry.register, name="register"),
    path("uitloggen/", entry.log_out, name="log_out"),
    path("bevestigen/", links.confirm, name="confirm"),
    path("wachtwoord-vergeten/", entry.forgotten, name="forgotten"),
    path("nieuw-wachtwoord/", links.new_password, name="new_password"),
    path("nieuw-adres/", links.other_email, name="confirm_email"),
    path("bestelling/<str:number>/opnieuw/", home.order_again, name="order_again"),
    path("gegevens/", details.names, name="details"),
    path("wachtwoord/", details.password, name="password"),
    path("e-mailadres/", details.email, name="email"),
    path("adressen/", addresses.listed, name="addresses"),
    path("adressen/nieuw/", addresses.added, name="add_address"),
    path("adressen/<str:key>/", addresses.changed, name="change_address"),
    path("wensen/", wishes.wishes, name="wishes"),
    path("mijn-gegevens/", data.data, name="data"),
    path("verwijderen/", data.deletion, name="deletion"),
    path("verwijderen/<str:key>/", data.delete, name="delete"),
]
