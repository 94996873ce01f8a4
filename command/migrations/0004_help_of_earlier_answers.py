"""Households that asked for help before there was a list of calls: their cries come onto it."""

import uuid

from django.db import migrations


def take_in(apps, schema_editor):
    """One open call for each household whose cry is open."""
    household = apps.get_model("alerts", "AudienceHousehold")
    request = apps.get_model("command", "HelpRequest")
    crying = household.objects.filter(answer="need_help", help_closed_at=None, help_requests=None)
    request.objects.bulk_create(
        request(
            uuid=uuid.uuid4(),
            area_code=row.area_code,
            who=row.household.head_name[:60],
            phone=(row.contact_point.address if row.contact_point else "")[:30],
            persons=row.household.persons,
            place=(row.household.address or row.household.building)[:160],
            source="answer",
            audience=row,
            received_at=row.answered_at or row.notice.issued_at,
            recorded_at=row.answered_at or row.notice.issued_at,
            exercise=row.notice.exercise,
        )
        for row in crying.select_related("household", "contact_point", "notice").order_by("pk").iterator(chunk_size=500)
    )


class Migration(migrations.Migration):
    dependencies = [("command", "0003_help_from_the_log"), ("alerts", "0001_initial")]

    operations = [migrations.RunPython(take_in, migrations.RunPython.noop)]
