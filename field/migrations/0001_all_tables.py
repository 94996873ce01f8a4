import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [
        ('field', '0001_what_phones_send'),
        ('field', '0002_reports_files_and_refusals'),
        ('field', '0003_households_patrols_measures'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='FileReadIn',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('read_at', models.DateTimeField(verbose_name='read in at')),
                        ('saved_at', models.DateTimeField(null=True, verbose_name='saved on the phone at')),
                        ('file_name', models.CharField(max_length=120, verbose_name='file name')),
                        ('file_sha256', models.CharField(max_length=64)),
                        ('lines', models.JSONField()),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files_read_in', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'file read in',
                        'verbose_name_plural': 'files read in',
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['by', '-id'], name='file_read_mine')],
                    },
                ),
                migrations.CreateModel(
                    name='DeviceToken',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token_sha256', models.CharField(max_length=64, unique=True)),
                        ('label', models.CharField(blank=True, max_length=80, verbose_name='phone')),
                        ('issued_at', models.DateTimeField(verbose_name='issued')),
                        ('expires_at', models.DateTimeField(verbose_name='ends')),
                        ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'phone of a person',
                        'verbose_name_plural': 'phones of people',
                        'indexes': [models.Index(fields=['user', '-issued_at'], name='device_newest')],
                    },
                ),
                migrations.CreateModel(
                    name='SealedRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('client_uuid', models.UUIDField(unique=True)),
                        ('kind', models.CharField(choices=[('inspection', 'Inspection'), ('door_visit', 'Door visit'), ('duty_answer', 'Answer to a duty'), ('danger', 'Report of a danger'), ('closure', 'Closing or re-opening'), ('fix', 'Rectification report'), ('household', 'Household check'), ('patrol_point', 'Check-in on patrol'), ('control', 'Interim measure')], max_length=12, verbose_name='kind')),
                        ('body_sha256', models.CharField(max_length=64)),
                        ('content', models.JSONField()),
                        ('captured_at', models.DateTimeField(verbose_name='recorded on the phone')),
                        ('occurred_at', models.DateTimeField(verbose_name='happened at')),
                        ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                        ('position', django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326, verbose_name='position')),
                        ('accuracy_m', models.FloatField(blank=True, null=True, verbose_name='accuracy (m)')),
                        ('position_source', models.CharField(blank=True, choices=[('device', "the phone's own"), ('photo', 'from the photo'), ('map', 'pointed at on the map')], max_length=8, verbose_name='source of the position')),
                        ('distance_m', models.FloatField(blank=True, null=True, verbose_name='distance to the site (m)')),
                        ('flags', models.JSONField(blank=True, default=list, verbose_name='what looks odd')),
                        ('missing_photos', models.JSONField(blank=True, default=list)),
                        ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='taken in')),
                        ('refusal', models.CharField(blank=True, max_length=300)),
                        ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_records', to=settings.AUTH_USER_MODEL)),
                        ('brought_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('news', models.JSONField(blank=True, default=dict)),
                        ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='dealt with at')),
                        ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settled_words', models.CharField(blank=True, max_length=200, verbose_name='what was done')),
                    ],
                    options={
                        'verbose_name': 'record from the field',
                        'verbose_name_plural': 'records from the field',
                        'indexes': [models.Index(fields=['area_code', '-recorded_at'], name='sealed_by_area'), models.Index(fields=['by', '-recorded_at'], name='sealed_mine'), models.Index(condition=models.Q(models.Q(('refusal', ''), _negated=True), ('settled_at__isnull', True)), fields=['area_code', 'recorded_at'], name='sealed_refused'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('missing_photos', []), _negated=True), fields=['missing_photos'], name='sealed_photos_missing')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('settled_words', ''), _negated=True)), _connector='OR'), name='sealed_settled_by_somebody')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='filereadin',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e65a2d52284c9627b51449356eeff9173197483d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d3957', table='field_filereadin', when='BEFORE')),
                ),
            ]
        ),
    ]
