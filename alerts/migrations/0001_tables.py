import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [('alerts', '0001_initial')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('assignments', '0001_tables'),
        ('messaging', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('territory', '0001_tables'),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('kind', models.CharField(choices=[('rainstorm', 'Rainstorm risk'), ('waterlogging', 'Urban waterlogging risk'), ('river', 'River risk'), ('geological', 'Geological risk'), ('evacuation', 'Evacuation')], max_length=14, verbose_name='kind')),
                        ('level', models.SmallIntegerField(choices=[(1, 'Red'), (2, 'Orange'), (3, 'Yellow'), (4, 'Blue')], verbose_name='level')),
                        ('headline', models.CharField(max_length=60, verbose_name='headline')),
                        ('starts_at', models.DateTimeField(verbose_name='starts')),
                        ('expires_at', models.DateTimeField(verbose_name='ends')),
                        ('affected_area', models.CharField(max_length=120, verbose_name='area affected')),
                        ('caution', models.CharField(max_length=200, verbose_name='what to beware of')),
                        ('measures', models.CharField(max_length=200, verbose_name='what to do')),
                        ('issuer', models.CharField(max_length=60, verbose_name='issuer')),
                        ('sms_text', models.CharField(max_length=300, verbose_name='SMS text')),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for signature'), ('issued', 'Issued'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded')], default='draft', max_length=10, verbose_name='state')),
                        ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted')),
                        ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='issued')),
                        ('returned_reason', models.CharField(blank=True, max_length=200, verbose_name='returned because')),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                        ('withdrawn_reason', models.CharField(blank=True, max_length=200, verbose_name='withdrawn because')),
                        ('wait_minutes', models.PositiveSmallIntegerField(default=10, verbose_name='wait for receipts (min)')),
                        ('waited_at', models.DateTimeField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('approver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('broadcast', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.broadcast')),
                        ('last_editor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('submitter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'notice',
                        'verbose_name_plural': 'notices',
                        'indexes': [models.Index(fields=['state', '-issued_at'], name='notice_in_force')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('starts_at'))), name='notice_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('approver__isnull', True), ('issued_at__isnull', True)), models.Q(('approver__isnull', False), ('issued_at__isnull', False), ('submitter__isnull', False), models.Q(('approver', models.F('author')), _negated=True), models.Q(('approver', models.F('last_editor')), _negated=True), models.Q(('approver', models.F('submitter')), _negated=True)), _connector='OR'), name='notice_signed_by_another', violation_error_message='Who wrote, edited or submitted a notice cannot sign it.'), models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', False), ('state__in', ['issued', 'withdrawn'])), models.Q(models.Q(('state__in', ['issued', 'withdrawn']), _negated=True), ('issued_at__isnull', True)), _connector='OR'), name='notice_issued_has_time')],
                    },
                ),
                migrations.CreateModel(
                    name='DoorKnock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('created_at', models.DateTimeField(verbose_name='created')),
                        ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='door_knock', to='assignments.assignment')),
                        ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='knocks', to='alerts.notice')),
                    ],
                    options={
                        'verbose_name': 'door-knock',
                        'verbose_name_plural': 'door-knocks',
                        'constraints': [models.UniqueConstraint(fields=('notice', 'area_code'), name='door_knock_once_per_grid')],
                    },
                ),
                migrations.CreateModel(
                    name='NoticeArea',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='alerts.notice')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('notice', 'area_code'), name='notice_area_once')],
                    },
                ),
                migrations.CreateModel(
                    name='NoticeEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('kind', models.CharField(choices=[('rainstorm', 'Rainstorm risk'), ('waterlogging', 'Urban waterlogging risk'), ('river', 'River risk'), ('geological', 'Geological risk'), ('evacuation', 'Evacuation')], max_length=14, verbose_name='kind')),
                        ('level', models.SmallIntegerField(choices=[(1, 'Red'), (2, 'Orange'), (3, 'Yellow'), (4, 'Blue')], verbose_name='level')),
                        ('headline', models.CharField(max_length=60, verbose_name='headline')),
                        ('starts_at', models.DateTimeField(verbose_name='starts')),
                        ('expires_at', models.DateTimeField(verbose_name='ends')),
                        ('affected_area', models.CharField(max_length=120, verbose_name='area affected')),
                        ('caution', models.CharField(max_length=200, verbose_name='what to beware of')),
                        ('measures', models.CharField(max_length=200, verbose_name='what to do')),
                        ('issuer', models.CharField(max_length=60, verbose_name='issuer')),
                        ('sms_text', models.CharField(max_length=300, verbose_name='SMS text')),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for signature'), ('issued', 'Issued'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded')], default='draft', max_length=10, verbose_name='state')),
                        ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted')),
                        ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='issued')),
                        ('returned_reason', models.CharField(blank=True, max_length=200, verbose_name='returned because')),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                        ('withdrawn_reason', models.CharField(blank=True, max_length=200, verbose_name='withdrawn because')),
                        ('wait_minutes', models.PositiveSmallIntegerField(default=10, verbose_name='wait for receipts (min)')),
                        ('waited_at', models.DateTimeField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('approver', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('broadcast', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='messaging.broadcast')),
                        ('last_editor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='alerts.notice')),
                        ('submitter', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('withdrawn_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AudienceHousehold',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('must_reach', models.CharField(blank=True, choices=[('', 'Ordinary household'), ('near_danger', 'Lives beside a dangerous place'), ('alone', 'Old person living alone'), ('bedridden', 'Bed-ridden or disabled'), ('basement', 'Lives in a basement')], max_length=12)),
                        ('answer', models.CharField(blank=True, choices=[('safe', 'Everybody at home knows'), ('away', 'I am away, somebody is at home'), ('need_help', 'Need help')], max_length=10)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('visited_at', models.DateTimeField(null=True)),
                        ('unreached_at', models.DateTimeField(null=True)),
                        ('closed_reason', models.CharField(blank=True, max_length=200, verbose_name='why it cannot be reached')),
                        ('help_closed_at', models.DateTimeField(null=True)),
                        ('contact_point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint')),
                        ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.household')),
                        ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='households', to='alerts.notice')),
                    ],
                    options={
                        'verbose_name': 'household of the audience',
                        'verbose_name_plural': 'households of the audience',
                        'indexes': [models.Index(fields=['notice', 'area_code'], name='audience_by_grid'), models.Index(condition=models.Q(('contact_point__isnull', False)), fields=['contact_point'], name='audience_by_phone')],
                        'constraints': [models.UniqueConstraint(fields=('notice', 'household'), name='audience_household_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Visit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('client_uuid', models.UUIDField(unique=True)),
                        ('outcome', models.CharField(choices=[('told', 'Told face to face'), ('nobody', 'Nobody at home'), ('refused', 'Refused'), ('need_help', 'Needs help')], max_length=10, verbose_name='outcome')),
                        ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                        ('by_name', models.CharField(max_length=60)),
                        ('occurred_at', models.DateTimeField(verbose_name='happened at')),
                        ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                        ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='alerts.audiencehousehold')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'visit',
                        'verbose_name_plural': 'visits',
                    },
                ),
                migrations.CreateModel(
                    name='Answer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('choice', models.CharField(choices=[('safe', 'Everybody at home knows'), ('away', 'I am away, somebody is at home'), ('need_help', 'Need help')], max_length=10, verbose_name='answer')),
                        ('via', models.CharField(choices=[('sms', 'SMS reply'), ('link', 'personal link'), ('code', 'household code'), ('worker', 'at the door')], max_length=8, verbose_name='how')),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                        ('text', models.CharField(blank=True, max_length=200, verbose_name='in his words')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='alerts.audiencehousehold')),
                    ],
                    options={
                        'verbose_name': 'answer',
                        'verbose_name_plural': 'answers',
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='answer',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e5d0f0fe36ea537321b65cf7960ea83054367b32', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b4b74', table='alerts_answer', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notice',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "alerts_noticeevent" ("affected_area", "approver_id", "area_code", "author_id", "broadcast_id", "caution", "created_at", "exercise", "expires_at", "headline", "id", "issued_at", "issuer", "kind", "last_editor_id", "level", "measures", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "returned_reason", "sms_text", "starts_at", "state", "submitted_at", "submitter_id", "updated_at", "uuid", "version", "wait_minutes", "waited_at", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."affected_area", NEW."approver_id", NEW."area_code", NEW."author_id", NEW."broadcast_id", NEW."caution", NEW."created_at", NEW."exercise", NEW."expires_at", NEW."headline", NEW."id", NEW."issued_at", NEW."issuer", NEW."kind", NEW."last_editor_id", NEW."level", NEW."measures", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."returned_reason", NEW."sms_text", NEW."starts_at", NEW."state", NEW."submitted_at", NEW."submitter_id", NEW."updated_at", NEW."uuid", NEW."version", NEW."wait_minutes", NEW."waited_at", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;', hash='b01f8be6dd4dedc7db7bfa63d416ecc51bd7dca5', operation='INSERT', pgid='pgtrigger_insert_insert_e0df2', table='alerts_notice', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notice',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "alerts_noticeevent" ("affected_area", "approver_id", "area_code", "author_id", "broadcast_id", "caution", "created_at", "exercise", "expires_at", "headline", "id", "issued_at", "issuer", "kind", "last_editor_id", "level", "measures", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "returned_reason", "sms_text", "starts_at", "state", "submitted_at", "submitter_id", "updated_at", "uuid", "version", "wait_minutes", "waited_at", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."affected_area", NEW."approver_id", NEW."area_code", NEW."author_id", NEW."broadcast_id", NEW."caution", NEW."created_at", NEW."exercise", NEW."expires_at", NEW."headline", NEW."id", NEW."issued_at", NEW."issuer", NEW."kind", NEW."last_editor_id", NEW."level", NEW."measures", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."returned_reason", NEW."sms_text", NEW."starts_at", NEW."state", NEW."submitted_at", NEW."submitter_id", NEW."updated_at", NEW."uuid", NEW."version", NEW."wait_minutes", NEW."waited_at", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;', hash='c64b88bf6af4080fa6c2d3db026508b767efe8fb', operation='UPDATE', pgid='pgtrigger_update_update_0c17f', table='alerts_notice', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='noticeevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='087cd65cbd3480f40e8776f0b05f1e76c4305624', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d3327', table='alerts_noticeevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='visit',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='03654b100fdcc543a07c1b549c3a3d282b70517f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4b184', table='alerts_visit', when='BEFORE')),
                ),
            ]
        ),
    ]
