from django.db import migrations, models


class Migration(migrations.Migration):
    """Replies of telephones that may ask for help wait apart, and every post says how many rows it holds."""

    dependencies = [
        ('messaging', '0006_sealed_robots'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookbatch',
            name='rows',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='webhookbatch',
            name='kind',
            field=models.CharField(choices=[('receipts', 'Receipts'), ('replies', 'Replies'), ('cries', 'Cries')], max_length=10),
        ),
    ]
