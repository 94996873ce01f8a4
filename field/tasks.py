"""What the field does by the clock."""

from celery import shared_task
from django.conf import settings

from core import clock
from field.actions import write_pack
from territory.rules import scope_of


@shared_task(name="field.tasks.write_field_pack", time_limit=60)
def write_field_pack() -> None:
    """A fresh emergency pack on the local disk."""
    write_pack(root=settings.FIELD_PACK_ROOT, scope=scope_of(settings.DISTRICT_CODE), now=clock.now())
