"""Address of a tracking link."""

from django.urls import path

from shop.tracking import views

app_name = "tracking"
urlpatterns = [
    path("<str:token>/", views.track, name="track"),
    path("<str:token>/<slug:name>.pdf", views.document, name="document"),
]
