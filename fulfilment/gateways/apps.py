from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.gateways"
    label = "gateways"
    default_auto_field = "django.db.models.BigAutoField"
