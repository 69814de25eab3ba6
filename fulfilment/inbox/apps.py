from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
