from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("production", "0007_piece_work"),
    ]

    operations = [
        migrations.AddField(
            model_name="parcel",
            name="at_point_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ligt klaar sinds"),
        ),
    ]
