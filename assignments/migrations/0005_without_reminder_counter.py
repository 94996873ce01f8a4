from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0004_ladders_of_open_duties")]

    operations = [
        migrations.RemoveIndex(
            model_name='assignment',
            name='assignment_reminds',
        ),
        migrations.RemoveField(
            model_name='assignment',
            name='remind_at',
        ),
        migrations.RemoveField(
            model_name='assignment',
            name='reminders',
        ),
    ]
