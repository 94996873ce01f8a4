import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [
        ('core', '0001_initial'),
        ('core', '0001_tables'),
        ('core', '0002_destructions'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='Destruction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('what', models.CharField(max_length=40, verbose_name='what')),
                        ('count', models.PositiveIntegerField(verbose_name='count')),
                        ('before', models.DateTimeField(verbose_name='older than')),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('by_name', models.CharField(max_length=60, verbose_name='by')),
                    ],
                    options={
                        'verbose_name': 'destruction',
                        'verbose_name_plural': 'destructions',
                        'indexes': [models.Index(fields=['-at'], name='destruction_newest')],
                    },
                ),
                migrations.CreateModel(
                    name='Media',
                    fields=[
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('content_type', models.CharField(max_length=40)),
                        ('size', models.PositiveIntegerField()),
                        ('state', models.CharField(choices=[('received', 'Received'), ('ready', 'Ready'), ('unreadable', 'Not readable')], default='received', max_length=12)),
                        ('uploaded_by_id', models.BigIntegerField(blank=True, null=True)),
                        ('taken_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'verbose_name': 'photograph',
                        'verbose_name_plural': 'photographs',
                        'indexes': [models.Index(condition=models.Q(('state', 'received')), fields=['state'], name='media_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='Tick',
                    fields=[
                        ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                    ],
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='destruction',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8ab93ddf5d7b9f78fb82e192c4d575055ceee0d4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1fa58', table='core_destruction', when='BEFORE')),
                ),
            ]
        ),
    ]
