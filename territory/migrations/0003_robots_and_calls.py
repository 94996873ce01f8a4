
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0002_roll_statistics'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contactpoint',
            name='kind',
            field=models.CharField(choices=[('mobile', 'Mobile phone'), ('landline', 'Landline'), ('email', 'E-mail'), ('robot', 'Group robot')], max_length=10, verbose_name='kind'),
        ),
    ]
