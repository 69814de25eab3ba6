from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0011_alter_recipient_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="recipient",
            name="gift_message",
            field=models.TextField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
    ]
