from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.production"
    label = "production"
    default_auto_field = "django.db.models.BigAutoField"
