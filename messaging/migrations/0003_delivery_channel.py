from django.db import migrations, models


class Migration(migrations.Migration):
    """Each delivery knows its channel, so that the index of open rows serves a claim of one channel by itself."""

    dependencies = [("messaging", "0002_delivery_storage")]

    operations = [
        migrations.RemoveIndex("delivery", "delivery_open"),
        migrations.AddField(
            "delivery",
            "channel",
            models.CharField(choices=[("sms", "SMS"), ("email", "E-mail")], default="sms", max_length=10),
        ),
        migrations.RunSQL(
            "UPDATE messaging_delivery d SET channel = b.channel FROM messaging_broadcast b"
            " WHERE b.id = d.broadcast_id AND b.channel <> 'sms'",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                models.F("lane"),
                models.F("channel"),
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("state__in", (10, 20, 30))),
                name="delivery_open",
            ),
        ),
    ]
