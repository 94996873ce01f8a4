import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [('assignments', '0001_initial'), ('assignments', '0002_answers'), ('assignments', '0003_ladders'), ('assignments', '0004_ladders_of_open_duties'), ('assignments', '0005_without_reminder_counter'), ('assignments', '0006_past_holdings'), ('assignments', '0007_sent_rows_without_checks')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('messaging', '0001_tables'),
        ('territory', '0001_tables'),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='Assignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('key', models.CharField(blank=True, max_length=120, null=True, unique=True)),
                        ('kind', models.CharField(max_length=30, verbose_name='kind')),
                        ('title', models.CharField(max_length=120, verbose_name='what is to be done')),
                        ('body', models.TextField(blank=True, verbose_name='details')),
                        ('assignee_name', models.CharField(max_length=40, verbose_name="assignee's name")),
                        ('state', models.CharField(choices=[('assigned', 'Waiting for acknowledgement'), ('acknowledged', 'Acknowledged'), ('doing', 'In hand'), ('reported', 'Reported'), ('verified', 'Done'), ('returned', 'Returned'), ('cancelled', 'Withdrawn')], default='assigned', max_length=14, verbose_name='state')),
                        ('issued_at', models.DateTimeField(verbose_name='issued')),
                        ('acknowledge_by', models.DateTimeField(blank=True, null=True, verbose_name='acknowledge by')),
                        ('due_at', models.DateTimeField(verbose_name='due')),
                        ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at')),
                        ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='on the spot at')),
                        ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='reported at')),
                        ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified at')),
                        ('needs_verification', models.BooleanField(default=False, verbose_name='another person verifies')),
                        ('answer_key', models.CharField(blank=True, max_length=4, verbose_name='answer')),
                        ('answered_by', models.CharField(blank=True, max_length=60, verbose_name='answered by')),
                        ('support_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='support wanted since')),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('link_nonce', models.CharField(blank=True, max_length=16)),
                        ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                        ('contact_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                        ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'assignment',
                        'verbose_name_plural': 'assignments',
                        'indexes': [models.Index(condition=models.Q(('state__in', ('assigned', 'acknowledged', 'doing', 'returned'))), fields=['assignee', 'due_at'], name='assignment_mine'), models.Index(fields=['area_code', 'state', 'updated_at'], name='assignment_by_area'), models.Index(fields=['kind', 'state'], name='assignment_by_kind'), models.Index(condition=models.Q(('support_asked_at__isnull', False)), fields=['area_code'], name='assignment_wants_support')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('assignee__isnull', False), ('contact_point__isnull', False), _connector='OR'), name='assignment_has_receiver'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), ('verified_at__isnull', False)), models.Q(models.Q(('state', 'verified'), _negated=True), ('verified_at__isnull', True)), _connector='OR'), name='assignment_verified_has_time'), models.CheckConstraint(condition=models.Q(('needs_verification', False), ('verified_by__isnull', True), ('reported_by__isnull', True), models.Q(('verified_by', models.F('reported_by')), _negated=True), _connector='OR'), name='assignment_verified_by_another', violation_error_message='Another person than the one who did it must verify it.'), models.CheckConstraint(condition=models.Q(('needs_verification', False), ('verified_by__isnull', True), ('assignee__isnull', True), models.Q(('verified_by', models.F('assignee')), _negated=True), _connector='OR'), name='assignment_not_verified_by_assignee', violation_error_message='Another person than the one who did it must verify it.')],
                    },
                ),
                migrations.CreateModel(
                    name='EscalationRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('policy', models.JSONField()),
                        ('step_no', models.PositiveSmallIntegerField(default=1)),
                        ('loop', models.PositiveIntegerField(default=0)),
                        ('loop_from', models.PositiveIntegerField(default=0)),
                        ('next_due_at', models.DateTimeField(blank=True, null=True)),
                        ('fence', models.BigIntegerField(db_default=0, default=0)),
                        ('fired', models.PositiveIntegerField(db_default=0, default=0, verbose_name='steps taken')),
                        ('gap_told_at', models.DateTimeField(blank=True, null=True)),
                        ('started_at', models.DateTimeField(verbose_name='started')),
                        ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped')),
                        ('stopped_by', models.CharField(blank=True, choices=[('answered', 'answered'), ('reported', 'reported done'), ('closed', 'closed'), ('silenced', 'stopped by a leader')], db_default='', max_length=10, verbose_name='why it stopped')),
                        ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='assignments.assignment')),
                    ],
                    options={
                        'verbose_name': 'ladder',
                        'verbose_name_plural': 'ladders',
                        'indexes': [models.Index(condition=models.Q(('stopped_at__isnull', True)), fields=['next_due_at', 'id'], name='run_due')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('stopped_at__isnull', True)), fields=('assignment',), name='run_open_once_a_duty'), models.CheckConstraint(condition=models.Q(models.Q(('next_due_at__isnull', False), ('stopped_at__isnull', True)), models.Q(('next_due_at__isnull', True), ('stopped_at__isnull', False)), _connector='OR'), name='run_open_knows_its_next_step')],
                    },
                ),
                migrations.CreateModel(
                    name='EscalationSent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('step_no', models.PositiveSmallIntegerField()),
                        ('loop', models.PositiveIntegerField()),
                        ('who', models.CharField(choices=[('assignee', 'the person himself'), ('deputy', 'the deputy'), ('superior', 'the sub-district'), ('leader', 'the leader on duty'), ('room', 'the duty room')], max_length=10)),
                        ('channel', models.CharField(choices=[('sms', 'SMS'), ('voice', 'Telephone call')], max_length=10)),
                        ('sent_at', models.DateTimeField(verbose_name='sent')),
                        ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                        ('broadcast', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='messaging.broadcast')),
                        ('contact_point', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.contactpoint')),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='assignments.escalationrun')),
                    ],
                    options={
                        'verbose_name': 'step taken',
                        'verbose_name_plural': 'steps taken',
                        'indexes': [models.Index(fields=['broadcast', 'contact_point'], name='sent_by_message'), models.Index(condition=models.Q(('who', 'assignee'), _negated=True), fields=['person'], name='sent_to_others')],
                        'constraints': [models.UniqueConstraint(fields=('run', 'step_no', 'loop', 'person', 'channel'), name='sent_once', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='PastHolding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateTimeField(verbose_name='from')),
                        ('until', models.DateTimeField(verbose_name='until')),
                        ('acknowledge_by', models.DateTimeField(blank=True, null=True, verbose_name='acknowledge by')),
                        ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at')),
                        ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past_holdings', to='assignments.assignment')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'past holding of a duty',
                        'verbose_name_plural': 'past holdings of duties',
                        'indexes': [models.Index(fields=['person', 'since'], name='past_holding_of_person')],
                    },
                ),
                migrations.CreateModel(
                    name='UnclaimedReply',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('speaker', models.CharField(max_length=60, verbose_name='speaker')),
                        ('why', models.CharField(choices=[('no_option', 'matches no answer'), ('several', 'this phone owes several answers'), ('passed_on', "the duty is another person's now"), ('refused', "does not fit the duty's present state")], max_length=12, verbose_name='why')),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                        ('assignment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.assignment')),
                        ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reply', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='unclaimed', to='messaging.reply')),
                        ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'reply nobody has claimed',
                        'verbose_name_plural': 'replies nobody has claimed',
                        'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['area_code'], name='unclaimed_waiting')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('assignment__isnull', True), ('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='unclaimed_settled_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='AssignmentEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('verb', models.CharField(choices=[('assign', 'assigned'), ('acknowledge', 'acknowledged'), ('start', 'arrived on the spot'), ('report', 'reported done'), ('decline', 'cannot do it'), ('verify', 'verified'), ('send_back', 'sent back'), ('cancel', 'withdrew'), ('hand_over', 'handed over'), ('remind', 'reminded'), ('escalate', 'told the superior'), ('ask_support', 'asked for support'), ('support_sent', 'arranged support'), ('silence', 'stopped the ladder')], max_length=14, verbose_name='what')),
                        ('means', models.CharField(choices=[('page', 'on the page'), ('link', 'by task link'), ('phone_call', 'by telephone, recorded on behalf'), ('system', 'by the platform'), ('reply', 'by SMS reply'), ('voice_key', 'by key in a call'), ('group_text', 'in the chat group, pasted')], default='page', max_length=12, verbose_name='how')),
                        ('by_name', models.CharField(max_length=60)),
                        ('on_behalf_of', models.CharField(blank=True, max_length=60, verbose_name='on behalf of')),
                        ('occurred_at', models.DateTimeField(verbose_name='happened at')),
                        ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                        ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                        ('option', models.CharField(blank=True, max_length=4, verbose_name='answer')),
                        ('said', models.CharField(blank=True, max_length=500, verbose_name='in his words')),
                        ('source', models.CharField(blank=True, max_length=64)),
                        ('photo_sha256', models.CharField(blank=True, max_length=64)),
                        ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='assignments.assignment')),
                        ('broadcast', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.broadcast')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'assignment event',
                        'verbose_name_plural': 'assignment events',
                        'ordering': ['id'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('assignment', 'source'), name='assignment_event_source_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='assignmentevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b907f8319460db0cf6fcc555097eb1f011524d89', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65df3', table='assignments_assignmentevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='pastholding',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2b199cfb71747977ac0df1eac33377ee4e16f1f6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_51bf1', table='assignments_pastholding', when='BEFORE')),
                ),
            ]
        ),
    ]
