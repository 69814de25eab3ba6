from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0012_gift_message"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="pickup_name",
            field=models.CharField(blank=True, default="", max_length=255, verbose_name="afhaalpunt"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="order",
            name="pickup_hours",
            field=models.CharField(blank=True, default="", max_length=255),
            preserve_default=False,
        ),
    ]
