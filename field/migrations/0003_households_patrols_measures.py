"""Phones send household checks, check-ins on patrol and interim measures as well."""

from django.db import migrations, models

KINDS = [
    ("inspection", "Inspection"),
    ("door_visit", "Door visit"),
    ("duty_answer", "Answer to a duty"),
    ("danger", "Report of a danger"),
    ("closure", "Closing or re-opening"),
    ("fix", "Rectification report"),
    ("household", "Household check"),
    ("patrol_point", "Check-in on patrol"),
    ("control", "Interim measure"),
]


class Migration(migrations.Migration):
    dependencies = [("field", "0002_reports_files_and_refusals")]
    operations = [
        migrations.AlterField(
            model_name="sealedrecord",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12, verbose_name="kind"),
        ),
    ]
