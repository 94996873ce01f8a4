import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0002_answers'),
        ('messaging', '0007_reply_named'),
        ('territory', '0002_roll_statistics'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                'verbose_name': 'ladder',
                'verbose_name_plural': 'ladders',
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
            ],
            options={
                'verbose_name': 'step taken',
                'verbose_name_plural': 'steps taken',
            },
        ),
        migrations.AlterField(
            model_name='assignmentevent',
            name='verb',
            field=models.CharField(choices=[('assign', 'assigned'), ('acknowledge', 'acknowledged'), ('start', 'arrived on the spot'), ('report', 'reported done'), ('decline', 'cannot do it'), ('verify', 'verified'), ('send_back', 'sent back'), ('cancel', 'withdrew'), ('hand_over', 'handed over'), ('remind', 'reminded'), ('escalate', 'told the superior'), ('ask_support', 'asked for support'), ('support_sent', 'arranged support'), ('silence', 'stopped the ladder')], max_length=14, verbose_name='what'),
        ),
        migrations.AddField(
            model_name='escalationrun',
            name='assignment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='assignments.assignment'),
        ),
        migrations.AddField(
            model_name='escalationsent',
            name='broadcast',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='messaging.broadcast'),
        ),
        migrations.AddField(
            model_name='escalationsent',
            name='contact_point',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.contactpoint'),
        ),
        migrations.AddField(
            model_name='escalationsent',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='escalationsent',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='assignments.escalationrun'),
        ),
        migrations.AddIndex(
            model_name='escalationrun',
            index=models.Index(condition=models.Q(('stopped_at__isnull', True)), fields=['next_due_at', 'id'], name='run_due'),
        ),
        migrations.AddConstraint(
            model_name='escalationrun',
            constraint=models.UniqueConstraint(condition=models.Q(('stopped_at__isnull', True)), fields=('assignment',), name='run_open_once_a_duty'),
        ),
        migrations.AddConstraint(
            model_name='escalationrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_due_at__isnull', False), ('stopped_at__isnull', True)), models.Q(('next_due_at__isnull', True), ('stopped_at__isnull', False)), _connector='OR'), name='run_open_knows_its_next_step'),
        ),
        migrations.AddIndex(
            model_name='escalationsent',
            index=models.Index(fields=['broadcast', 'contact_point'], name='sent_by_message'),
        ),
        migrations.AddConstraint(
            model_name='escalationsent',
            constraint=models.UniqueConstraint(fields=('run', 'step_no', 'loop', 'person', 'channel'), name='sent_once', nulls_distinct=False),
        ),
    ]
