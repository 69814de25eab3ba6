"""Address of what the QR of a piece opens."""

from django.urls import path

from shop.piece import views

app_name = "piece"
urlpatterns = [path("<str:token>/", views.show, name="piece")]
