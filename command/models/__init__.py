"""Responses and plans, orders and call-outs, dangers, help and closures, shelters, the timeline."""

from command.models.closing import ClosingLimit, ClosingPartner, ClosureTick
from command.models.closure import Closure, ClosureAct
from command.models.danger import Danger, DangerAct
from command.models.help import HelpRequest
from command.models.order import CallOut, CallTarget, CallTerm, Order, OrderReceiver
from command.models.response import ContingencyPlan, PlanTask, Response, ResponseStep, TaskTemplate
from command.models.rounds import PlanRound, RoundTemplate
from command.models.shelter import Shelter, WayRound
from command.models.timeline import TimelineEntry
from command.models.underground import UndergroundBack, UndergroundCall, UndergroundSpace, UndergroundTick

__all__ = [
    "CallOut",
    "CallTarget",
    "CallTerm",
    "ClosingLimit",
    "ClosingPartner",
    "Closure",
    "ClosureAct",
    "ClosureTick",
    "ContingencyPlan",
    "Danger",
    "DangerAct",
    "HelpRequest",
    "Order",
    "OrderReceiver",
    "PlanRound",
    "PlanTask",
    "Response",
    "ResponseStep",
    "RoundTemplate",
    "Shelter",
    "TaskTemplate",
    "TimelineEntry",
    "UndergroundBack",
    "UndergroundCall",
    "UndergroundSpace",
    "UndergroundTick",
    "WayRound",
]
