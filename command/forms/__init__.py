"""What people fill in about responses, orders, call-outs and plans."""

from command.forms.orders import CallForm, OrderForm, ReasonForm
from command.forms.plans import PlanForm, RoundForm, TaskForm, VersionForm
from command.forms.responses import DecisionForm
from command.forms.timeline import NoteForm, TimelineFilter

__all__ = [
    "CallForm",
    "DecisionForm",
    "NoteForm",
    "OrderForm",
    "PlanForm",
    "ReasonForm",
    "RoundForm",
    "TaskForm",
    "TimelineFilter",
    "VersionForm",
]
