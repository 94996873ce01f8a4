"""Responses and plans, orders and call-outs, dangers, help and closures, the timeline."""

from command.models.closure import Closure, ClosureAct
from command.models.danger import Danger, DangerAct
from command.models.help import HelpRequest
from command.models.order import CallOut, CallTarget, Order, OrderReceiver
from command.models.response import ContingencyPlan, PlanTask, Response, ResponseStep, TaskTemplate
from command.models.timeline import TimelineEntry

__all__ = [
    "CallOut",
    "CallTarget",
    "Closure",
    "ClosureAct",
    "ContingencyPlan",
    "Danger",
    "DangerAct",
    "HelpRequest",
    "Order",
    "OrderReceiver",
    "PlanTask",
    "Response",
    "ResponseStep",
    "TaskTemplate",
    "TimelineEntry",
]
