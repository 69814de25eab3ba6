from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.restock"
    label = "restock"
    default_auto_field = "django.db.models.BigAutoField"
