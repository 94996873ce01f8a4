from django.db import migrations, models

VIEW = """
CREATE OR REPLACE VIEW hazards_sitestanding AS
SELECT site.id AS site_id, newest.occurred_at AS inspected_at, wrong.failed_items,
       CASE WHEN wrong.failed_items > 0 THEN 'defective'
            WHEN site.geometry IS NULL THEN 'unplaced'
            WHEN wrong.failed_items IS NULL THEN 'uninspected'
            ELSE 'fine' END::varchar(12) AS state{own}
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
OWN = """,
       site.area_code, site.code, site.kind, site.name, site.address, site.geometry, site.retired_at"""


class Migration(migrations.Migration):
    """How a site stands and what a round has come to are read from indexes alone, however many sites there are."""

    dependencies = [("hazards", "0009_site_limits_and_station")]

    operations = [
        migrations.RunSQL(VIEW.format(own=OWN), "DROP VIEW hazards_sitestanding;" + VIEW.format(own="")),
        migrations.RemoveIndex(model_name="inspection", name="inspection_newest"),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(
                condition=models.Q(("exercise__isnull", True), ("sent_back_reason", "")),
                fields=["site", "-occurred_at", "-id"],
                include=("failed_items",),
                name="inspection_that_counts",
            ),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(
                condition=models.Q(
                    models.Q(("missing_photos", []), _negated=True),
                    models.Q(("sent_back_reason", ""), _negated=True),
                    ("verified_at__isnull", True),
                    _connector="OR",
                ),
                fields=["id"],
                name="inspection_not_done",
            ),
        ),
        migrations.AddIndex(
            model_name="roundmember",
            index=models.Index(
                fields=["round", "area_code"],
                include=("id", "site", "inspection", "is_addendum"),
                name="round_member_by_area",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ),
    ]
