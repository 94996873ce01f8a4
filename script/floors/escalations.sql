-- The floor of escalations: one batch of 500 due rows taken and moved on, committed.
UPDATE assignments_escalationrun r
   SET next_due_at = clock_timestamp() + interval '15 min', fired = r.fired + 1, fence = r.fence + 1
  FROM (SELECT id FROM assignments_escalationrun
         WHERE stopped_at IS NULL AND next_due_at <= clock_timestamp()
         ORDER BY next_due_at, id LIMIT 500 FOR UPDATE SKIP LOCKED) due
 WHERE r.id = due.id
