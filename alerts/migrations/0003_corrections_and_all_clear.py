import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A notice may correct or end the one before it; its text may be made of the reviewed one."""

    dependencies = [
        ('alerts', '0002_waves'),
        ('messaging', '0003_receipts_without_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='notice',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='notice',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_issued_has_time',
        ),
        migrations.AddField(
            model_name='notice',
            name='is_composed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='notice',
            name='message_type',
            field=models.CharField(choices=[('alert', 'Notice'), ('correction', 'Correction'), ('all_clear', 'All-clear')], db_default='alert', default='alert', max_length=10, verbose_name='sort of notice'),
        ),
        migrations.AddField(
            model_name='notice',
            name='refers_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='alerts.notice'),
        ),
        migrations.AddField(
            model_name='notice',
            name='root',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='chain', to='alerts.notice'),
        ),
        migrations.AddField(
            model_name='noticeevent',
            name='is_composed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='noticeevent',
            name='message_type',
            field=models.CharField(choices=[('alert', 'Notice'), ('correction', 'Correction'), ('all_clear', 'All-clear')], db_default='alert', default='alert', max_length=10, verbose_name='sort of notice'),
        ),
        migrations.AddField(
            model_name='noticeevent',
            name='refers_to',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='alerts.notice'),
        ),
        migrations.AddField(
            model_name='noticeevent',
            name='root',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='alerts.notice'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='sms_text',
            field=models.CharField(max_length=500, verbose_name='SMS text'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for signature'), ('issued', 'Issued'), ('corrected', 'Corrected'), ('cleared', 'Cleared'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded')], default='draft', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='noticeevent',
            name='sms_text',
            field=models.CharField(max_length=500, verbose_name='SMS text'),
        ),
        migrations.AlterField(
            model_name='noticeevent',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for signature'), ('issued', 'Issued'), ('corrected', 'Corrected'), ('cleared', 'Cleared'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded')], default='draft', max_length=10, verbose_name='state'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "alerts_noticeevent" ("affected_area", "approver_id", "area_code", "author_id", "broadcast_id", "caution", "created_at", "exercise", "expires_at", "headline", "id", "is_composed", "issued_at", "issuer", "kind", "last_editor_id", "level", "measures", "message_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refers_to_id", "returned_reason", "root_id", "sms_text", "starts_at", "state", "submitted_at", "submitter_id", "updated_at", "uuid", "version", "wait_minutes", "waited_at", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."affected_area", NEW."approver_id", NEW."area_code", NEW."author_id", NEW."broadcast_id", NEW."caution", NEW."created_at", NEW."exercise", NEW."expires_at", NEW."headline", NEW."id", NEW."is_composed", NEW."issued_at", NEW."issuer", NEW."kind", NEW."last_editor_id", NEW."level", NEW."measures", NEW."message_type", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."refers_to_id", NEW."returned_reason", NEW."root_id", NEW."sms_text", NEW."starts_at", NEW."state", NEW."submitted_at", NEW."submitter_id", NEW."updated_at", NEW."uuid", NEW."version", NEW."wait_minutes", NEW."waited_at", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;', hash='131a4a179f274275b00e5f4e6eacefcba4dc705e', operation='INSERT', pgid='pgtrigger_insert_insert_e0df2', table='alerts_notice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "alerts_noticeevent" ("affected_area", "approver_id", "area_code", "author_id", "broadcast_id", "caution", "created_at", "exercise", "expires_at", "headline", "id", "is_composed", "issued_at", "issuer", "kind", "last_editor_id", "level", "measures", "message_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refers_to_id", "returned_reason", "root_id", "sms_text", "starts_at", "state", "submitted_at", "submitter_id", "updated_at", "uuid", "version", "wait_minutes", "waited_at", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."affected_area", NEW."approver_id", NEW."area_code", NEW."author_id", NEW."broadcast_id", NEW."caution", NEW."created_at", NEW."exercise", NEW."expires_at", NEW."headline", NEW."id", NEW."is_composed", NEW."issued_at", NEW."issuer", NEW."kind", NEW."last_editor_id", NEW."level", NEW."measures", NEW."message_type", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."refers_to_id", NEW."returned_reason", NEW."root_id", NEW."sms_text", NEW."starts_at", NEW."state", NEW."submitted_at", NEW."submitter_id", NEW."updated_at", NEW."uuid", NEW."version", NEW."wait_minutes", NEW."waited_at", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;', hash='597ac34e2cbcd76204f9ae81b535b1945a210f4a', operation='UPDATE', pgid='pgtrigger_update_update_0c17f', table='alerts_notice', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', False), ('state__in', ('issued', 'corrected', 'cleared', 'withdrawn'))), models.Q(models.Q(('state__in', ('issued', 'corrected', 'cleared', 'withdrawn')), _negated=True), ('issued_at__isnull', True)), _connector='OR'), name='notice_issued_has_time'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('message_type', 'alert'), ('refers_to__isnull', True), ('root__isnull', True)), models.Q(models.Q(('message_type', 'alert'), _negated=True), ('refers_to__isnull', False), ('root__isnull', False)), _connector='OR'), name='notice_follows_one'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('issued_at__isnull', False)), fields=('refers_to',), name='notice_followed_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted'])), fields=('refers_to', 'message_type'), name='notice_one_follower_open'),
        ),
    ]
