"""Questions about responses, orders, call-outs and the timeline."""

from command.queries.calls import CallLine, CallOutView, call_out, call_outs, open_call_outs
from command.queries.handover import open_items
from command.queries.orders import OrderLine, order, order_lines, orders, receivers_of
from command.queries.people import Callee, callees, deputies, holders, receiver_choices
from command.queries.plans import levels_of, newest_plan, plan_in_force, plans, plans_with_tasks
from command.queries.responses import (
    Preview,
    TaskLine,
    current_response,
    given_tasks,
    level_in_force,
    open_response,
    preview,
    response,
    responses,
    steps,
    task_figures,
    task_lines,
)
from command.queries.timeline import timeline, timeline_sheet

__all__ = [
    "CallLine",
    "CallOutView",
    "Callee",
    "OrderLine",
    "Preview",
    "TaskLine",
    "call_out",
    "call_outs",
    "callees",
    "current_response",
    "deputies",
    "given_tasks",
    "holders",
    "level_in_force",
    "levels_of",
    "newest_plan",
    "open_call_outs",
    "open_items",
    "open_response",
    "order",
    "order_lines",
    "orders",
    "plan_in_force",
    "plans",
    "plans_with_tasks",
    "preview",
    "receiver_choices",
    "receivers_of",
    "response",
    "responses",
    "steps",
    "task_figures",
    "task_lines",
    "timeline",
    "timeline_sheet",
]
