import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models

from core.tables import Tables


# After a roll of 100,000 households the planner must know of them at once; only the tables' owner may ANALYZE.
STATISTICS = """
CREATE FUNCTION territory_roll_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    ANALYZE territory_household, territory_contactpoint, territory_householdcontact;
END $$
"""


class Migration(migrations.Migration):

    replaces = [('territory', '0001_initial'), ('territory', '0002_roll_statistics'), ('territory', '0003_robots_and_calls')]

    initial = True

    dependencies = [
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='Area',
                    fields=[
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('code', models.CharField(max_length=15, primary_key=True, serialize=False, verbose_name='official code')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('level', models.CharField(choices=[('district', 'District'), ('subdistrict', 'Sub-district'), ('community', 'Community'), ('village', 'Village'), ('grid', 'Grid')], max_length=12, verbose_name='level')),
                        ('border', django.contrib.gis.db.models.fields.MultiPolygonField(blank=True, null=True, srid=4326, verbose_name='border')),
                        ('border_is_sketch', models.BooleanField(default=True, verbose_name='border is a sketch')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired')),
                    ],
                    options={
                        'verbose_name': 'area',
                        'verbose_name_plural': 'areas',
                        'ordering': ['code'],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarDay',
                    fields=[
                        ('date', models.DateField(primary_key=True, serialize=False, verbose_name='date')),
                        ('kind', models.CharField(choices=[('workday', 'Workday'), ('weekend', 'Weekend'), ('holiday', 'Statutory holiday'), ('unknown', 'Not known yet')], max_length=10, verbose_name='kind')),
                        ('name', models.CharField(blank=True, max_length=40, verbose_name='holiday')),
                        ('source', models.CharField(max_length=120, verbose_name='source')),
                    ],
                    options={
                        'verbose_name': 'calendar day',
                        'verbose_name_plural': 'calendar days',
                        'ordering': ['date'],
                    },
                ),
                migrations.CreateModel(
                    name='ContactPoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('mobile', 'Mobile phone'), ('landline', 'Landline'), ('email', 'E-mail'), ('robot', 'Group robot')], max_length=10, verbose_name='kind')),
                        ('address', models.CharField(max_length=120, verbose_name='address')),
                        ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='last verified')),
                        ('dead_since', models.DateTimeField(blank=True, null=True, verbose_name='dead since')),
                    ],
                    options={
                        'verbose_name': 'contact point',
                        'verbose_name_plural': 'contact points',
                        'constraints': [models.UniqueConstraint(fields=('kind', 'address'), name='contact_point_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Household',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('code', models.CharField(max_length=32, unique=True, verbose_name='household code')),
                        ('building', models.CharField(blank=True, max_length=60, verbose_name='building')),
                        ('unit', models.CharField(blank=True, max_length=20, verbose_name='unit')),
                        ('floor', models.SmallIntegerField(blank=True, null=True, verbose_name='floor')),
                        ('room', models.CharField(blank=True, max_length=20, verbose_name='room')),
                        ('address', models.CharField(blank=True, max_length=120, verbose_name='address')),
                        ('head_name', models.CharField(blank=True, max_length=40, verbose_name='head of household')),
                        ('persons', models.PositiveSmallIntegerField(default=1, verbose_name='persons')),
                        ('must_reach', models.CharField(blank=True, choices=[('', 'Ordinary household'), ('near_danger', 'Lives beside a dangerous place'), ('alone', 'Old person living alone'), ('bedridden', 'Bed-ridden or disabled'), ('basement', 'Lives in a basement')], default='', max_length=12, verbose_name='must be reached')),
                        ('position', django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326, verbose_name='position')),
                        ('verified_at', models.DateField(blank=True, null=True, verbose_name='last verified')),
                        ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='left the roll')),
                    ],
                    options={
                        'verbose_name': 'household',
                        'verbose_name_plural': 'households',
                        'indexes': [models.Index(fields=['area_code', 'building', 'floor', 'room'], name='household_doors')],
                    },
                ),
                migrations.CreateModel(
                    name='Season',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('starts', models.DateField(verbose_name='first day')),
                        ('ends', models.DateField(verbose_name='last day')),
                        ('basis', models.CharField(blank=True, max_length=200, verbose_name='basis')),
                    ],
                    options={
                        'verbose_name': 'flood season',
                        'verbose_name_plural': 'flood seasons',
                        'ordering': ['-starts'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='season_ends_after_start')],
                    },
                ),
                migrations.CreateModel(
                    name='SheetImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('kind', models.CharField(max_length=20, verbose_name='kind')),
                        ('sha256', models.CharField(max_length=64)),
                        ('file_name', models.CharField(max_length=200, verbose_name='file')),
                        ('state', models.CharField(choices=[('checked', 'Checked, nothing stored yet'), ('refused', 'Refused: mend the sheet first'), ('stored', 'Stored')], default='checked', max_length=10, verbose_name='state')),
                        ('total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                        ('new', models.PositiveIntegerField(default=0, verbose_name='new')),
                        ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                        ('same', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                        ('bad', models.PositiveIntegerField(default=0, verbose_name='with errors')),
                        ('faults', models.JSONField(default=list)),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('actor_name', models.CharField(max_length=60)),
                        ('stored_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'verbose_name': 'import',
                        'verbose_name_plural': 'imports',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'stored')), fields=('kind', 'sha256'), name='sheet_stored_once')],
                    },
                ),
                migrations.CreateModel(
                    name='HouseholdContact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rank', models.PositiveSmallIntegerField(default=1)),
                        ('contact_point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='household_contacts', to='territory.contactpoint')),
                        ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='territory.household')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('household', 'contact_point'), name='household_contact_once'), models.UniqueConstraint(fields=('household', 'rank'), name='household_contact_rank'), models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='household_contact_rank_from_one')],
                    },
                ),
            ]
        ),
        migrations.RunSQL(STATISTICS, "DROP FUNCTION territory_roll_statistics()"),
    ]
