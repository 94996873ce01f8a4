"""The example intervals of routine inspections, as rows that a district changes."""

from django.db import migrations

# Every how many days, and how many days ahead the duty is given: outside the season, in it, at levels IV to I.
TERMS = {
    "river": ((30, 3), (7, 1), (3, 0), (2, 0), (1, 0), (1, 0)),
    "underpass": ((30, 3), (7, 1), (3, 0), (1, 0), (1, 0), (1, 0)),
    "ug_mall": ((60, 5), (15, 2), (7, 1), (3, 0), (1, 0), (1, 0)),
    "ug_parking": ((60, 5), (15, 2), (7, 1), (3, 0), (1, 0), (1, 0)),
    "geo_hazard": ((30, 3), (7, 1), (3, 0), (1, 0), (1, 0), (1, 0)),
    "waterlog_point": ((30, 3), (10, 1), (3, 0), (1, 0), (1, 0), (1, 0)),
}
CIRCUMSTANCES = ("dry", "flood", "level4", "level3", "level2", "level1")


def add(apps, schema_editor):
    table = apps.get_model("hazards", "RoutineTerm")
    for kind, intervals in TERMS.items():
        for circumstance, (days, ahead) in zip(CIRCUMSTANCES, intervals, strict=True):
            table.objects.get_or_create(kind=kind, circumstance=circumstance, defaults={"days": days, "ahead": ahead})


class Migration(migrations.Migration):
    dependencies = [("hazards", "0006_routines_rounds_and_patrols")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
