"""When the bells ring by themselves, and which lane a task runs in.

Beat only wakes: each task claims due rows, so a lost, doubled or late ring costs delay and nothing else.
An entry expires after one tick, or a stalled worker would come back to a pile of stale rings.
"""

from typing import Any

from celery.schedules import crontab

TICK = 5.0  # seconds


def _every(task: str, seconds: float) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "alarm lane": _every("messaging.tasks.send_alarm", TICK),
    "bulk lane": _every("messaging.tasks.send_bulk", TICK),
    "next addresses": _every("messaging.tasks.fall_back", 10.0),
    "receipts": _every("messaging.tasks.take_in_receipts", TICK),
    "ladders": _every("assignments.tasks.escalate", TICK),
    "duties of shifts": _every("dutyroster.tasks.open_shifts", 10.0),
    "absent from post": _every("dutyroster.tasks.watch_shifts", 10.0),
    "roll calls": _every("dutyroster.tasks.call_roll", TICK),
    "next telephones of households": _every("alerts.tasks.send_waves", 10.0),
    "key units and chains of telephones": _every("alerts.tasks.follow_notices", 10.0),
    "counts that somebody looks at": _every("alerts.tasks.take_counts", TICK),
    "unreached households": _every("alerts.tasks.close_waiting", 10.0),
    "notices that ran out": _every("alerts.tasks.remind_all_clear", 20.0),
    "feeds of warnings": _every("alerts.tasks.poll_feeds", 15.0),
    "re-inspection sweep": _every("hazards.tasks.sweep_reinspection", 60.0),
    "patrols": _every("hazards.tasks.watch_patrols", 30.0),
    # By day; what a pass does not manage, the next does, and a day that was slept through is reckoned by the next one.
    "dates of routine inspections": {
        "task": "hazards.tasks.write_routine_dates",
        "schedule": crontab(hour="7-20", minute="2-59/10"),
    },
    "rounds of the season": {
        "task": "hazards.tasks.open_season_rounds",
        "schedule": crontab(hour="7-20", minute="4-59/10"),
    },
    "injects of drills": _every("drills.tasks.fire_due", TICK),
    "photographs": _every("core.tasks.reencode_media", 15.0),
    # Once a day from eight; rung often, so that a worker that starts late still tells.
    "people out of reach": {"task": "assignments.tasks.report_unreachable", "schedule": crontab(minute="*/10")},
    # Once a day from nine; what a pass does not manage, the next does.
    "self-tests of accounts": {"task": "messaging.tasks.self_test_daily", "schedule": crontab(minute="*/10")},
    "notices to keepers": {"task": "supplies.tasks.tell_keepers", "schedule": crontab(minute="*/10")},
    "ledger": {"task": "supplies.tasks.check_ledger", "schedule": crontab(hour=3, minute=30)},
    # Retention, in the hours in which nobody reads reports; a pass is short and the next goes on.
    "old messages": {"task": "messaging.tasks.purge_old", "schedule": crontab(hour="2-4", minute="*/10")},
    "ended codes": {"task": "accounts.tasks.forget_codes", "schedule": crontab(hour=2, minute=5)},
    "ended subscriptions": {
        "task": "alerts.tasks.forget_subscriptions",
        "schedule": crontab(hour="2-4", minute="3-59/10"),
    },
    "people behind closed requests": {
        "task": "hazards.tasks.forget_requesters",
        "schedule": crontab(hour=2, minute=15),
    },
    "ended task links": {"task": "assignments.tasks.forget_links", "schedule": crontab(hour="2-4", minute="5-59/10")},
    # Before every night, so that the paper on the desk is of today when the network is gone.
    "offline pack": {"task": "field.tasks.write_field_pack", "schedule": crontab(hour=18, minute=0)},
}

LANES = {
    "messaging.tasks.send_alarm": "alarm",
    "messaging.tasks.send_bulk": "bulk",
    "messaging.tasks.take_in_receipts": "receipts",
    # What keeps a processor busy for minutes while nobody waits for it; its worker gives way to all others.
    "core.tasks.reencode_media": "slow",
    "field.tasks.write_field_pack": "slow",
    "messaging.tasks.purge_old": "slow",
    "supplies.tasks.check_ledger": "slow",
}


def route(name: str, *args: Any, **kwargs: Any) -> dict[str, str]:
    """The queue of a task, by its name: its lane, else `default`."""
    return {"queue": LANES.get(name, "default")}
