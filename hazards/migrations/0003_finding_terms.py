"""The example time limits of the three grades, as rows that a district changes."""

from django.db import migrations

TERMS = (("general", 7, None, 30), ("considerable", 15, 48, 60), ("major", 30, 24, 90))


def add(apps, schema_editor):
    table = apps.get_model("hazards", "FindingTerm")
    for grade, days, control_hours, reopen_days in TERMS:
        table.objects.get_or_create(
            grade=grade, defaults={"days": days, "control_hours": control_hours, "reopen_days": reopen_days}
        )


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_findings")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
