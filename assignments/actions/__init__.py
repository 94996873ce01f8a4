"""What is done with duties."""

from assignments.actions.answer import answer, answer_many, send_support
from assignments.actions.answers import claim_reply, drop_reply, keep_refused, take_replies
from assignments.actions.appraisal import (
    adjust_score,
    appeal_score,
    confirm_appraisal,
    draw_up_appraisal,
    refuse_appeal,
    set_points,
    uphold_appeal,
)
from assignments.actions.assign import Duty, assign, assign_many
from assignments.actions.escalate import escalate_due
from assignments.actions.extend import extend
from assignments.actions.hand_over import hand_over, hand_over_all, note_earlier
from assignments.actions.paste import Pasted, read_chat, store_chat
from assignments.actions.reach import report_unreachable
from assignments.actions.remind import remind, silence
from assignments.actions.retention import forget_links, forget_replies
from assignments.actions.work import (
    OWN_VERBS,
    acknowledge,
    answer_by_link,
    cancel,
    cancel_many,
    decline,
    fulfil,
    keep_to_its_page,
    reopen,
    report,
    send_back,
    start,
    verify,
)
from assignments.actions.worklog import add_remark

__all__ = [
    "OWN_VERBS",
    "Duty",
    "Pasted",
    "acknowledge",
    "add_remark",
    "adjust_score",
    "answer",
    "answer_by_link",
    "answer_many",
    "appeal_score",
    "assign",
    "assign_many",
    "cancel",
    "cancel_many",
    "claim_reply",
    "confirm_appraisal",
    "decline",
    "draw_up_appraisal",
    "drop_reply",
    "escalate_due",
    "extend",
    "forget_links",
    "forget_replies",
    "fulfil",
    "hand_over",
    "hand_over_all",
    "keep_refused",
    "keep_to_its_page",
    "note_earlier",
    "read_chat",
    "refuse_appeal",
    "remind",
    "reopen",
    "report",
    "report_unreachable",
    "send_back",
    "send_support",
    "set_points",
    "silence",
    "start",
    "store_chat",
    "take_replies",
    "uphold_appeal",
    "verify",
]
