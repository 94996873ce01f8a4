
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0008_register_of_texts'),
        ('territory', '0003_robots_and_calls'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupRobot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('channel', models.CharField(choices=[('wecom', 'WeCom group'), ('dingtalk', 'DingTalk group')], max_length=10, verbose_name='channel')),
                ('secret_name', models.CharField(blank=True, max_length=60, verbose_name='environment variable of its key')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired')),
            ],
            options={
                'verbose_name': 'group robot',
                'verbose_name_plural': 'group robots',
            },
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', 'voice')), fields=['contact_point', 'accepted_at'], name='delivery_rung'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', 'voice')), fields=['accepted_at'], name='delivery_calls'),
        ),
        migrations.AddField(
            model_name='grouprobot',
            name='contact_point',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.contactpoint'),
        ),
    ]
