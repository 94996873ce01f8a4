import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [('drills', '0001_plans_and_runs')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('assignments', '0001_all_tables'),
        ('messaging', '0001_all_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='DrillPlan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('title', models.CharField(max_length=80, verbose_name='title')),
                        ('scenario', models.TextField(blank=True, verbose_name='scenario')),
                        ('state', models.CharField(choices=[('draft', 'Being written'), ('ready', 'Ready to run')], default='draft', max_length=10, verbose_name='state')),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                        ('copy_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='drills.drillplan')),
                    ],
                    options={
                        'verbose_name': 'drill plan',
                        'verbose_name_plural': 'drill plans',
                        'ordering': ['-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Objective',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                        ('text', models.CharField(max_length=200, verbose_name='objective')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objectives', to='drills.drillplan')),
                    ],
                    options={
                        'verbose_name': 'objective',
                        'verbose_name_plural': 'objectives',
                        'ordering': ['order', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('plan', 'text'), name='objective_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Inject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                        ('minute', models.PositiveSmallIntegerField(verbose_name='minutes after the start')),
                        ('kind', models.CharField(choices=[('message', 'Message'), ('duty', 'Duty'), ('danger', 'Danger'), ('help', 'Call for help'), ('level', 'Response level'), ('paper', 'Incoming paper')], max_length=10, verbose_name='kind')),
                        ('title', models.CharField(max_length=80, verbose_name='title')),
                        ('text', models.TextField(blank=True, verbose_name='text')),
                        ('receiver', models.CharField(choices=[('role', 'Everybody of a role'), ('on_duty', 'Whoever is on duty'), ('person', 'One person'), ('nobody', 'The controller alone')], default='nobody', max_length=10, verbose_name='who gets it')),
                        ('role', models.CharField(blank=True, choices=[('commander', 'Commander'), ('leader', 'Leader on duty'), ('duty_officer', 'Duty officer'), ('subdistrict_officer', 'Sub-district officer'), ('grid_worker', 'Grid worker'), ('storekeeper', 'Storekeeper'), ('agency_liaison', 'Member agency liaison'), ('site_keeper', 'Site keeper'), ('auditor', 'Auditor'), ('administrator', 'System administrator')], max_length=24, verbose_name='role')),
                        ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='response level')),
                        ('expected', models.CharField(blank=True, max_length=200, verbose_name='expected action')),
                        ('expect_ack_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='acknowledged within (min)')),
                        ('expect_done_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='done within (min)')),
                        ('needs_controller', models.BooleanField(default=False, verbose_name='the controller lets it out')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='injects', to='drills.drillplan')),
                        ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='injects', to='drills.objective', verbose_name='objective')),
                    ],
                    options={
                        'verbose_name': 'inject',
                        'verbose_name_plural': 'injects',
                        'ordering': ['minute', 'number'],
                        'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='inject_number_once', violation_error_message='This plan has an inject of this number: give it another.'), models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('receiver__in', ['role', 'on_duty']), models.Q(('role', ''), _negated=True)), models.Q(('person__isnull', False), ('receiver', 'person'), ('role', '')), models.Q(('person__isnull', True), ('receiver', 'nobody'), ('role', '')), _connector='OR'), name='inject_receiver_is_one'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'level'), _negated=True), ('level__isnull', True)), models.Q(('kind', 'level'), ('level__gte', 1), ('level__lte', 4)), _connector='OR'), name='inject_level_is_one_of_four'), models.CheckConstraint(condition=models.Q(('expect_ack_minutes__isnull', True), ('expect_done_minutes__isnull', True), ('expect_done_minutes__gte', models.F('expect_ack_minutes')), _connector='OR'), name='inject_done_after_acknowledged')],
                    },
                ),
                migrations.CreateModel(
                    name='InjectEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                        ('minute', models.PositiveSmallIntegerField(verbose_name='minutes after the start')),
                        ('kind', models.CharField(choices=[('message', 'Message'), ('duty', 'Duty'), ('danger', 'Danger'), ('help', 'Call for help'), ('level', 'Response level'), ('paper', 'Incoming paper')], max_length=10, verbose_name='kind')),
                        ('title', models.CharField(max_length=80, verbose_name='title')),
                        ('text', models.TextField(blank=True, verbose_name='text')),
                        ('receiver', models.CharField(choices=[('role', 'Everybody of a role'), ('on_duty', 'Whoever is on duty'), ('person', 'One person'), ('nobody', 'The controller alone')], default='nobody', max_length=10, verbose_name='who gets it')),
                        ('role', models.CharField(blank=True, choices=[('commander', 'Commander'), ('leader', 'Leader on duty'), ('duty_officer', 'Duty officer'), ('subdistrict_officer', 'Sub-district officer'), ('grid_worker', 'Grid worker'), ('storekeeper', 'Storekeeper'), ('agency_liaison', 'Member agency liaison'), ('site_keeper', 'Site keeper'), ('auditor', 'Auditor'), ('administrator', 'System administrator')], max_length=24, verbose_name='role')),
                        ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='response level')),
                        ('expected', models.CharField(blank=True, max_length=200, verbose_name='expected action')),
                        ('expect_ack_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='acknowledged within (min)')),
                        ('expect_done_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='done within (min)')),
                        ('needs_controller', models.BooleanField(default=False, verbose_name='the controller lets it out')),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='drills.inject')),
                        ('plan', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='drills.drillplan')),
                        ('objective', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='drills.objective', verbose_name='objective')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='DrillPlanEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('title', models.CharField(max_length=80, verbose_name='title')),
                        ('scenario', models.TextField(blank=True, verbose_name='scenario')),
                        ('state', models.CharField(choices=[('draft', 'Being written'), ('ready', 'Ready to run')], default='draft', max_length=10, verbose_name='state')),
                        ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                        ('copy_of', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='drills.drillplan')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='drills.drillplan')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='DrillRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('number', models.PositiveSmallIntegerField(verbose_name='run')),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='drills.drillplan')),
                    ],
                    options={
                        'verbose_name': 'drill run',
                        'verbose_name_plural': 'drill runs',
                        'ordering': ['-pk'],
                        'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='run_number_once')],
                    },
                ),
                migrations.CreateModel(
                    name='FiredInject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('exercise_seconds', models.PositiveIntegerField(verbose_name='exercise time (s)')),
                        ('is_skipped', models.BooleanField(default=False, verbose_name='skipped')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                        ('ref', models.CharField(blank=True, max_length=80)),
                        ('url', models.CharField(blank=True, max_length=200)),
                        ('fault', models.CharField(blank=True, max_length=300, verbose_name='what went wrong')),
                        ('broadcast', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.broadcast')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fired', to='drills.drillrun')),
                        ('inject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fired', to='drills.inject')),
                    ],
                    options={
                        'verbose_name': 'inject that went out',
                        'verbose_name_plural': 'injects that went out',
                        'ordering': ['at', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('run', 'inject'), name='inject_fires_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Participant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='drills.drillrun')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('run', 'person'), name='participant_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RunEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('verb', models.CharField(choices=[('start', 'Start'), ('pause', 'Pause'), ('resume', 'Go on'), ('skew', 'Put the clock forward'), ('stop', 'Stop the drill')], max_length=8, verbose_name='what')),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('seconds', models.PositiveIntegerField(default=0, verbose_name='put forward (s)')),
                        ('by_name', models.CharField(max_length=60)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='drills.drillrun')),
                    ],
                    options={
                        'verbose_name': 'clock event',
                        'verbose_name_plural': 'clock events',
                        'ordering': ['at', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('verb__in', ['start', 'stop'])), fields=('run', 'verb'), name='run_starts_and_stops_once'), models.CheckConstraint(condition=models.Q(models.Q(('seconds__gt', 0), ('verb', 'skew')), models.Q(models.Q(('verb', 'skew'), _negated=True), ('seconds', 0)), _connector='OR'), name='only_skew_has_seconds')],
                    },
                ),
                migrations.CreateModel(
                    name='Finding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('kind', models.CharField(choices=[('good', 'Went well'), ('mend', 'To be improved')], default='mend', max_length=5, verbose_name='kind')),
                        ('text', models.CharField(max_length=500, verbose_name='observation')),
                        ('assignment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='finding', to='assignments.assignment')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='drills.drillrun')),
                        ('inject', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='drills.inject', verbose_name='at inject')),
                    ],
                    options={
                        'verbose_name': 'finding',
                        'verbose_name_plural': 'findings',
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='FiredDuty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='fired_duty', to='assignments.assignment')),
                        ('fired', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='drills.firedinject')),
                    ],
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='drillplan',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "drills_drillplanevent" ("area_code", "author_id", "copy_of_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario", "state", "title", "updated_at") VALUES (NEW."area_code", NEW."author_id", NEW."copy_of_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."scenario", NEW."state", NEW."title", NEW."updated_at"); RETURN NULL;', hash='ef553eca254c3b240113d987026e1c4a3e32a165', operation='INSERT', pgid='pgtrigger_insert_insert_b3d1d', table='drills_drillplan', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='drillplan',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "drills_drillplanevent" ("area_code", "author_id", "copy_of_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario", "state", "title", "updated_at") VALUES (NEW."area_code", NEW."author_id", NEW."copy_of_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."scenario", NEW."state", NEW."title", NEW."updated_at"); RETURN NULL;', hash='6d64236be245c18ee672df649fffadbc00ca94cd', operation='UPDATE', pgid='pgtrigger_update_update_83e94', table='drills_drillplan', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='drillplanevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a88c8fe8e924c1d34a41e0d51bf167672a34ac7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b5797', table='drills_drillplanevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='firedinject',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ce7b5e9b64f981a0ba5227afb2e8487565960242', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7ab7a', table='drills_firedinject', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='injectevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='501088811e9ce86e0e3af79d798a68da3ac90b74', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d2b2d', table='drills_injectevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='inject',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "drills_injectevent" ("area_code", "created_at", "expect_ack_minutes", "expect_done_minutes", "expected", "id", "kind", "level", "minute", "needs_controller", "number", "objective_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "receiver", "role", "text", "title", "updated_at") VALUES (NEW."area_code", NEW."created_at", NEW."expect_ack_minutes", NEW."expect_done_minutes", NEW."expected", NEW."id", NEW."kind", NEW."level", NEW."minute", NEW."needs_controller", NEW."number", NEW."objective_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."receiver", NEW."role", NEW."text", NEW."title", NEW."updated_at"); RETURN NULL;', hash='131ef9368c872556308b77f54cb67a5290cd4a70', operation='INSERT', pgid='pgtrigger_insert_insert_7ff40', table='drills_inject', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='inject',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "drills_injectevent" ("area_code", "created_at", "expect_ack_minutes", "expect_done_minutes", "expected", "id", "kind", "level", "minute", "needs_controller", "number", "objective_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "receiver", "role", "text", "title", "updated_at") VALUES (NEW."area_code", NEW."created_at", NEW."expect_ack_minutes", NEW."expect_done_minutes", NEW."expected", NEW."id", NEW."kind", NEW."level", NEW."minute", NEW."needs_controller", NEW."number", NEW."objective_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."receiver", NEW."role", NEW."text", NEW."title", NEW."updated_at"); RETURN NULL;', hash='8f7ed0a92d33f93f7d1b85fe039e7dc9d0b5df06', operation='UPDATE', pgid='pgtrigger_update_update_62baf', table='drills_inject', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='runevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b078e307ef6baed7ce7f1f296b20e7dbc23db092', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_05de4', table='drills_runevent', when='BEFORE')),
                ),
            ]
        ),
    ]
