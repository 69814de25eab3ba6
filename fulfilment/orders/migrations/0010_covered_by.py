from django.db import migrations, models


def named(apps, _editor):
    """Until now the note alone told which dispute it was, at its end."""
    steps = apps.get_model("orders", "RefundStep").objects
    for step in steps.filter(event="cover", note__contains="du_") | steps.filter(event="cover", note__contains="dp_"):
        step.dispute = step.note.rsplit(" ", 1)[-1]
        step.save(update_fields=["dispute"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_told")]

    operations = [
        migrations.AddField(
            model_name="refundstep",
            name="dispute",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.RunPython(named, migrations.RunPython.noop),
    ]
