"""Dangerous places made by sets, all in one round of which nine in ten are verified and one in a hundred is late."""

from datetime import timedelta
from typing import Any

from measure.district import DISTRICT, GRIDS
from measure.world import execute

KINDS = ["river", "underpass", "ug_mall", "ug_parking", "geo_hazard", "waterlog_point"]

SITES = """
INSERT INTO hazards_hazardsite
       (code, area_code, kind, name, address, geometry, note, is_sample, retired_reason, source_datum, control_standard,
        station_code, created_at, updated_at)
SELECT 'M-' || lpad(n::text, 7, '0'),
       '410403' || lpad((n %% %(grids)s %% 12 + 1)::text, 3, '0')
                || '001' || lpad((n %% %(grids)s / 12 + 1)::text, 3, '0'),
       (%(kinds)s::text[])[n %% 6 + 1], '示例点位' || n, '示例路' || n %% 400 || '号',
       ST_SetSRID(ST_MakePoint(113.28 + (n * 37 %% 1830) / 10000.0, 33.715 + (n * 91 %% 1140) / 10000.0), 4326),
       '', true, '', 'wgs84', '', '', now(), now()
  FROM generate_series(1, %(sites)s) n
"""

DUTIES = """
INSERT INTO assignments_assignment
       (area_code, uuid, key, kind, title, body, assignee_name, assignee_id, state, issued_at, due_at, reported_at,
        verified_at, needs_verification, answer_key, answered_by, link_nonce, created_at, updated_at)
SELECT s.area_code, gen_random_uuid(), 'measure:' || s.id, 'reinspection', '再排查', '', 'writer', %(person)s,
       CASE WHEN s.id %% 10 = 0 THEN 'assigned' ELSE 'verified' END, now() - interval '3 day',
       now() + interval '2 day', CASE WHEN s.id %% 10 > 0 THEN now() END, CASE WHEN s.id %% 10 > 0 THEN now() END,
       true, '', '', '', now(), now()
  FROM hazards_hazardsite s
"""

INSPECTIONS = """
INSERT INTO hazards_inspection
       (area_code, client_uuid, body_sha256, on_behalf_of, occurred_at, recorded_at, note, failed_items, missing_photos,
        verified_at, verified_by_id, sent_back_reason, checklist_id, inspected_by_id, site_id, created_at, updated_at)
SELECT s.area_code, gen_random_uuid(), '', '', now() - interval '1 day', now() - interval '1 day', '', 0, '[]', now(),
       %(other)s, '', (SELECT min(id) FROM hazards_checklist WHERE kind = s.kind), %(person)s, s.id, now(), now()
  FROM hazards_hazardsite s WHERE s.id %% 10 > 0
"""

MEMBERS = """
INSERT INTO hazards_roundmember
       (round_id, site_id, area_code, assignment_id, inspection_id, is_addendum, missing_reason, created_at, updated_at)
SELECT CASE WHEN s.id %% 100 = 0 THEN %(late)s ELSE %(round)s END, s.id, s.area_code, a.id, i.id, false, '',
       now(), now()
  FROM hazards_hazardsite s
  JOIN assignments_assignment a ON a.key = 'measure:' || s.id
  LEFT JOIN hazards_inspection i ON i.site_id = s.id
"""

EMPTIED = "hazards_inspectionround, hazards_inspection, hazards_hazardsite, assignments_assignment"


def fill(number: int) -> Any:
    """So many sites; the round over them. One in a hundred lies in a second round that was due yesterday."""
    from accounts.models import User
    from core import clock
    from hazards.actions import load_checklists
    from hazards.models import InspectionRound

    execute(f"TRUNCATE {EMPTIED} CASCADE")
    now = clock.now()
    load_checklists(now=now)
    people = {name: User.objects.get(username=name).pk for name in ("writer", "signer")}
    rounds = [
        InspectionRound.objects.create(
            number=place, title=f"第 {place} 轮", area_code=DISTRICT, opened_at=now - timedelta(days=3), due_at=due
        )
        for place, due in ((1, now + timedelta(days=2)), (2, now - timedelta(days=1)))
    ]
    values = {
        "sites": number,
        "grids": GRIDS,
        "kinds": KINDS,
        "person": people["writer"],
        "other": people["signer"],
        "round": rounds[0].pk,
        "late": rounds[1].pk,
    }
    for statement in (SITES, DUTIES, INSPECTIONS, MEMBERS):
        execute(statement, values)
    execute("VACUUM ANALYZE")
    return rounds[0]
