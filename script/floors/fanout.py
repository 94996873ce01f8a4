"""The floor of sending: one process, the same tables, nothing but claim 500, signed post, one update, until empty.
Given DSN GATEWAY_URL SECRET TEXT, says "ready", waits for a line, answers {"sent", "seconds"}.
"""

import hashlib
import hmac
import http.client
import json
import sys
import time

import psycopg2

# Statistics know nothing of what was just signed: without this some tries sort 100,000 rows for each batch.
WAYS = "".join(f"SET LOCAL {way} = off;" for way in ("enable_sort", "enable_bitmapscan", "enable_nestloop", "jit"))
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id, due_at FROM messaging_delivery WHERE lane = 2 AND channel = 'sms' AND is_open
       AND due_at BETWEEN %s AND (SELECT clock_timestamp()) AND lease_until IS NULL
     ORDER BY due_at, id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED)
UPDATE messaging_delivery d SET state = 20, fence = d.fence + 1, lease_until = clock_timestamp() + interval '30 s'
 WHERE d.id = ANY (ARRAY(SELECT id FROM due))
RETURNING d.id, (SELECT address FROM territory_contactpoint c WHERE c.id = d.contact_point_id),
          (SELECT max(due_at) FROM due)"""
RECORD = """
UPDATE messaging_delivery d
   SET state = 40, lease_until = NULL, attempts = 1, address = t.address, provider_id = t.provider_id,
       accepted_at = clock_timestamp()
  FROM unnest(%s::bigint[], %s::varchar[], %s::varchar[]) AS t(id, address, provider_id)
 WHERE d.id = ANY (%s) AND d.id = t.id"""


def main() -> None:
    """Sends everything."""
    database, gateway, secret, text = sys.argv[1:5]
    connection = psycopg2.connect(database)
    connection.autocommit = True
    cursor = connection.cursor()
    host = http.client.HTTPConnection(gateway.removeprefix("http://"))
    print("ready", flush=True)
    sys.stdin.readline()
    began, sent, since = time.monotonic(), 0, "-infinity"  # each claim from the last on: before it all is dead
    while True:
        cursor.execute(WAYS + CLAIM, [since])
        if not (rows := cursor.fetchall()):
            break
        told = [{"id": f"f-{i}", "to": to, "text": text, "lane": "bulk", "kind": "sms"} for i, to, _ in rows]
        body = json.dumps({"messages": told}, ensure_ascii=False, separators=(",", ":")).encode()
        stamp = str(int(time.time()))
        sign = "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": sign, "X-Account": "bulk"}
        host.request("POST", "/v1/messages", body, headers)
        answers = json.loads(host.getresponse().read())["results"]
        ids, addresses, (since, *_) = map(list, zip(*rows, strict=True))
        cursor.execute(WAYS + RECORD, (ids, addresses, [a["provider_id"] for a in answers], ids))
        sent += len(rows)
    print(json.dumps({"sent": sent, "seconds": time.monotonic() - began}), flush=True)


main()
