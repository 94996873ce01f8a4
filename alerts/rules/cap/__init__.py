"""Official warnings as files: read strictly, checked rule by rule, matched with our areas, and written."""

from alerts.rules.cap.checks import RULES, checked
from alerts.rules.cap.geometry import circle_of, ring_of
from alerts.rules.cap.levels import event_name, kind_of, known_kind, level_of, named_colour, severity_of
from alerts.rules.cap.matching import REISSUED_WITHIN, base_of, concerned_code, fingerprint, is_ours, sender_place
from alerts.rules.cap.message import Area, Info, Message, Reference
from alerts.rules.cap.reading import CAP_NAMESPACE, MOST_BYTES, Finding, Node, Unreadable, read
from alerts.rules.cap.taking import Taken, take
from alerts.rules.cap.writing import Outgoing, OutgoingInfo, cap_time, message_xml, printable

__all__ = [
    "CAP_NAMESPACE",
    "MOST_BYTES",
    "REISSUED_WITHIN",
    "RULES",
    "Area",
    "Finding",
    "Info",
    "Message",
    "Node",
    "Outgoing",
    "OutgoingInfo",
    "Reference",
    "Taken",
    "Unreadable",
    "base_of",
    "cap_time",
    "checked",
    "circle_of",
    "concerned_code",
    "event_name",
    "fingerprint",
    "is_ours",
    "kind_of",
    "known_kind",
    "level_of",
    "message_xml",
    "named_colour",
    "printable",
    "read",
    "ring_of",
    "sender_place",
    "severity_of",
    "take",
]
