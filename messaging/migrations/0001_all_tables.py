import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models

from core.tables import Tables


# The platform's own role may delete nothing of the record; this one way is the owner's, and keeps the counts.
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

    replaces = [
        ('messaging', '0001_initial'),
        ('messaging', '0002_delivery_storage'),
        ('messaging', '0003_delivery_channel'),
        ('messaging', '0004_gateway_accounts'),
        ('messaging', '0005_delivery_is_open'),
        ('messaging', '0006_next_addresses_and_counts'),
        ('messaging', '0007_reply_named'),
        ('messaging', '0008_register_of_texts'),
        ('messaging', '0009_robots_and_calls'),
        ('messaging', '0001_tables'),
        ('messaging', '0002_accounts_tested_and_switched'),
        ('messaging', '0003_receipts_without_checks'),
        ('messaging', '0004_self_test_receipts'),
        ('messaging', '0005_destroying_deliveries'),
        ('messaging', '0006_sealed_robots'),
        ('messaging', '0007_cries_first'),
    ]

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('territory', '0001_tables'),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='GatewayAccount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('name', models.CharField(max_length=30, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9-]*$', 'Use small letters, digits and hyphens.')], verbose_name='name')),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call'), ('email', 'E-mail'), ('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group'), ('console', 'Console')], max_length=10, verbose_name='channel')),
                        ('provider', models.CharField(choices=[('contract', 'Gateway over HTTP'), ('aliyun', 'Aliyun'), ('smtp', 'Mail server'), ('robot', 'Group robot'), ('console', 'Console')], default='contract', max_length=10, verbose_name='provider')),
                        ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='rank')),
                        ('url', models.CharField(blank=True, max_length=300, verbose_name='address')),
                        ('secret_name', models.CharField(blank=True, max_length=60, verbose_name='environment variable of its key')),
                        ('signature', models.CharField(blank=True, max_length=30, verbose_name='signature')),
                        ('is_idempotent', models.BooleanField(default=True, verbose_name='delivers the same id once')),
                        ('templates_only', models.BooleanField(default=False, verbose_name='takes reviewed templates only')),
                        ('alarm_rate', models.FloatField(default=0.0, validators=[django.core.validators.MinValueValidator(0.0)], verbose_name='alarm: parts a second')),
                        ('bulk_rate', models.FloatField(default=0.0, validators=[django.core.validators.MinValueValidator(0.0)], verbose_name='bulk: parts a second')),
                        ('lines', models.PositiveSmallIntegerField(default=0, verbose_name='voice lines')),
                        ('options', models.JSONField(blank=True, default=dict, verbose_name='options of the provider')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired')),
                    ],
                    options={
                        'verbose_name': 'gateway account',
                        'verbose_name_plural': 'gateway accounts',
                        'ordering': ['channel', 'rank', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('channel', 'rank'), name='gateway_account_rank_once', violation_error_message='Another account of this channel has this rank: choose the next number.')],
                    },
                ),
                migrations.CreateModel(
                    name='GatewayAccountEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('name', models.CharField(max_length=30, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9-]*$', 'Use small letters, digits and hyphens.')], verbose_name='name')),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call'), ('email', 'E-mail'), ('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group'), ('console', 'Console')], max_length=10, verbose_name='channel')),
                        ('provider', models.CharField(choices=[('contract', 'Gateway over HTTP'), ('aliyun', 'Aliyun'), ('smtp', 'Mail server'), ('robot', 'Group robot'), ('console', 'Console')], default='contract', max_length=10, verbose_name='provider')),
                        ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='rank')),
                        ('url', models.CharField(blank=True, max_length=300, verbose_name='address')),
                        ('secret_name', models.CharField(blank=True, max_length=60, verbose_name='environment variable of its key')),
                        ('signature', models.CharField(blank=True, max_length=30, verbose_name='signature')),
                        ('is_idempotent', models.BooleanField(default=True, verbose_name='delivers the same id once')),
                        ('templates_only', models.BooleanField(default=False, verbose_name='takes reviewed templates only')),
                        ('alarm_rate', models.FloatField(default=0.0, validators=[django.core.validators.MinValueValidator(0.0)], verbose_name='alarm: parts a second')),
                        ('bulk_rate', models.FloatField(default=0.0, validators=[django.core.validators.MinValueValidator(0.0)], verbose_name='bulk: parts a second')),
                        ('lines', models.PositiveSmallIntegerField(default=0, verbose_name='voice lines')),
                        ('options', models.JSONField(blank=True, default=dict, verbose_name='options of the provider')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.gatewayaccount')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AccountState',
                    fields=[
                        ('account', models.CharField(max_length=30, primary_key=True, serialize=False, verbose_name='account')),
                        ('failures', models.PositiveIntegerField(default=0)),
                        ('rests_until', models.DateTimeField(null=True)),
                        ('last_success', models.DateTimeField(null=True, verbose_name='last success')),
                        ('last_failure', models.DateTimeField(null=True, verbose_name='last failure')),
                        ('error', models.CharField(blank=True, max_length=40, verbose_name='error')),
                    ],
                ),
                migrations.CreateModel(
                    name='PaceBucket',
                    fields=[
                        ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ('tokens', models.FloatField()),
                        ('filled_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='GroupRobot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('channel', models.CharField(choices=[('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group')], max_length=10, verbose_name='channel')),
                        ('secret_name', models.CharField(blank=True, max_length=60, verbose_name='environment variable of its key')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired')),
                        ('contact_point', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                        ('sealed_url', models.TextField(verbose_name='address, sealed')),
                    ],
                    options={
                        'verbose_name': 'group robot',
                        'verbose_name_plural': 'group robots',
                    },
                ),
                migrations.CreateModel(
                    name='GroupRobotEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('channel', models.CharField(choices=[('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group')], max_length=10, verbose_name='channel')),
                        ('secret_name', models.CharField(blank=True, max_length=60, verbose_name='environment variable of its key')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired')),
                        ('contact_point', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territory.contactpoint')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.grouprobot')),
                        ('sealed_url', models.TextField(verbose_name='address, sealed')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Broadcast',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('key', models.CharField(blank=True, max_length=120, null=True, unique=True)),
                        ('lane', models.SmallIntegerField(choices=[(1, 'Alarm'), (2, 'Bulk')], verbose_name='lane')),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call'), ('email', 'E-mail'), ('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group'), ('console', 'Console')], max_length=10, verbose_name='channel')),
                        ('origin', models.CharField(blank=True, db_index=True, max_length=80)),
                        ('purpose', models.CharField(blank=True, max_length=40, null=True, verbose_name='purpose')),
                        ('subject', models.CharField(blank=True, max_length=120, verbose_name='subject')),
                        ('text', models.TextField(verbose_name='text')),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('by_id', models.BigIntegerField(null=True)),
                        ('by_name', models.CharField(max_length=60)),
                        ('created_at', models.DateTimeField(verbose_name='created')),
                        ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer sent after')),
                        ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                        ('fallback_seconds', models.PositiveIntegerField(db_default=0, default=0)),
                        ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='messaging.broadcast')),
                    ],
                    options={
                        'verbose_name': 'broadcast',
                        'verbose_name_plural': 'broadcasts',
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('lane', models.SmallIntegerField(choices=[(1, 'Alarm'), (2, 'Bulk')])),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call'), ('email', 'E-mail'), ('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group'), ('console', 'Console')], default='sms', max_length=10)),
                        ('state', models.SmallIntegerField(choices=[(10, 'Queued'), (20, 'Sending'), (30, 'Outcome unknown'), (40, 'Sent'), (45, 'Cancelled'), (50, 'Not delivered'), (60, 'Delivered'), (70, 'Read')], default=10, verbose_name='state')),
                        ('is_open', models.GeneratedField(db_persist=True, expression=models.ExpressionWrapper(models.Q(('state__in', (10, 20, 30))), output_field=models.BooleanField()), output_field=models.BooleanField())),
                        ('due_at', models.DateTimeField()),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('lease_until', models.DateTimeField(null=True)),
                        ('fence', models.BigIntegerField(default=0)),
                        ('address', models.CharField(blank=True, max_length=120)),
                        ('account', models.CharField(blank=True, db_default='', default='', max_length=30, verbose_name='account')),
                        ('params', models.JSONField(blank=True, null=True)),
                        ('provider_id', models.CharField(blank=True, max_length=64)),
                        ('error', models.CharField(blank=True, max_length=40)),
                        ('accepted_at', models.DateTimeField(null=True)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('broadcast', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='messaging.broadcast')),
                        ('contact_point', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                    ],
                    options={
                        'verbose_name': 'delivery',
                        'verbose_name_plural': 'deliveries',
                        'indexes': [models.Index(condition=models.Q(('is_open', True)), fields=['lane', 'channel', 'due_at', 'id'], name='delivery_open'), models.Index(condition=models.Q(('channel', 'voice')), fields=['contact_point', 'accepted_at'], name='delivery_rung'), models.Index(condition=models.Q(('channel', 'voice')), fields=['accepted_at'], name='delivery_calls')],
                        'constraints': [models.UniqueConstraint(fields=('broadcast', 'contact_point'), name='delivery_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Enlisted',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('exercise', models.UUIDField()),
                        ('contact_point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('exercise', 'contact_point'), name='enlisted_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Fallback',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('rank', models.PositiveSmallIntegerField()),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call'), ('email', 'E-mail'), ('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group'), ('console', 'Console')], max_length=10)),
                        ('broadcast', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='fallbacks', to='messaging.broadcast')),
                        ('contact_point', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                        ('next_point', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                        ('wave', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.broadcast')),
                    ],
                    options={
                        'verbose_name': 'next address',
                        'verbose_name_plural': 'next addresses',
                        'indexes': [models.Index(condition=models.Q(('wave__isnull', True)), fields=['broadcast'], name='fallback_waiting')],
                        'constraints': [models.UniqueConstraint(fields=('broadcast', 'contact_point', 'rank'), name='fallback_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PurgedCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.SmallIntegerField(choices=[(10, 'Queued'), (20, 'Sending'), (30, 'Outcome unknown'), (40, 'Sent'), (45, 'Cancelled'), (50, 'Not delivered'), (60, 'Delivered'), (70, 'Read')])),
                        ('count', models.PositiveIntegerField()),
                        ('purged_at', models.DateTimeField()),
                        ('broadcast', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purged_counts', to='messaging.broadcast')),
                    ],
                    options={
                        'verbose_name': 'count of destroyed deliveries',
                        'verbose_name_plural': 'counts of destroyed deliveries',
                        'constraints': [models.UniqueConstraint(fields=('broadcast', 'state'), name='purged_count_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ProviderSignature',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('account', models.CharField(max_length=30, verbose_name='account')),
                        ('text', models.CharField(max_length=30, verbose_name='signature')),
                        ('state', models.CharField(choices=[('not_filed', 'Not filed'), ('in_review', 'In review'), ('approved', 'Approved'), ('refused', 'Refused')], default='not_filed', max_length=10, verbose_name='state')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='what the provider said')),
                        ('filed_at', models.DateTimeField(blank=True, null=True, verbose_name='filed')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                        ('last_test', models.DateTimeField(blank=True, null=True, verbose_name='last real test')),
                    ],
                    options={
                        'verbose_name': 'signature',
                        'verbose_name_plural': 'signatures',
                        'ordering': ['account', 'text'],
                        'constraints': [models.UniqueConstraint(fields=('account', 'text'), name='signature_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ProviderSignatureEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('account', models.CharField(max_length=30, verbose_name='account')),
                        ('text', models.CharField(max_length=30, verbose_name='signature')),
                        ('state', models.CharField(choices=[('not_filed', 'Not filed'), ('in_review', 'In review'), ('approved', 'Approved'), ('refused', 'Refused')], default='not_filed', max_length=10, verbose_name='state')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='what the provider said')),
                        ('filed_at', models.DateTimeField(blank=True, null=True, verbose_name='filed')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                        ('last_test', models.DateTimeField(blank=True, null=True, verbose_name='last real test')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.providersignature')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ProviderTemplate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('account', models.CharField(max_length=30, verbose_name='account')),
                        ('kind', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call')], default='sms', max_length=10, verbose_name='channel')),
                        ('purpose', models.CharField(max_length=40, verbose_name='purpose')),
                        ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                        ('code', models.CharField(blank=True, max_length=40, verbose_name='code at the provider')),
                        ('text', models.TextField(max_length=500, verbose_name='text')),
                        ('limits', models.JSONField(blank=True, default=dict, verbose_name='longest values')),
                        ('names', models.JSONField(blank=True, default=dict, verbose_name='variables at the provider')),
                        ('state', models.CharField(choices=[('not_filed', 'Not filed'), ('in_review', 'In review'), ('approved', 'Approved'), ('refused', 'Refused')], default='not_filed', max_length=10, verbose_name='state')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='what the provider said')),
                        ('filed_at', models.DateTimeField(blank=True, null=True, verbose_name='filed')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                        ('last_real_test', models.DateTimeField(blank=True, null=True, verbose_name='last real test')),
                    ],
                    options={
                        'verbose_name': 'reviewed text',
                        'verbose_name_plural': 'reviewed texts',
                        'ordering': ['kind', 'purpose', 'account', 'language'],
                        'constraints': [models.UniqueConstraint(fields=('account', 'kind', 'purpose', 'language'), name='template_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='template_approved_has_code')],
                    },
                ),
                migrations.CreateModel(
                    name='ProviderTemplateEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('account', models.CharField(max_length=30, verbose_name='account')),
                        ('kind', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call')], default='sms', max_length=10, verbose_name='channel')),
                        ('purpose', models.CharField(max_length=40, verbose_name='purpose')),
                        ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                        ('code', models.CharField(blank=True, max_length=40, verbose_name='code at the provider')),
                        ('text', models.TextField(max_length=500, verbose_name='text')),
                        ('limits', models.JSONField(blank=True, default=dict, verbose_name='longest values')),
                        ('names', models.JSONField(blank=True, default=dict, verbose_name='variables at the provider')),
                        ('state', models.CharField(choices=[('not_filed', 'Not filed'), ('in_review', 'In review'), ('approved', 'Approved'), ('refused', 'Refused')], default='not_filed', max_length=10, verbose_name='state')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='what the provider said')),
                        ('filed_at', models.DateTimeField(blank=True, null=True, verbose_name='filed')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                        ('last_real_test', models.DateTimeField(blank=True, null=True, verbose_name='last real test')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.providertemplate')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AccountSwitch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('account', models.CharField(max_length=30, unique=True, verbose_name='account')),
                        ('off_since', models.DateTimeField(blank=True, null=True, verbose_name='switched off')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('by_name', models.CharField(blank=True, max_length=60)),
                    ],
                    options={
                        'verbose_name': 'account switch',
                        'verbose_name_plural': 'account switches',
                    },
                ),
                migrations.CreateModel(
                    name='AccountSwitchEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('account', models.CharField(max_length=30, verbose_name='account')),
                        ('off_since', models.DateTimeField(blank=True, null=True, verbose_name='switched off')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('by_name', models.CharField(blank=True, max_length=60)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.accountswitch')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='SelfTest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account', models.CharField(max_length=30, verbose_name='account')),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call'), ('email', 'E-mail'), ('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group'), ('console', 'Console')], max_length=10, verbose_name='channel')),
                        ('day', models.DateField(blank=True, null=True, verbose_name='day')),
                        ('at', models.DateTimeField(verbose_name='tested')),
                        ('by_name', models.CharField(max_length=60)),
                        ('sent_to', models.CharField(blank=True, max_length=60, verbose_name='address')),
                        ('outcome', models.CharField(choices=[('under_way', 'Under way'), ('taken', 'The provider took it'), ('refused', 'The provider refused it'), ('away', 'Not taken'), ('unanswered', 'No answer'), ('no_text', 'No reviewed text'), ('no_address', 'No number to test with')], default='under_way', max_length=12, verbose_name='outcome')),
                        ('code', models.CharField(blank=True, max_length=40)),
                        ('robot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.grouprobot')),
                        ('receipt', models.SmallIntegerField(blank=True, choices=[(10, 'Queued'), (20, 'Sending'), (30, 'Outcome unknown'), (40, 'Sent'), (45, 'Cancelled'), (50, 'Not delivered'), (60, 'Delivered'), (70, 'Read')], null=True, verbose_name='receipt')),
                        ('receipt_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'verbose_name': 'self-test',
                        'verbose_name_plural': 'self-tests',
                        'indexes': [models.Index(fields=['account', '-at'], name='self_test_newest')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('day__isnull', False)), fields=('account', 'day'), name='self_test_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='WebhookBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('gateway', models.CharField(max_length=30)),
                        ('kind', models.CharField(choices=[('receipts', 'Receipts'), ('replies', 'Replies'), ('cries', 'Cries')], max_length=10)),
                        ('signature', models.CharField(max_length=80, unique=True)),
                        ('body', models.JSONField()),
                        ('received_at', models.DateTimeField()),
                        ('taken_at', models.DateTimeField(null=True)),
                        ('unmatched', models.PositiveIntegerField(default=0)),
                        ('rows', models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('taken_at__isnull', True)), fields=['id'], name='webhook_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='Receipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status', models.SmallIntegerField(choices=[(10, 'Queued'), (20, 'Sending'), (30, 'Outcome unknown'), (40, 'Sent'), (45, 'Cancelled'), (50, 'Not delivered'), (60, 'Delivered'), (70, 'Read')])),
                        ('code', models.CharField(blank=True, max_length=40)),
                        ('at', models.DateTimeField()),
                        ('received_at', models.DateTimeField()),
                        ('delivery', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='messaging.delivery')),
                    ],
                    options={
                        'verbose_name': 'receipt',
                        'verbose_name_plural': 'receipts',
                        'constraints': [models.UniqueConstraint(fields=('delivery', 'status'), name='receipt_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Reply',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sender', models.CharField(max_length=20)),
                        ('text', models.CharField(max_length=500)),
                        ('at', models.DateTimeField()),
                        ('received_at', models.DateTimeField()),
                        ('named', models.BooleanField(default=False)),
                        ('delivery', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='messaging.delivery')),
                    ],
                    options={
                        'verbose_name': 'reply',
                        'verbose_name_plural': 'replies',
                        'constraints': [models.UniqueConstraint(fields=('sender', 'at', 'text'), name='reply_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gatewayaccount',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_gatewayaccountevent" ("alarm_rate", "bulk_rate", "channel", "created_at", "id", "is_idempotent", "lines", "name", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "rank", "retired_at", "secret_name", "signature", "templates_only", "updated_at", "url") VALUES (NEW."alarm_rate", NEW."bulk_rate", NEW."channel", NEW."created_at", NEW."id", NEW."is_idempotent", NEW."lines", NEW."name", NEW."options", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider", NEW."rank", NEW."retired_at", NEW."secret_name", NEW."signature", NEW."templates_only", NEW."updated_at", NEW."url"); RETURN NULL;', hash='5afb373691e0d8e82805a0f8c545237d2d72f2cb', operation='INSERT', pgid='pgtrigger_insert_insert_7710f', table='messaging_gatewayaccount', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gatewayaccount',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_gatewayaccountevent" ("alarm_rate", "bulk_rate", "channel", "created_at", "id", "is_idempotent", "lines", "name", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "rank", "retired_at", "secret_name", "signature", "templates_only", "updated_at", "url") VALUES (NEW."alarm_rate", NEW."bulk_rate", NEW."channel", NEW."created_at", NEW."id", NEW."is_idempotent", NEW."lines", NEW."name", NEW."options", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider", NEW."rank", NEW."retired_at", NEW."secret_name", NEW."signature", NEW."templates_only", NEW."updated_at", NEW."url"); RETURN NULL;', hash='4d2ea608c527c0a10141062db01bd99ecd383a0b', operation='UPDATE', pgid='pgtrigger_update_update_0a71f', table='messaging_gatewayaccount', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gatewayaccountevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5c942c83015e7d356d813f8e81d5cc6b0e0b668c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3d89b', table='messaging_gatewayaccountevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='grouprobot',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_grouprobotevent" ("area_code", "channel", "contact_point_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "sealed_url", "secret_name") VALUES (NEW."area_code", NEW."channel", NEW."contact_point_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."retired_at", NEW."sealed_url", NEW."secret_name"); RETURN NULL;', hash='7d37a8f1267a1bd5941d6966deaefa329561b79b', operation='INSERT', pgid='pgtrigger_insert_insert_8d6ba', table='messaging_grouprobot', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='grouprobot',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_grouprobotevent" ("area_code", "channel", "contact_point_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "sealed_url", "secret_name") VALUES (NEW."area_code", NEW."channel", NEW."contact_point_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."retired_at", NEW."sealed_url", NEW."secret_name"); RETURN NULL;', hash='8df9211934a16ef979e78ea2559b09fbc51c744c', operation='UPDATE', pgid='pgtrigger_update_update_f287b', table='messaging_grouprobot', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='grouprobotevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='95ef12a8b3ad8c7a5591fb085fd068cddd016226', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3817f', table='messaging_grouprobotevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='providersignature',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_providersignatureevent" ("account", "created_at", "decided_at", "filed_at", "id", "last_test", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "text", "updated_at") VALUES (NEW."account", NEW."created_at", NEW."decided_at", NEW."filed_at", NEW."id", NEW."last_test", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."state", NEW."text", NEW."updated_at"); RETURN NULL;', hash='c25fd55386ba183ccfe7613cb6ce023899aaea9d', operation='INSERT', pgid='pgtrigger_insert_insert_b0ecb', table='messaging_providersignature', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='providersignature',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_providersignatureevent" ("account", "created_at", "decided_at", "filed_at", "id", "last_test", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "text", "updated_at") VALUES (NEW."account", NEW."created_at", NEW."decided_at", NEW."filed_at", NEW."id", NEW."last_test", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."state", NEW."text", NEW."updated_at"); RETURN NULL;', hash='3e8a20e8817d1f6ecd9e0958841780692a736226', operation='UPDATE', pgid='pgtrigger_update_update_d4842', table='messaging_providersignature', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='providersignatureevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ee92c21875d2f873624eb38dd79e5c0eb40b0efe', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4a5a3', table='messaging_providersignatureevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='providertemplate',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_providertemplateevent" ("account", "code", "created_at", "decided_at", "filed_at", "id", "kind", "language", "last_real_test", "limits", "names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "state", "text", "updated_at") VALUES (NEW."account", NEW."code", NEW."created_at", NEW."decided_at", NEW."filed_at", NEW."id", NEW."kind", NEW."language", NEW."last_real_test", NEW."limits", NEW."names", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."reason", NEW."state", NEW."text", NEW."updated_at"); RETURN NULL;', hash='14e4ed14c777886658639c5eefa7eb6804356628', operation='INSERT', pgid='pgtrigger_insert_insert_aa89e', table='messaging_providertemplate', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='providertemplate',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_providertemplateevent" ("account", "code", "created_at", "decided_at", "filed_at", "id", "kind", "language", "last_real_test", "limits", "names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "state", "text", "updated_at") VALUES (NEW."account", NEW."code", NEW."created_at", NEW."decided_at", NEW."filed_at", NEW."id", NEW."kind", NEW."language", NEW."last_real_test", NEW."limits", NEW."names", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."reason", NEW."state", NEW."text", NEW."updated_at"); RETURN NULL;', hash='1ac520a1a60b9a7efd37b98b0a517dd97e3d229c', operation='UPDATE', pgid='pgtrigger_update_update_9e97c', table='messaging_providertemplate', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='providertemplateevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='271c45c14b95283e30110beb730ce9815358d03f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b233b', table='messaging_providertemplateevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='accountswitch',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_accountswitchevent" ("account", "by_name", "created_at", "id", "off_since", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "updated_at") VALUES (NEW."account", NEW."by_name", NEW."created_at", NEW."id", NEW."off_since", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."updated_at"); RETURN NULL;', hash='4d6ae729f76fa30e885570f249c97f0580a3b8b2', operation='INSERT', pgid='pgtrigger_insert_insert_ab9fb', table='messaging_accountswitch', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='accountswitch',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_accountswitchevent" ("account", "by_name", "created_at", "id", "off_since", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "updated_at") VALUES (NEW."account", NEW."by_name", NEW."created_at", NEW."id", NEW."off_since", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."updated_at"); RETURN NULL;', hash='ed7f6a417ec8368c18b46264a08dac4938b51baa', operation='UPDATE', pgid='pgtrigger_update_update_78e69', table='messaging_accountswitch', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='accountswitchevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e7a8a757dce1ab58475c9d6f7f1d91ef5c699b5f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_225a4', table='messaging_accountswitchevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='receipt',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='88c793752d8b9ed97372f3ecca3bcaae692b7b86', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3c6e3', table='messaging_receipt', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reply',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='53b4b816a638574929a850a11cb92bc660f290bc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5671f', table='messaging_reply', when='BEFORE')),
                ),
            ]
        ),
        # Each row is updated two or three times soon after it was inserted by the hundred thousand: half of each page is
        # left for the versions it makes, and the eager autovacuum clears the dead ones before the table has doubled.
        migrations.RunSQL(
            "ALTER TABLE messaging_delivery SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE messaging_delivery RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        ),
        migrations.RunSQL(MAKE, "DROP FUNCTION messaging_destroy_deliveries(bigint, timestamptz)"),
    ]
