import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0016_calendars_without_targets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "businesscalendar", "is_main", models.BooleanField(default=True)
        ),
        migrations.AddField(
            "businesscalendar",
            "made_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField("businesscalendar", "valid_from", models.DateTimeField()),
        migrations.AddConstraint(
            "businesscalendar",
            models.UniqueConstraint(
                condition=models.Q(("is_main", True)),
                fields=("valid_from",),
                name="calendar_main_from_once",
            ),
        ),
        migrations.AddConstraint(
            "businesscalendar",
            models.UniqueConstraint(fields=("name", "valid_from"), name="calendar_from_once"),
        ),
    ]
