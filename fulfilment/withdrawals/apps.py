from django.apps import AppConfig


class Config(AppConfig):
    name = "fulfilment.withdrawals"
    label = "withdrawals"
    default_auto_field = "django.db.models.BigAutoField"
