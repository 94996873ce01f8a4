"""The example time limits of findings and intervals of routine inspections, as rows that a district changes."""

from django.db import migrations

# Days to mend, hours to interim control, days within which it is the same finding.
FINDING_TERMS = (("general", 7, None, 30), ("considerable", 15, 48, 60), ("major", 30, 24, 90))

# Every how many days, and how many days ahead the duty is given: outside the season, in it, at levels IV to I.
ROUTINE_TERMS = {
    "river": ((30, 3), (7, 1), (3, 0), (2, 0), (1, 0), (1, 0)),
    "underpass": ((30, 3), (7, 1), (3, 0), (1, 0), (1, 0), (1, 0)),
    "ug_mall": ((60, 5), (15, 2), (7, 1), (3, 0), (1, 0), (1, 0)),
    "ug_parking": ((60, 5), (15, 2), (7, 1), (3, 0), (1, 0), (1, 0)),
    "geo_hazard": ((30, 3), (7, 1), (3, 0), (1, 0), (1, 0), (1, 0)),
    "waterlog_point": ((30, 3), (10, 1), (3, 0), (1, 0), (1, 0), (1, 0)),
}
CIRCUMSTANCES = ("dry", "flood", "level4", "level3", "level2", "level1")


def add(apps, schema_editor):
    table = apps.get_model("hazards", "FindingTerm")
    for grade, days, control_hours, reopen_days in FINDING_TERMS:
        table.objects.get_or_create(
            grade=grade, defaults={"days": days, "control_hours": control_hours, "reopen_days": reopen_days}
        )
    table = apps.get_model("hazards", "RoutineTerm")
    for kind, intervals in ROUTINE_TERMS.items():
        for circumstance, (days, ahead) in zip(CIRCUMSTANCES, intervals, strict=True):
            table.objects.get_or_create(kind=kind, circumstance=circumstance, defaults={"days": days, "ahead": ahead})


class Migration(migrations.Migration):
    replaces = [("hazards", "0003_finding_terms"), ("hazards", "0007_routine_terms")]
    dependencies = [("hazards", "0001_all_tables")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
