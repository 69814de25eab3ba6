from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.newsletter"
    label = "newsletter"
    default_auto_field = "django.db.models.BigAutoField"
