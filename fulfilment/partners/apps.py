from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.partners"
    label = "partners"
    default_auto_field = "django.db.models.BigAutoField"
