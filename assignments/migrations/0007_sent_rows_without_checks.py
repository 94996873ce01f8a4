import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0006_past_holdings'),
        ('messaging', '0009_robots_and_calls'),
        ('territory', '0003_robots_and_calls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='escalationsent',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='escalationsent',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='assignments.escalationrun'),
        ),
        migrations.AddIndex(
            model_name='escalationsent',
            index=models.Index(condition=models.Q(('who', 'assignee'), _negated=True), fields=['person'], name='sent_to_others'),
        ),
    ]
