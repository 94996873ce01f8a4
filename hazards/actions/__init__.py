"""What is done with sites, checklists, inspections and rounds."""

from hazards.actions.checklists import load_checklists, publish_checklist
from hazards.actions.inspections import (
    attach_photo,
    photo_arrived,
    record_inspection,
    record_once,
    send_back_inspection,
    verify_inspection,
)
from hazards.actions.register import change_site, name_responsible, register_site, replace_responsible, retire_site
from hazards.actions.rounds import add_to_round, close_round, open_round
from hazards.actions.sweep import sweep

__all__ = [
    "add_to_round",
    "attach_photo",
    "change_site",
    "close_round",
    "load_checklists",
    "name_responsible",
    "open_round",
    "photo_arrived",
    "publish_checklist",
    "record_inspection",
    "record_once",
    "register_site",
    "replace_responsible",
    "retire_site",
    "send_back_inspection",
    "sweep",
    "verify_inspection",
]
