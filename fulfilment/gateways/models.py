"""What the gateways keep: our identity at Saleor, its keys, what it said last of products, what the set-up wrote."""

from django.core.serializers.json import DjangoJSONEncoder
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


class SaleorProduct(models.Model):
    """What Saleor said of a product when it was last asked, kept so that it can be read while Saleor is slow."""

    api_url = models.URLField()
    saleor_id = models.CharField(max_length=64)
    told = models.JSONField(encoder=DjangoJSONEncoder)  # amounts as text: a float would round them
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_url", "saleor_id"], name="one_memory_a_product_of_saleor")]

    def __str__(self) -> str:
        return self.saleor_id


class SetUpValue(models.Model):
    """What a field of an object in Saleor was when it was last as our file wanted it, as a digest."""

    api_url = models.URLField()
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    field = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_url", "kind", "key", "field"], name="one_digest_a_field_in_saleor")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.field}"
