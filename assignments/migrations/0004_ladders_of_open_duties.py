"""Open duties get the ladder that their reminders had climbed so far."""

from datetime import timedelta
from typing import Any

from django.db import migrations

# What each kind said before ladders: minutes between reminders, and how many before the sub-district was told.
KINDS = {
    "take_post": (5, 2),
    "stand_in": (5, 2),
    "roll_call": (60, 2),
    "empty_post": (10, 2),
    "issue_papers": (120, 2),
    "take_delivery": (15, 2),
    "stocktake": (1440, 2),
    "reinspection": (720, 2),
    "door_knock": (15, 2),
    "plan_task": (10, 1),
    "order": (5, 1),
    "call_out": (2, 1),
    "danger": (10, 2),
    "danger_receipt": (5, 1),
    "help": (5, 2),
    "closure": (10, 2),
    "drill_duty": (15, 2),
    "improvement": (1440, 2),
}
OPEN = ("assigned", "acknowledged", "doing", "returned")


def _policy(every: int, before: int) -> dict[str, Any]:
    own = [{"who": "assignee", "way": "sms", "wait": every}] * before
    above = [{"who": who, "way": "sms", "wait": every} for who in ("superior", "room")]
    return {
        "steps": own + above,
        "loops": 1,
        "everyone_must_answer": False,
        "until": "reported",
        "begins_after": None,
    }


def give(apps: Any, schema_editor: Any) -> None:
    Assignment = apps.get_model("assignments", "Assignment")
    Run = apps.get_model("assignments", "EscalationRun")
    runs = []
    for duty in Assignment.objects.filter(state__in=OPEN, remind_at__isnull=False).iterator():
        every, before = KINDS.get(duty.kind, (60, 2))
        last = before + 2
        step = min(duty.reminders + 1, last)
        runs.append(
            Run(
                assignment=duty,
                policy=_policy(every, before),
                step_no=step,
                loop=max(0, duty.reminders + 1 - last),
                next_due_at=duty.remind_at,
                fired=duty.reminders,
                started_at=duty.acknowledged_at or duty.issued_at,
            )
        )
    Run.objects.bulk_create(runs, batch_size=1000)


def take_back(apps: Any, schema_editor: Any) -> None:
    Assignment = apps.get_model("assignments", "Assignment")
    Run = apps.get_model("assignments", "EscalationRun")
    for run in Run.objects.filter(stopped_at__isnull=True).iterator():
        Assignment.objects.filter(pk=run.assignment_id).update(
            remind_at=run.next_due_at, reminders=min(run.fired, 32000)
        )
    # A ladder that a leader stopped has no place in the old columns: those duties are reminded when they are due.
    silent = Assignment.objects.filter(state__in=OPEN, remind_at__isnull=True)
    for duty in silent.iterator():
        Assignment.objects.filter(pk=duty.pk).update(remind_at=duty.due_at + timedelta(minutes=60))
    apps.get_model("assignments", "EscalationSent").objects.all().delete()
    Run.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("assignments", "0003_ladders")]

    operations = [migrations.RunPython(give, take_back)]
