from django.db import migrations, models


class Migration(migrations.Migration):
    """The open duties of an area are counted without a look at all that was ever given there."""

    dependencies = [("assignments", "0006_duties_opened_again")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(
                    ("exercise__isnull", True), ("state__in", ("assigned", "acknowledged", "doing", "returned"))
                ),
                fields=["area_code"],
                include=("state", "due_at", "acknowledge_by"),
                name="assignment_open",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]
