"""Findings of the demo in different states, mended and checked through the same actions as people use."""

from datetime import datetime, timedelta

from accounts.models import User
from core.actions import store_photo
from hazards import actions as hazards
from hazards.enums import FindingState, Grade
from hazards.models import Finding
from simulators.district.inspecting import picture


def mend(*, now: datetime, by: User) -> int:
    """Works on what the visits found, each in its turn's own way, all but the last; returns how many there were."""
    rows = list(
        Finding.objects.filter(state=FindingState.FOUND, exercise__isnull=True)
        .select_related("site", "found_by")
        .order_by("pk")
    )
    for number, row in enumerate(rows[: len(rows) - 1]):
        _work(row, number % 6, by, now=now)
    return len(rows)


def _work(row: Finding, turn: int, by: User, *, now: datetime) -> None:
    at = min(row.found_at + timedelta(minutes=40), now)
    grade = (Grade.GENERAL, Grade.GENERAL, Grade.CONSIDERABLE, Grade.MAJOR, Grade.GENERAL, Grade.MAJOR)[turn]
    fixer = row.found_by
    row = hazards.assign_finding(
        finding=row, by=by, fixer=fixer, grade=grade, due_at=now + timedelta(days=3 + turn), now=at
    )
    if turn in (2, 3):
        row = hazards.control_finding(finding=row, measure="示例：设警戒线，安排专人看守", by=fixer, now=at)
    if turn in (0, 1, 4):
        after = store_photo(data=picture(f"{row.site.code}-after"), by_id=fixer.pk)
        row = hazards.submit_finding(finding=row, words="示例：已清掏疏通", photos=[after], by=fixer, now=at)
    if turn == 0:
        hazards.close_finding(finding=row, by=by, note="示例：现场复核合格", now=at)
    elif turn == 2:
        hazards.defer_finding(
            finding=row,
            reason="示例：等待设备到货",
            measure="示例：专人看守，雨前封闭",
            new_due=now + timedelta(days=20),
            by=by,
            now=at,
        )
    elif turn == 3:
        hazards.list_finding(finding=row, supervisor="示例：分管副区长", by=by, now=at)
    elif turn == 4:
        hazards.return_finding(finding=row, by=by, note="示例：照片看不清，请重拍", now=at)
