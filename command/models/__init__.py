"""Responses and plans, orders and call-outs, the timeline."""

from command.models.order import CallOut, CallTarget, Order, OrderReceiver
from command.models.response import ContingencyPlan, PlanTask, Response, ResponseStep, TaskTemplate
from command.models.timeline import TimelineEntry

__all__ = [
    "CallOut",
    "CallTarget",
    "ContingencyPlan",
    "Order",
    "OrderReceiver",
    "PlanTask",
    "Response",
    "ResponseStep",
    "TaskTemplate",
    "TimelineEntry",
]
