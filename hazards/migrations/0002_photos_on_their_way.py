
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hazards', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='inspection',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('missing_photos', []), _negated=True), fields=['missing_photos'], name='inspection_photos_missing'),
        ),
    ]
