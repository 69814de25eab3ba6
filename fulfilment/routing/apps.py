from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.routing"
    label = "routing"
    default_auto_field = "django.db.models.BigAutoField"
