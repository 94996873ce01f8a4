from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0009_who_took_it_in_does_not_press")]

    operations = [
        migrations.AddField(
            model_name="doorknock",
            name="again",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RemoveConstraint(model_name="doorknock", name="door_knock_once_per_grid"),
        migrations.AddConstraint(
            model_name="doorknock",
            constraint=models.UniqueConstraint(
                fields=("notice", "area_code", "again"), name="door_knock_once_per_grid"
            ),
        ),
    ]
