from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.prices"
    label = "prices"
    default_auto_field = "django.db.models.BigAutoField"
