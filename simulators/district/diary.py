"""A few lines of the duty log, as a quiet day leaves them; one still waits to be handed on."""

import uuid
from datetime import datetime, timedelta

from accounts.models import User
from dutyroster import actions
from dutyroster.enums import FollowUp, LogKind
from dutyroster.models import LogEntry

NAMESPACE = uuid.UUID("5f1c7a90-3b1e-4c57-9d0e-410403000013")
# Minutes ago, kind, text, what became of it: nothing to do (None), a word, or nothing yet (empty).
LINES: tuple[tuple[int, str, str, str | None], ...] = (
    (190, LogKind.WEATHER, "气象台会商：今夜有中到大雨，局地短时强降雨（示例）", None),
    (170, LogKind.INSTRUCTION, "带班领导：泵车加满油，夜间电话保持畅通（示例）", "已通知四座自储仓库"),
    (95, LogKind.PAPER, "市防指来文：17 时前报防汛值班情况（示例）", "16:40 已报"),
    (40, LogKind.NOTE, "东部应急仓库对讲机一部电量不足，待更换（示例）", ""),
)


def load(*, now: datetime) -> int:
    """Writes what is missing; how many lines it wrote."""
    by = User.objects.get(username="duty")
    written = 0
    for number, (ago, kind, text, became) in enumerate(LINES):
        key = uuid.uuid5(NAMESPACE, str(number))
        if LogEntry.objects.filter(uuid=key).exists():
            continue
        entry = actions.note(
            text=text,
            by=by,
            now=now,
            kind=kind,
            occurred_at=now - timedelta(minutes=ago),
            wants_follow_up=became is not None,
            client_uuid=key,
        )
        if became:
            actions.follow_up(entry=entry, kind=FollowUp.DONE, ref="", url="", note=became, by=by, now=now)
        written += 1
    return written
