-- The floor of escalations: one batch of 500 due rows taken and moved on, committed.
UPDATE assignments_assignment a
   SET remind_at = clock_timestamp() + interval '15 min', reminders = a.reminders + 1, updated_at = clock_timestamp()
  FROM (SELECT id FROM assignments_assignment
         WHERE state IN ('assigned', 'acknowledged', 'doing', 'returned') AND remind_at <= clock_timestamp()
         ORDER BY remind_at, id LIMIT 500 FOR UPDATE SKIP LOCKED) due
 WHERE a.id = due.id
