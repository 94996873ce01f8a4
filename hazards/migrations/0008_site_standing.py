import django.db.models.deletion
from django.db import migrations, models

VIEW = """
CREATE VIEW hazards_sitestanding AS
SELECT site.id AS site_id, newest.occurred_at AS inspected_at, wrong.failed_items,
       CASE WHEN wrong.failed_items > 0 THEN 'defective'
            WHEN site.geometry IS NULL THEN 'unplaced'
            WHEN wrong.failed_items IS NULL THEN 'uninspected'
            ELSE 'fine' END::varchar(12) AS state
  FROM hazards_hazardsite site
  LEFT JOIN LATERAL (
    SELECT visit.id, visit.occurred_at, visit.failed_items
      FROM hazards_inspection visit
     WHERE visit.site_id = site.id AND visit.sent_back_reason = '' AND visit.exercise IS NULL
     ORDER BY visit.occurred_at DESC, visit.id DESC
     LIMIT 1
  ) newest ON true
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS number
      FROM hazards_finding finding
     WHERE finding.site_id = site.id AND finding.exercise IS NULL
       AND finding.state IN ('found', 'assigned', 'controlled', 'fixing', 'returned', 'deferred', 'submitted')
  ) unsettled
  CROSS JOIN LATERAL (
    SELECT CASE WHEN unsettled.number > 0 THEN unsettled.number
                WHEN newest.failed_items > 0
                 AND EXISTS (SELECT FROM hazards_sighting seen WHERE seen.inspection_id = newest.id) THEN 0
                ELSE newest.failed_items END AS failed_items
  ) wrong
"""


class Migration(migrations.Migration):
    """How a site stands is said in one place, which every list, count and map joins."""

    dependencies = [("hazards", "0007_routine_terms")]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW hazards_sitestanding"),
        migrations.CreateModel(
            name="SiteStanding",
            fields=[
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="hazards.hazardsite",
                    ),
                ),
                ("inspected_at", models.DateTimeField(null=True)),
                ("failed_items", models.IntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unplaced", "Position missing"),
                            ("uninspected", "Not inspected"),
                            ("fine", "Passed inspection"),
                            ("defective", "Has findings"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={"db_table": "hazards_sitestanding", "managed": False},
        ),
    ]
