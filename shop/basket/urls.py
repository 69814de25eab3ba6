"""Address of the basket."""

from django.urls import path

from shop.basket import views

app_name = "basket"
urlpatterns = [path("", views.basket, name="basket")]
