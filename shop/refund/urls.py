"""Address of the page on which a customer says where money may go back to."""

from django.urls import path

from shop.refund import views

app_name = "refund"
urlpatterns = [path("<str:token>/", views.account, name="account")]
