from django.db import migrations


class Migration(migrations.Migration):
    """Deliveries are inserted by the hundred thousand and each row is updated two or three times soon after.

    Room on every page keeps the new versions beside the old; the eager autovacuum clears the dead ones before the
    table has doubled.
    """

    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE messaging_delivery SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE messaging_delivery RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        ),
    ]
