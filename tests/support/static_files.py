"""Static files as they lie in the tree: tests collect none, and WhiteNoise warns of the empty folder."""

from pytest_django import Settings


def as_they_lie(settings: Settings) -> None:
    """Serve and name static files without collecting them first, whatever the environment says."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
