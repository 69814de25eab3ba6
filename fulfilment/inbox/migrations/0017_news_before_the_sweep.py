from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0016_no_warehouse"),
    ]

    operations = [
        migrations.AddField(
            model_name="mark",
            name="news",
            field=models.BigIntegerField(default=1),
        ),
    ]
