from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"
