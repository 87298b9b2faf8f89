from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_reply_targets_become_a_policy")]

    operations = [
        migrations.RemoveField("businesscalendar", "first_reply_minutes"),
        migrations.RemoveField("businesscalendar", "next_reply_minutes"),
    ]
