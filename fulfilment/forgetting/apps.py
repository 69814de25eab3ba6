from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.forgetting"
    label = "forgetting"
    default_auto_field = "django.db.models.BigAutoField"
