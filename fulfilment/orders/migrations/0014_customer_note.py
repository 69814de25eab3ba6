from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0013_pickup"),
    ]

    operations = [
        migrations.AddField(
            model_name="recipient",
            name="customer_note",
            field=models.TextField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
    ]
