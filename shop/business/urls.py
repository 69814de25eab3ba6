"""Addresses for companies: what is told to everybody, how one becomes a customer, and what a company's members see."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.business import about, addresses, home, joining, people, prices

app_name = "business"
urlpatterns = [
    path("", about.about, name="about"),
    path(_("voorwaarden/"), about.terms, name="terms"),
    path(_("aanvragen/"), about.apply, name="apply"),
    path(_("mijn-bedrijven/"), home.mine, name="mine"),
    path(_("uitnodiging/<str:key>/"), joining.invitation, name="invitation"),
    path(_("bedrijf/<str:company_id>/"), home.company, name="company"),
    path(_("bedrijf/<str:company_id>/prijzen/"), prices.listed, name="prices"),
    path(_("bedrijf/<str:company_id>/prijzen.csv"), prices.table, name="price_table"),
    path(_("bedrijf/<str:company_id>/uitnodigen/"), people.invite, name="invite"),
    path(_("bedrijf/<str:company_id>/uitnodiging/<str:invited>/"), people.withdraw, name="withdraw_invitation"),
    path(_("bedrijf/<str:company_id>/lid/<str:member>/"), people.change, name="change_member"),
    path(_("bedrijf/<str:company_id>/lid/<str:member>/weg/"), people.remove, name="remove_member"),
    path(_("bedrijf/<str:company_id>/adres/"), addresses.added, name="add_address"),
    path(_("bedrijf/<str:company_id>/adres/<str:place>/"), addresses.changed, name="change_address"),
    path(_("bedrijf/<str:company_id>/adres/<str:place>/weg/"), addresses.removed, name="remove_address"),
]
