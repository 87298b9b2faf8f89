import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0013_topics_lately"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SlaPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("conditions", models.JSONField(blank=True, default=dict)),
                ("first_reply_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("first_reply_measure", models.CharField(choices=[("business", "working time"), ("calendar", "calendar time")], default="business", max_length=8)),
                ("next_reply_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("next_reply_measure", models.CharField(choices=[("business", "working time"), ("calendar", "calendar time")], default="business", max_length=8)),
                ("solving_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("solving_measure", models.CharField(choices=[("business", "working time"), ("calendar", "calendar time")], default="business", max_length=8)),
                ("calendar_name", models.CharField(blank=True, max_length=80)),
                ("pauses", models.JSONField(blank=True, default=list)),
                ("made_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "SLA policy",
                "verbose_name_plural": "SLA policies",
                "constraints": [
                    models.UniqueConstraint(fields=("name", "version"), name="policy_version_once"),
                    models.UniqueConstraint(condition=models.Q(("ends_at", None)), fields=("name",), name="policy_one_in_force"),
                ],
            },
        ),
    ]
