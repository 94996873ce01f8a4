"""What is done with sites, checklists, inspections and rounds."""

from hazards.actions.checklists import load_checklists, publish_checklist
from hazards.actions.finding_news import follow_duty, take_findings
from hazards.actions.findings import (
    assign_finding,
    close_finding,
    control_finding,
    defer_finding,
    grade_finding,
    list_finding,
    report_finding,
    return_finding,
    submit_finding,
    unlist_finding,
    withdraw_finding,
)
from hazards.actions.households import check_household, decide_proposal
from hazards.actions.inspections import (
    attach_photo,
    photo_arrived,
    record_inspection,
    record_once,
    send_back_inspection,
    verify_inspection,
)
from hazards.actions.papers import change_template
from hazards.actions.register import change_site, name_responsible, register_site, replace_responsible, retire_site
from hazards.actions.requests import (
    close_request,
    follow_request,
    give_request,
    speak_about_request,
    take_request,
)
from hazards.actions.rounds import add_to_round, close_round, open_round
from hazards.actions.sweep import sweep

__all__ = [
    "add_to_round",
    "assign_finding",
    "attach_photo",
    "change_site",
    "change_template",
    "check_household",
    "close_finding",
    "close_request",
    "close_round",
    "control_finding",
    "decide_proposal",
    "defer_finding",
    "follow_duty",
    "follow_request",
    "give_request",
    "grade_finding",
    "list_finding",
    "load_checklists",
    "name_responsible",
    "open_round",
    "photo_arrived",
    "publish_checklist",
    "record_inspection",
    "record_once",
    "register_site",
    "replace_responsible",
    "report_finding",
    "retire_site",
    "return_finding",
    "send_back_inspection",
    "speak_about_request",
    "submit_finding",
    "sweep",
    "take_findings",
    "take_request",
    "unlist_finding",
    "verify_inspection",
    "withdraw_finding",
]
