import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("alerts", "0011_history_of_chains")]

    operations = [
        migrations.CreateModel(
            name="TakenCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("at", models.DateTimeField(null=True)),
                ("areas", models.JSONField(default=dict)),
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="taken_count", to="alerts.notice"
                    ),
                ),
            ],
            options={"verbose_name": "taken count of a notice", "verbose_name_plural": "taken counts of notices"},
        ),
        migrations.AddIndex(
            model_name="audiencehousehold",
            index=models.Index(
                condition=models.Q(("answer", "need_help"), ("help_closed_at", None)),
                fields=["notice"],
                name="audience_crying",
            ),
        ),
    ]
