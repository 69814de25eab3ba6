from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.invoices"
    label = "invoices"
    default_auto_field = "django.db.models.BigAutoField"
