from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.pieces"
    label = "pieces"
    default_auto_field = "django.db.models.BigAutoField"
