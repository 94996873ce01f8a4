from django.db import migrations, models


class Migration(migrations.Migration):
    """A reply knows whether the gateway said which message it answers."""

    dependencies = [
        ('messaging', '0006_next_addresses_and_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='reply',
            name='named',
            field=models.BooleanField(default=False),
        ),
    ]
