from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    """Until now the mail of a refund told all of it."""
    Refund = apps.get_model("orders", "Refund")
    Refund.objects.filter(booked_at__isnull=False).update(told_minor=F("amount_minor"))


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_by_bank")]

    operations = [
        migrations.AddField("refund", "told_minor", models.BigIntegerField(default=0)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
