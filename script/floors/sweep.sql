-- The floor of the sweep: of every open round how many sites it holds, how many were seen, verified, are late, and
-- which those are.
SELECT m.round_id, count(*), count(i.id), count(i.verified_at),
       count(*) FILTER (WHERE i.verified_at IS NULL AND r.due_at < now()),
       array_agg(s.code) FILTER (WHERE i.verified_at IS NULL AND r.due_at < now())
  FROM hazards_roundmember m
  JOIN hazards_inspectionround r ON r.id = m.round_id
  JOIN hazards_hazardsite s ON s.id = m.site_id
  LEFT JOIN hazards_inspection i ON i.id = m.inspection_id AND i.missing_photos = '[]' AND i.sent_back_reason = ''
 WHERE r.closed_at IS NULL AND NOT m.is_addendum
 GROUP BY m.round_id
