from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.returns"
    label = "returns"
    default_auto_field = "django.db.models.BigAutoField"
