from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0006_targets_escalate"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="daynumber",
            index=models.Index(fields=["dimension", "day"], name="day_number_of_dimension"),
        ),
        migrations.RemoveIndex(
            model_name="daynumber",
            name="day_number_of_day",
        ),
    ]
