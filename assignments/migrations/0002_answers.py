import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A duty knows its answer and who wants support; replies nobody has claimed are kept."""

    dependencies = [
        ('assignments', '0001_initial'),
        ('messaging', '0007_reply_named'),
        ('territory', '0002_roll_statistics'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnclaimedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                ('speaker', models.CharField(max_length=60, verbose_name='speaker')),
                ('why', models.CharField(choices=[('no_option', 'matches no answer'), ('several', 'this phone owes several answers'), ('passed_on', "the duty is another person's now"), ('refused', "does not fit the duty's present state")], max_length=12, verbose_name='why')),
                ('exercise', models.UUIDField(blank=True, null=True, verbose_name='exercise')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
            ],
            options={
                'verbose_name': 'reply nobody has claimed',
                'verbose_name_plural': 'replies nobody has claimed',
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='answer_key',
            field=models.CharField(blank=True, max_length=4, verbose_name='answer'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='answered_by',
            field=models.CharField(blank=True, max_length=60, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='support_asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='support wanted since'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='option',
            field=models.CharField(blank=True, max_length=4, verbose_name='answer'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='said',
            field=models.CharField(blank=True, max_length=500, verbose_name='in his words'),
        ),
        migrations.AddField(
            model_name='assignmentevent',
            name='source',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='assignmentevent',
            name='means',
            field=models.CharField(choices=[('page', 'on the page'), ('link', 'by task link'), ('phone_call', 'by telephone, recorded on behalf'), ('system', 'by the platform'), ('reply', 'by SMS reply'), ('voice_key', 'by key in a call'), ('group_text', 'in the chat group, pasted')], default='page', max_length=12, verbose_name='how'),
        ),
        migrations.AlterField(
            model_name='assignmentevent',
            name='verb',
            field=models.CharField(choices=[('assign', 'assigned'), ('acknowledge', 'acknowledged'), ('start', 'arrived on the spot'), ('report', 'reported done'), ('decline', 'cannot do it'), ('verify', 'verified'), ('send_back', 'sent back'), ('cancel', 'withdrew'), ('hand_over', 'handed over'), ('remind', 'reminded'), ('escalate', 'told the superior'), ('ask_support', 'asked for support'), ('support_sent', 'arranged support')], max_length=14, verbose_name='what'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('support_asked_at__isnull', False)), fields=['area_code'], name='assignment_wants_support'),
        ),
        migrations.AddConstraint(
            model_name='assignmentevent',
            constraint=models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('assignment', 'source'), name='assignment_event_source_once'),
        ),
        migrations.AddField(
            model_name='unclaimedreply',
            name='assignment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assignments.assignment'),
        ),
        migrations.AddField(
            model_name='unclaimedreply',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='unclaimedreply',
            name='reply',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='unclaimed', to='messaging.reply'),
        ),
        migrations.AddField(
            model_name='unclaimedreply',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='unclaimedreply',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['area_code'], name='unclaimed_waiting'),
        ),
        migrations.AddConstraint(
            model_name='unclaimedreply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assignment__isnull', True), ('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='unclaimed_settled_by_somebody'),
        ),
    ]
