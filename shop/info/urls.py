"""What customers want to know before they buy: how it comes and goes back, what others asked, how it is made, and who
can use this shop."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shop.info import views

app_name = "info"
urlpatterns = [
    path(_("levering-en-retour/"), views.delivery, name="delivery"),
    path(_("vragen-en-antwoorden/"), views.questions, name="questions"),
    path(_("zo-wordt-het-gemaakt/"), views.making, name="making"),
    path(_("toegankelijkheid/"), views.accessibility, name="accessibility"),
]
