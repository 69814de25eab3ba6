from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0014_customer_note"),
    ]

    operations = [
        migrations.AddField(
            model_name="recipient",
            name="area",
            field=models.CharField(blank=True, default="", max_length=128),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_name",
            field=models.CharField(blank=True, default="", max_length=513),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_company",
            field=models.CharField(blank=True, default="", max_length=256),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_street",
            field=models.CharField(blank=True, default="", max_length=256),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_street_extra",
            field=models.CharField(blank=True, default="", max_length=256),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_postal_code",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_city",
            field=models.CharField(blank=True, default="", max_length=256),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_area",
            field=models.CharField(blank=True, default="", max_length=128),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="recipient",
            name="buyer_country",
            field=models.CharField(blank=True, default="", max_length=2),
            preserve_default=False,
        ),
    ]
