from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"
