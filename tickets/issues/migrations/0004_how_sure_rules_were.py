from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0003_note_names_given_so_far")]

    operations = [
        migrations.AddField(
            model_name="linkdecision",
            name="tier",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
    ]
