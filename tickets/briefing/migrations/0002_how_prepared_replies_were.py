from django.db import migrations, models

# What copies kept so far said in their headline; whether anybody had seen them nobody noted.
ATTEMPTS = """
UPDATE briefing_frozenbriefing f SET attempt = least(said.n, 32767)
FROM (
    SELECT message_id, max((item->'params'->>'n')::int) AS n
    FROM briefing_frozenbriefing, jsonb_array_elements(items) item
    WHERE item->>'text_key' = 'attempts'
    GROUP BY message_id
) said
WHERE said.message_id = f.message_id
"""


class Migration(migrations.Migration):
    dependencies = [("briefing", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="frozenbriefing",
            name="attempt",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="frozenbriefing",
            name="was_seen",
            field=models.BooleanField(null=True),
        ),
        migrations.RunSQL(ATTEMPTS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="RuleUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                ("day", models.DateField()),
                ("shown", models.PositiveIntegerField(default=0)),
                ("opened", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "day"), name="rule_use_once")
                ],
            },
        ),
    ]
