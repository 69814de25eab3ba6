"""What the gateways keep: our identity at Saleor."""

from django.db import models


class SaleorInstallation(models.Model):
    """The token that Saleor gave our app, stored only after it was proven at the configured API address."""

    api_url = models.URLField(unique=True)
    app_id = models.CharField(max_length=64)
    token = models.CharField(max_length=128)
    installed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.api_url


class SaleorKeys(models.Model):
    """Saleor's public keys (JWKS), kept so that a hook can be verified while Saleor is slow."""

    api_url = models.URLField(unique=True)
    keys = models.JSONField()
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.api_url
