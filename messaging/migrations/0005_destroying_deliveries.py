from django.db import migrations

MAKE = """
CREATE FUNCTION messaging_destroy_deliveries(which bigint, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE destroyed bigint;
BEGIN
    PERFORM FROM messaging_broadcast
      WHERE id = which AND created_at < LEAST(at, clock_timestamp()) - interval '180 days' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'broadcast % is kept for six months (Cybersecurity Law art. 21)', which;
    END IF;
    IF EXISTS (SELECT FROM messaging_delivery WHERE broadcast_id = which AND is_open) THEN
        RAISE EXCEPTION 'broadcast % has messages on their way', which;
    END IF;
    INSERT INTO messaging_purgedcount (broadcast_id, state, count, purged_at)
    SELECT which, state, count(*), at FROM messaging_delivery WHERE broadcast_id = which GROUP BY state;
    PERFORM set_config('pgtrigger.ignore',
        '{messaging_receipt:pgtrigger_append_only_3c6e3,pgtrigger_append_only_3c6e3,'
        'messaging_reply:pgtrigger_append_only_5671f,pgtrigger_append_only_5671f}', true);
    DELETE FROM messaging_receipt r USING messaging_delivery d WHERE r.delivery_id = d.id AND d.broadcast_id = which;
    DELETE FROM messaging_reply r USING messaging_delivery d WHERE r.delivery_id = d.id AND d.broadcast_id = which;
    PERFORM set_config('pgtrigger.ignore', '', true);
    DELETE FROM messaging_fallback WHERE broadcast_id = which;
    DELETE FROM messaging_delivery WHERE broadcast_id = which;
    GET DIAGNOSTICS destroyed = ROW_COUNT;
    RETURN destroyed;
END $$
"""


class Migration(migrations.Migration):
    """The platform's own role may delete nothing of the record; this one way is the owner's, and keeps the counts."""

    dependencies = [("messaging", "0004_self_test_receipts")]

    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION messaging_destroy_deliveries(bigint, timestamptz)")]
