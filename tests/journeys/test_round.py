"""A round of re-inspection, from the opening to the sweep."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assignments.enums import State
from core import clock
from hazards import actions, queries
from hazards.models import HazardSite, Inspection, InspectionRound
from tests import factories
from tests.casts import DISTRICT, GRID, OTHER_GRID, Cast
from tests.journeys.pages import form_with
from tests.journeys.processes import Stack, Visitor, until

pytestmark = pytest.mark.journey


def inspected(worker: Visitor, place: HazardSite) -> Inspection:
    """The grid worker on the spot: one item failed and photographed, the others passed."""
    address = f"/hazards/sites/{place.code}/inspect/"
    form = form_with(worker.get(address), "client_uuid").fields
    results = sorted(name for name in form if name.startswith("result_"))
    assert len(results) == len(factories.ITEMS)
    first = results[0].removeprefix("result_")
    answers = dict.fromkeys(results, "pass") | {results[0]: "fail"}
    photo = {f"photo_{first}": ("drain.jpg", factories.photograph("drain"), "image/jpeg")}
    empty = {name for name in form if name.startswith("photo")}
    kept = {name: value for name, value in form.items() if name not in empty}
    worker.upload(address, kept | answers | {f"note_{first}": "排水口被淤泥堵住"} | photo)
    return Inspection.objects.get(site=place)


def test_a_round_counts_what_another_person_has_verified(stack: Stack, cast: Cast) -> None:
    here, there = factories.site(area_code=GRID), factories.site(area_code=OTHER_GRID)
    commander = stack.visitor(cast.commander)
    due = timezone.localtime(clock.now() + timedelta(hours=6))
    commander.post(
        "/hazards/rounds/new/",
        form_with(commander.get("/hazards/rounds/new/"), "area_code").fields
        | {"title": "暴雨前再排查", "area_code": DISTRICT, "due_at": due.strftime("%Y-%m-%dT%H:%M")},
    )
    opened = InspectionRound.objects.get()
    assert set(opened.members.values_list("site", flat=True)) == {here.pk, there.pk}
    until(lambda: stack.messages(str(cast.grid_worker.phone)), of="the grid worker's SMS")

    worker = stack.visitor(cast.grid_worker)
    visit = inspected(worker, here)
    assert visit.failed_items == 1
    assert visit.photos.count() == 1
    assert visit.missing_photos == []
    verify = f"/hazards/inspections/{visit.client_uuid}/verify/"
    worker.post(verify, expect=403)
    stack.visitor(cast.subdistrict_officer).post(verify)
    visit.refresh_from_db()
    assert visit.verified_by == cast.subdistrict_officer
    assert opened.members.get(site=here).assignment.state == State.VERIFIED  # type: ignore[union-attr]  # has one

    whole = queries.round_coverage(opened, cast.commander.scope, now=clock.now()).whole
    assert (whole.required, whole.inspected, whole.done, whole.late) == (2, 1, 1, 0)
    (swept,) = actions.sweep(now=clock.now() + timedelta(hours=7))
    counted = swept.counted
    assert (counted.required, counted.inspected, counted.done, counted.late) == (2, 1, 1, 1)
    assert swept.late_sites == [there.code]
