"""The address of the search page."""

from django.urls import path

from shop.search import views

app_name = "search"
urlpatterns = [path("", views.search, name="search")]
