from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"
