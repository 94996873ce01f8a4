-- The floor of a signature: the rows that it wrote, kept aside, put back bare into the same tables under the same
-- keys and indexes. One transaction.
INSERT INTO alerts_audiencehousehold SELECT * FROM floor_audience;
INSERT INTO messaging_delivery
       (id, area_code, broadcast_id, contact_point_id, lane, channel, state, due_at, attempts, lease_until, fence,
        address, account, params, provider_id, error, accepted_at, settled_at)
SELECT id, area_code, broadcast_id, contact_point_id, lane, channel, state, due_at, attempts, lease_until, fence,
       address, account, params, provider_id, error, accepted_at, settled_at
  FROM floor_delivery;
