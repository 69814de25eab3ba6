import django.db.models.deletion
import fulfilment.orders.models
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    """What was refunded until now was paid and booked; each line's part of the price is reckoned as it was reversed."""
    Refund = apps.get_model("orders", "Refund")
    RefundLine = apps.get_model("orders", "RefundLine")
    Refund.objects.update(state="paid", kind="not_wanted", asked_at=F("booked_at"))
    Refund.objects.filter(name__endswith=":rest").update(kind="whole")
    Refund.objects.exclude(name__contains=":").update(granted_id=F("name"))
    gone = {}
    for row in RefundLine.objects.select_related("line").order_by("refund__booked_at", "pk"):
        line, before = row.line, gone.get(row.line_id, 0)
        after = before + row.quantity
        row.amount_minor = line.gross_minor * after // line.quantity - line.gross_minor * before // line.quantity
        row.save(update_fields=["amount_minor"])
        gone[row.line_id] = after
    for refund in Refund.objects.filter(includes_shipping=True).select_related("order"):
        refund.shipping_minor = refund.order.shipping_gross_minor
        refund.save(update_fields=["shipping_minor"])


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_no_price_list"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField("order", "charged_minor"),
        migrations.RemoveField("order", "refund_asked_at"),
        migrations.AddField("order", "outside_refunded_minor", models.BigIntegerField(default=0)),
        migrations.RenameField("refund", "saleor_id", "name"),
        migrations.AlterField(
            "refund",
            "name",
            models.CharField(default=fulfilment.orders.models.refund_name, max_length=64, unique=True),
        ),
        migrations.AddField(
            "refund", "granted_id", models.CharField(blank=True, max_length=64, null=True, unique=True)
        ),
        migrations.AddField("refund", "transaction_id", models.CharField(blank=True, max_length=128, default="")),
        migrations.AlterField("refund", "transaction_id", models.CharField(blank=True, max_length=128)),
        migrations.AddField(
            "refund",
            "kind",
            models.CharField(
                choices=[
                    ("not_wanted", "Niet meer gewenst"),
                    ("came_back", "Komt of kwam terug"),
                    ("gesture", "Tegemoetkoming"),
                    ("owed", "Tegoed van de klant"),
                    ("unsaid", "Nog te zeggen"),
                    ("whole", "Alles ging terug"),
                ],
                default="not_wanted",
                max_length=16,
                verbose_name="soort",
            ),
        ),
        migrations.AlterField(
            "refund",
            "kind",
            models.CharField(
                choices=[
                    ("not_wanted", "Niet meer gewenst"),
                    ("came_back", "Komt of kwam terug"),
                    ("gesture", "Tegemoetkoming"),
                    ("owed", "Tegoed van de klant"),
                    ("unsaid", "Nog te zeggen"),
                    ("whole", "Alles ging terug"),
                ],
                max_length=16,
                verbose_name="soort",
            ),
        ),
        migrations.AddField(
            "refund",
            "state",
            models.CharField(
                choices=[
                    ("asked", "Gevraagd"),
                    ("granted", "Toegekend in Saleor"),
                    ("under_way", "Onderweg"),
                    ("paid", "Terugbetaald"),
                    ("failed", "Mislukt"),
                    ("withdrawn", "Ging niet door"),
                ],
                default="asked",
                max_length=24,
                verbose_name="stand",
            ),
        ),
        migrations.AddField("refund", "shipping_minor", models.BigIntegerField(default=0)),
        migrations.AddField("refund", "bearer", models.CharField(default="platform", max_length=16)),
        migrations.AddField("refund", "asked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "refund",
            "asked_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField("refund", "booked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterModelOptions(
            "refund",
            {"ordering": ["pk"], "verbose_name": "terugbetaling", "verbose_name_plural": "terugbetalingen"},
        ),
        migrations.AddField("refundline", "amount_minor", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="RefundStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24, verbose_name="stand")),
                ("event", models.CharField(max_length=32, verbose_name="gebeurtenis")),
                ("at", models.DateTimeField(verbose_name="wanneer")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="toelichting")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="orders.refund"
                    ),
                ),
            ],
            options={"ordering": ["pk"], "abstract": False},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
