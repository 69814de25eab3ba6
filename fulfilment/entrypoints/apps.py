from django.apps import AppConfig


class Config(AppConfig):
    """Pages, templates and management commands; no models of its own."""

    name = "fulfilment.entrypoints"
    label = "entrypoints"
