import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_answers_chains_units_and_sums")]

    operations = [
        migrations.AddField(
            model_name="noticecount",
            name="strangers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        # Marked before anybody noted subscribers: the next tick marks them again, and older ones are counted one by one.
        migrations.RunSQL(
            "UPDATE alerts_noticecount SET marked_at = NULL WHERE frozen_at IS NULL", migrations.RunSQL.noop
        ),
    ]
