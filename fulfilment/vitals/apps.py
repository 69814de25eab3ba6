from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.vitals"
    label = "vitals"
    default_auto_field = "django.db.models.BigAutoField"
