import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("alerts", "0001_all_tables"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="told_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="told by"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recorded_by", None), ("told_by", "")),
                    models.Q(
                        ("by__isnull", False),
                        ("recorded_by__isnull", False),
                        models.Q(("told_by", ""), _negated=True),
                        models.Q(("recorded_by", models.F("by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="visit_recorded_for_another",
            ),
        ),
    ]
