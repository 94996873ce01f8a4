from django.db import migrations, models


class Migration(migrations.Migration):
    """Open rows are indexed by what a claim does not change; half of each page is left for the versions it makes."""

    dependencies = [("messaging", "0004_gateway_accounts")]

    operations = [
        migrations.RemoveIndex("delivery", "delivery_open"),
        migrations.AddField(
            "delivery",
            "is_open",
            models.GeneratedField(
                db_persist=True,
                editable=False,
                expression=models.ExpressionWrapper(
                    models.Q(("state__in", (10, 20, 30))), output_field=models.BooleanField()
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("is_open", True)),
                fields=["lane", "channel", "due_at", "id"],
                name="delivery_open",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE messaging_delivery SET (fillfactor = 50)",
            "ALTER TABLE messaging_delivery SET (fillfactor = 70)",
        ),
    ]
