import django.contrib.gis.db.models.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [('hazards', '0001_initial'), ('hazards', '0002_photos_on_their_way')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('assignments', '0001_tables'),
        ('core', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='InspectionRound',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('number', models.PositiveIntegerField(unique=True, verbose_name='round')),
                        ('title', models.CharField(max_length=80, verbose_name='title')),
                        ('trigger', models.CharField(choices=[('person', 'Opened by a person'), ('season', 'Opened by the season calendar'), ('response', 'Opened by a response level')], default='person', max_length=10, verbose_name='opened by')),
                        ('opened_at', models.DateTimeField(verbose_name='opened')),
                        ('due_at', models.DateTimeField(verbose_name='due')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'round',
                        'verbose_name_plural': 'rounds',
                        'ordering': ['-number'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='round_closed_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='InspectionRoundEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('number', models.PositiveIntegerField(verbose_name='round')),
                        ('title', models.CharField(max_length=80, verbose_name='title')),
                        ('trigger', models.CharField(choices=[('person', 'Opened by a person'), ('season', 'Opened by the season calendar'), ('response', 'Opened by a response level')], default='person', max_length=10, verbose_name='opened by')),
                        ('opened_at', models.DateTimeField(verbose_name='opened')),
                        ('due_at', models.DateTimeField(verbose_name='due')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('closed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='hazards.inspectionround')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='SweepRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('required', models.PositiveIntegerField(verbose_name='required')),
                        ('inspected', models.PositiveIntegerField(verbose_name='inspected')),
                        ('done', models.PositiveIntegerField(verbose_name='verified')),
                        ('late', models.PositiveIntegerField(verbose_name='late')),
                        ('late_sites', models.JSONField(default=list, verbose_name='late sites')),
                        ('reminded', models.PositiveIntegerField(default=0, verbose_name='reminded')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sweeps', to='hazards.inspectionround')),
                    ],
                    options={
                        'verbose_name': 'sweep',
                        'verbose_name_plural': 'sweeps',
                        'get_latest_by': 'at',
                        'indexes': [models.Index(fields=['round', '-at'], name='sweep_newest')],
                    },
                ),
                migrations.CreateModel(
                    name='Checklist',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('river', 'River reach'), ('underpass', 'Underpass culvert'), ('ug_mall', 'Underground mall'), ('ug_parking', 'Underground car park'), ('geo_hazard', 'Geological hazard point'), ('waterlog_point', 'Waterlogging point')], max_length=16, verbose_name='kind')),
                        ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                        ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                    ],
                    options={
                        'verbose_name': 'checklist',
                        'verbose_name_plural': 'checklists',
                        'constraints': [models.UniqueConstraint(fields=('kind', 'version'), name='checklist_version_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ChecklistItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('order', models.PositiveSmallIntegerField(verbose_name='order')),
                        ('text', models.CharField(max_length=120, verbose_name='what is looked at')),
                        ('photo_when_failed', models.BooleanField(default=True, verbose_name='photo when failed')),
                        ('checklist', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='hazards.checklist')),
                    ],
                    options={
                        'verbose_name': 'checklist item',
                        'verbose_name_plural': 'checklist items',
                        'ordering': ['order'],
                        'constraints': [models.UniqueConstraint(fields=('checklist', 'order'), name='checklist_item_order')],
                    },
                ),
                migrations.CreateModel(
                    name='HazardSite',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('code', models.CharField(max_length=32, unique=True, verbose_name='site code')),
                        ('kind', models.CharField(choices=[('river', 'River reach'), ('underpass', 'Underpass culvert'), ('ug_mall', 'Underground mall'), ('ug_parking', 'Underground car park'), ('geo_hazard', 'Geological hazard point'), ('waterlog_point', 'Waterlogging point')], max_length=16, verbose_name='kind')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('address', models.CharField(blank=True, max_length=160, verbose_name='address')),
                        ('geometry', django.contrib.gis.db.models.fields.GeometryField(blank=True, null=True, srid=4326, verbose_name='position')),
                        ('closing_depth_cm', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='closing depth (cm)')),
                        ('note', models.TextField(blank=True, verbose_name='what is to be known')),
                        ('is_sample', models.BooleanField(default=False, verbose_name='sample')),
                        ('verified_at', models.DateField(blank=True, null=True, verbose_name='last verified')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='left the register')),
                        ('retired_reason', models.CharField(blank=True, max_length=200, verbose_name='why it left')),
                    ],
                    options={
                        'verbose_name': 'hazard site',
                        'verbose_name_plural': 'hazard sites',
                        'indexes': [models.Index(fields=['area_code', 'kind'], name='site_by_area')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), models.Q(('retired_reason', ''), _negated=True), _connector='OR'), name='site_retired_with_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='HazardSiteEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('code', models.CharField(max_length=32, verbose_name='site code')),
                        ('kind', models.CharField(choices=[('river', 'River reach'), ('underpass', 'Underpass culvert'), ('ug_mall', 'Underground mall'), ('ug_parking', 'Underground car park'), ('geo_hazard', 'Geological hazard point'), ('waterlog_point', 'Waterlogging point')], max_length=16, verbose_name='kind')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('address', models.CharField(blank=True, max_length=160, verbose_name='address')),
                        ('geometry', django.contrib.gis.db.models.fields.GeometryField(blank=True, null=True, srid=4326, verbose_name='position')),
                        ('closing_depth_cm', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='closing depth (cm)')),
                        ('note', models.TextField(blank=True, verbose_name='what is to be known')),
                        ('is_sample', models.BooleanField(default=False, verbose_name='sample')),
                        ('verified_at', models.DateField(blank=True, null=True, verbose_name='last verified')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='left the register')),
                        ('retired_reason', models.CharField(blank=True, max_length=200, verbose_name='why it left')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='hazards.hazardsite')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Inspection',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('client_uuid', models.UUIDField(unique=True)),
                        ('body_sha256', models.CharField(max_length=64)),
                        ('on_behalf_of', models.CharField(blank=True, max_length=60, verbose_name='on behalf of')),
                        ('occurred_at', models.DateTimeField(verbose_name='inspected at')),
                        ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                        ('position', django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326, verbose_name='position')),
                        ('accuracy_m', models.FloatField(blank=True, null=True, verbose_name='accuracy (m)')),
                        ('distance_m', models.FloatField(blank=True, null=True, verbose_name='distance to the site (m)')),
                        ('note', models.TextField(blank=True, verbose_name='note')),
                        ('failed_items', models.PositiveSmallIntegerField(default=0, verbose_name='failed items')),
                        ('missing_photos', models.JSONField(blank=True, default=list)),
                        ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified at')),
                        ('sent_back_reason', models.CharField(blank=True, max_length=200, verbose_name='sent back because')),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('checklist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hazards.checklist')),
                        ('inspected_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to=settings.AUTH_USER_MODEL)),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='hazards.hazardsite')),
                        ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'inspection',
                        'verbose_name_plural': 'inspections',
                        'indexes': [models.Index(fields=['site', '-occurred_at'], name='inspection_newest'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('missing_photos', []), _negated=True), fields=['missing_photos'], name='inspection_photos_missing')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by__isnull', True)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_by', models.F('inspected_by')), _negated=True)), _connector='OR'), name='inspection_verified_by_another', violation_error_message='Another person than the inspector must verify the inspection.')],
                    },
                ),
                migrations.CreateModel(
                    name='InspectionAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('result', models.CharField(choices=[('pass', 'Passed'), ('fail', 'Failed'), ('na', 'Not applicable')], max_length=4, verbose_name='result')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                        ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='hazards.inspection')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hazards.checklistitem')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('inspection', 'item'), name='answer_once')],
                    },
                ),
                migrations.CreateModel(
                    name='InspectionPhoto',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='hazards.inspection')),
                        ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hazards.checklistitem')),
                        ('media', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.media')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('inspection', 'media'), name='inspection_photo_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Responsibility',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('admin_resp', 'Administrative responsibility'), ('tech_resp', 'Technical responsibility'), ('patrol_resp', 'Patrol responsibility')], max_length=12, verbose_name='role')),
                        ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                        ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to=settings.AUTH_USER_MODEL)),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responsibilities', to='hazards.hazardsite')),
                    ],
                    options={
                        'verbose_name': 'responsible person',
                        'verbose_name_plural': 'responsible persons',
                        'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), ('role', '='), ('during', '&&')], name='responsibility_one_at_a_time'), models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__startswith__isnull', False)), name='responsibility_has_a_start')],
                    },
                ),
                migrations.CreateModel(
                    name='ResponsibilityEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('role', models.CharField(choices=[('admin_resp', 'Administrative responsibility'), ('tech_resp', 'Technical responsibility'), ('patrol_resp', 'Patrol responsibility')], max_length=12, verbose_name='role')),
                        ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                        ('deputy', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='hazards.responsibility')),
                        ('site', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='hazards.hazardsite')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='RoundMember',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('is_addendum', models.BooleanField(default=False, verbose_name='added later')),
                        ('missing_reason', models.CharField(blank=True, max_length=200, verbose_name='why it was not inspected')),
                        ('assignment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='round_member', to='assignments.assignment')),
                        ('inspection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='hazards.inspection')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='hazards.inspectionround')),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='hazards.hazardsite')),
                    ],
                    options={
                        'verbose_name': 'member of the round',
                        'verbose_name_plural': 'members of the round',
                        'constraints': [models.UniqueConstraint(fields=('round', 'site'), name='round_member_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='hazardsite',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "hazards_hazardsiteevent" ("address", "area_code", "closing_depth_cm", "code", "created_at", "geometry", "id", "is_sample", "kind", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "retired_reason", "updated_at", "verified_at") VALUES (NEW."address", NEW."area_code", NEW."closing_depth_cm", NEW."code", NEW."created_at", NEW."geometry", NEW."id", NEW."is_sample", NEW."kind", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."retired_at", NEW."retired_reason", NEW."updated_at", NEW."verified_at"); RETURN NULL;', hash='fae1077ec84c15d7cf015dc08807b623bad89181', operation='INSERT', pgid='pgtrigger_insert_insert_0b579', table='hazards_hazardsite', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='hazardsite',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "hazards_hazardsiteevent" ("address", "area_code", "closing_depth_cm", "code", "created_at", "geometry", "id", "is_sample", "kind", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "retired_reason", "updated_at", "verified_at") VALUES (NEW."address", NEW."area_code", NEW."closing_depth_cm", NEW."code", NEW."created_at", NEW."geometry", NEW."id", NEW."is_sample", NEW."kind", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."retired_at", NEW."retired_reason", NEW."updated_at", NEW."verified_at"); RETURN NULL;', hash='eb50d8c75053653715d4deb3534afb98024b2147', operation='UPDATE', pgid='pgtrigger_update_update_892be', table='hazards_hazardsite', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='hazardsiteevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5df415086cb3103eccf5c090546e494e82595e35', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0ede8', table='hazards_hazardsiteevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='inspectionround',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "hazards_inspectionroundevent" ("area_code", "closed_at", "closed_by_id", "created_at", "due_at", "exercise", "id", "number", "opened_at", "opened_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "trigger", "updated_at") VALUES (NEW."area_code", NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."due_at", NEW."exercise", NEW."id", NEW."number", NEW."opened_at", NEW."opened_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."title", NEW."trigger", NEW."updated_at"); RETURN NULL;', hash='12e55bc81a0ad7f9a91453ef0bee1e9558f868d1', operation='INSERT', pgid='pgtrigger_insert_insert_8eea6', table='hazards_inspectionround', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='inspectionround',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "hazards_inspectionroundevent" ("area_code", "closed_at", "closed_by_id", "created_at", "due_at", "exercise", "id", "number", "opened_at", "opened_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "trigger", "updated_at") VALUES (NEW."area_code", NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."due_at", NEW."exercise", NEW."id", NEW."number", NEW."opened_at", NEW."opened_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."title", NEW."trigger", NEW."updated_at"); RETURN NULL;', hash='01de91f02d46a1a1a015cca0a2e152ec2ea018fe', operation='UPDATE', pgid='pgtrigger_update_update_c18d0', table='hazards_inspectionround', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='inspectionroundevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6802a993a589bc15125936a8732ad51eadd4c490', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5162e', table='hazards_inspectionroundevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='responsibility',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "hazards_responsibilityevent" ("deputy_id", "during", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id") VALUES (NEW."deputy_id", NEW."during", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."site_id"); RETURN NULL;', hash='a60f622b3db48fa2f57c5415732ab31ce6ae87cd', operation='INSERT', pgid='pgtrigger_insert_insert_e9c99', table='hazards_responsibility', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='responsibility',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "hazards_responsibilityevent" ("deputy_id", "during", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id") VALUES (NEW."deputy_id", NEW."during", NEW."id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."site_id"); RETURN NULL;', hash='f6cc6dd431700711901e775026d7f0873c11db11', operation='UPDATE', pgid='pgtrigger_update_update_e916a', table='hazards_responsibility', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='responsibilityevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fd83808417a1cba4850e75ae06daa2d4b5f7aa3d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1cf33', table='hazards_responsibilityevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='sweeprun',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='337742ed0d80705bb3c4b3081ffe1024215f44b9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_176af', table='hazards_sweeprun', when='BEFORE')),
                ),
            ]
        ),
    ]
