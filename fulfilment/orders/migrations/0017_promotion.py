from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_names_in_the_customers_language")]

    operations = [
        migrations.AddField(
            model_name="line",
            name="promotion_gross_minor",
            field=models.BigIntegerField(default=0),
        ),
    ]
