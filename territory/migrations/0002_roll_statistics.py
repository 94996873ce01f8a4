"""After a roll of 100,000 households the planner must know of them at once; only the tables' owner may ANALYZE."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION territory_roll_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    ANALYZE territory_household, territory_contactpoint, territory_householdcontact;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION territory_roll_statistics()")]
