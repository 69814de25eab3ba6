from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0015_buyer"),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="translated_product_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=386),
        ),
        migrations.AddField(
            model_name="line",
            name="translated_variant_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=255),
        ),
    ]
