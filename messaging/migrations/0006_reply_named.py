from django.db import migrations, models


class Migration(migrations.Migration):
    """A reply knows whether the gateway said which message it answers."""

    dependencies = [
        ('messaging', '0005_delivery_is_open'),
    ]

    operations = [
        migrations.AddField(
            model_name='reply',
            name='named',
            field=models.BooleanField(default=False),
        ),
    ]
