"""An act is one transaction, and history knows who did what."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import InternalError

from accounts.models import RoleHeld, User
from core.audit import act
from core.rules import SYSTEM, Refused
from hazards.enums import SiteKind
from hazards.models import HazardSite, SweepRun
from tests.casts import GRID, NIGHT, Cast
from tests.factories import inspection_round, site


def history_of(place: HazardSite) -> list[tuple[str, str, str]]:
    """Name of the site, verb and actor, oldest first, as the database has written them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.name, c.metadata->>'verb', c.metadata->>'actor_name' FROM hazards_hazardsiteevent e "
            "LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id WHERE e.pgh_obj_id = %s ORDER BY e.pgh_id",
            [place.pk],
        )
        rows: list[tuple[str, str, str]] = cursor.fetchall()
    return rows


def test_every_change_is_written_beside_its_verb_and_its_actor(cast: Cast) -> None:
    with act("hazards.site.register", by=cast.duty_officer.actor):
        place = HazardSite.objects.create(code="S1", kind=SiteKind.UNDERPASS, name="旧名", area_code=GRID)
    with act("hazards.site.change", by=cast.subdistrict_officer.actor):
        place.name = "新名"
        place.save()
    assert history_of(place) == [
        ("旧名", "hazards.site.register", "值班员"),
        ("新名", "hazards.site.change", "东安路防汛专干"),
    ]


def test_a_change_by_set_is_written_too(cast: Cast) -> None:
    place = site()
    with act("hazards.site.change", by=cast.duty_officer.actor):
        HazardSite.objects.filter(pk=place.pk).update(name="新名")
    assert history_of(place)[-1] == ("新名", "hazards.site.change", "值班员")


def test_an_act_is_kept_whole_or_not_at_all(cast: Cast) -> None:
    def half() -> None:
        with act("hazards.site.register", by=SYSTEM):
            site(code="S-half")
            raise Refused("no", "No.")

    with pytest.raises(Refused):
        half()
    assert not HazardSite.objects.filter(code="S-half").exists()


def test_nobody_rewrites_a_ledger_the_owner_of_the_database_included(cast: Cast) -> None:
    opened = inspection_round(opened_by=cast.commander, sites=[site()], inspector=cast.grid_worker)
    SweepRun.objects.create(round=opened, at=NIGHT, required=1, inspected=0, done=0, late=1)
    with pytest.raises(InternalError, match="append_only"):
        SweepRun.objects.update(late=0)


def test_nobody_removes_history(cast: Cast) -> None:
    place = site()
    with pytest.raises(InternalError, match="append_only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM hazards_hazardsiteevent WHERE pgh_obj_id = %s", [place.pk])


def test_history_keeps_no_password_and_no_telephone() -> None:
    columns = {field.name for field in User.pgh_event_model._meta.fields}  # type: ignore[attr-defined]  # by pghistory
    assert not columns & {"password", "phone", "email", "name"}
    assert {"role", "area_code", "until"} <= {
        field.name
        for field in RoleHeld.pgh_event_model._meta.fields  # type: ignore[attr-defined]
    }


@pytest.mark.django_db
def test_every_ledger_is_append_only_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_append_only%'")
        guarded = {name.strip('"') for (name,) in cursor.fetchall()}
    events = {model._meta.db_table for model in apps.get_models() if model.__name__.endswith("Event")}
    ours = {
        model._meta.db_table for model in apps.get_models() if not model.__module__.startswith(("django", "pghistory"))
    }
    assert events & ours
    assert (events & ours) - guarded == set()
