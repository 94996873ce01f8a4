"""What every drill page asks first."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from drills import queries
from drills.models import DrillPlan, DrillRun
from territory.models import Area


def person(request: HttpRequest) -> User:
    """Who asks."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def found_plan(request: HttpRequest, pk: int, capability: str) -> DrillPlan:
    """The plan, where the person holds the capability; else not found."""
    return get_object_or_404(queries.plans(person(request).scope_for(capability)), pk=pk)


def found_run(request: HttpRequest, uuid: UUID, capability: str) -> DrillRun:
    """The run, where the person holds the capability; else not found."""
    return get_object_or_404(queries.run_in_scope(person(request).scope_for(capability), uuid))


def areas_of(user: User, capability: str = "drills.plan") -> list[Area]:
    """District and sub-districts where he holds the capability."""
    scope = user.scope_for(capability)
    found = Area.objects.filter(retired_at__isnull=True, level__in=("district", "subdistrict")).order_by("code")
    return [area for area in found if scope.covers(area.code)]


def band(run: DrillRun) -> dict[str, str]:
    """The hatched band on every page of a run."""
    return {"exercise": _("%(drill)s, run %(number)d") % {"drill": run.plan.title, "number": run.number}}
