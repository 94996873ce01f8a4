from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [('core', '0001_initial')]

    initial = True

    dependencies = [
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='Tick',
                    fields=[
                        ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                    ],
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
            ]
        ),
    ]
