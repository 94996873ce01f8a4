-- The floor of receipts: one batch of 1,000 rows written as delivered, committed. %(first)s and %(last)s bound the ids.
UPDATE messaging_delivery SET state = 60, settled_at = clock_timestamp()
 WHERE id BETWEEN %(first)s AND %(last)s AND state < 60
