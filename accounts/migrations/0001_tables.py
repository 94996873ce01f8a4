import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.tables import Tables


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_feedback')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('territory', '0001_tables'),
    ]

    operations = [
        Tables(
            [
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('username', models.CharField(max_length=60, unique=True, verbose_name='sign-in name')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('phone', models.CharField(blank=True, max_length=16, null=True, unique=True, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('is_staff', models.BooleanField(default=False, verbose_name='may open set-up')),
                        ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='activated')),
                        ('phone_verified_at', models.DateTimeField(blank=True, null=True, verbose_name='phone verified')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': 'person',
                        'verbose_name_plural': 'people',
                    },
                ),
                migrations.CreateModel(
                    name='ActivationLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token_sha256', models.CharField(max_length=64, unique=True)),
                        ('expires_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activation_links', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='Feedback',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.CharField(max_length=1000, verbose_name='what you want to tell us')),
                        ('page', models.CharField(blank=True, max_length=200, verbose_name='page')),
                        ('said_at', models.DateTimeField(verbose_name='said at')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'feedback',
                        'verbose_name_plural': 'feedback',
                        'indexes': [models.Index(fields=['by', 'said_at'], name='feedback_by_person')],
                    },
                ),
                migrations.CreateModel(
                    name='PersonContact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rank', models.PositiveSmallIntegerField(default=1)),
                        ('contact_point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='person_contacts', to='territory.contactpoint')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('user', 'contact_point'), name='person_contact_once'), models.UniqueConstraint(fields=('user', 'rank'), name='person_contact_rank')],
                    },
                ),
                migrations.CreateModel(
                    name='Reveal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject', models.CharField(max_length=60, verbose_name='whose')),
                        ('reason', models.CharField(max_length=200, verbose_name='reason')),
                        ('at', models.DateTimeField(verbose_name='at')),
                        ('address', models.GenericIPAddressField(null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reveals', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'reveal',
                        'verbose_name_plural': 'reveals',
                    },
                ),
                migrations.CreateModel(
                    name='RoleHeld',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('area_code', models.CharField(db_index=True, max_length=15, verbose_name='area code')),
                        ('role', models.CharField(choices=[('commander', 'Commander'), ('leader', 'Leader on duty'), ('duty_officer', 'Duty officer'), ('subdistrict_officer', 'Sub-district officer'), ('grid_worker', 'Grid worker'), ('storekeeper', 'Storekeeper'), ('agency_liaison', 'Member agency liaison'), ('site_keeper', 'Site keeper'), ('auditor', 'Auditor'), ('administrator', 'System administrator')], max_length=24, verbose_name='role')),
                        ('since', models.DateTimeField(verbose_name='from')),
                        ('until', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles_held', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'role held',
                        'verbose_name_plural': 'roles held',
                        'indexes': [models.Index(fields=['role', 'area_code'], name='role_by_area')],
                        'constraints': [models.UniqueConstraint(fields=('user', 'role', 'area_code', 'since'), name='role_held_once'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='role_held_ends_after_start')],
                    },
                ),
                migrations.CreateModel(
                    name='RoleHeldEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('area_code', models.CharField(max_length=15, verbose_name='area code')),
                        ('role', models.CharField(choices=[('commander', 'Commander'), ('leader', 'Leader on duty'), ('duty_officer', 'Duty officer'), ('subdistrict_officer', 'Sub-district officer'), ('grid_worker', 'Grid worker'), ('storekeeper', 'Storekeeper'), ('agency_liaison', 'Member agency liaison'), ('site_keeper', 'Site keeper'), ('auditor', 'Auditor'), ('administrator', 'System administrator')], max_length=24, verbose_name='role')),
                        ('since', models.DateTimeField(verbose_name='from')),
                        ('until', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.roleheld')),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='SignInCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code_hash', models.CharField(max_length=64)),
                        ('sent_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('tries_left', models.PositiveSmallIntegerField(default=5)),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in_codes', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['user', '-sent_at'], name='code_newest')],
                    },
                ),
                migrations.CreateModel(
                    name='UserEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('username', models.CharField(max_length=60, verbose_name='sign-in name')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('is_staff', models.BooleanField(default=False, verbose_name='may open set-up')),
                        ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='activated')),
                        ('phone_verified_at', models.DateTimeField(blank=True, null=True, verbose_name='phone verified')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("activated_at", "created_at", "id", "is_active", "is_staff", "is_superuser", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_verified_at", "updated_at", "username") VALUES (NEW."activated_at", NEW."created_at", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone_verified_at", NEW."updated_at", NEW."username"); RETURN NULL;', hash='1a6d49080bde354db5abfb5b59243e84741ce90a', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', table='accounts_user', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."activated_at" IS DISTINCT FROM (NEW."activated_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."phone_verified_at" IS DISTINCT FROM (NEW."phone_verified_at") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "accounts_userevent" ("activated_at", "created_at", "id", "is_active", "is_staff", "is_superuser", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_verified_at", "updated_at", "username") VALUES (NEW."activated_at", NEW."created_at", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone_verified_at", NEW."updated_at", NEW."username"); RETURN NULL;', hash='15d700165626789383815faf839b121ab123dc69', operation='UPDATE', pgid='pgtrigger_update_update_0e890', table='accounts_user', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='feedback',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b2cfac8069b871ab4760d6ec3e71987cd3627ece', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7a4dd', table='accounts_feedback', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reveal',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a2ad615c012e9eaa0116bf333b46e4506883a42', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d9751', table='accounts_reveal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roleheld',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_roleheldevent" ("area_code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since", "until", "user_id") VALUES (NEW."area_code", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."since", NEW."until", NEW."user_id"); RETURN NULL;', hash='e0cfac2f035a27c8dc5f6e7f5d6bb2b546b398ee', operation='INSERT', pgid='pgtrigger_insert_insert_2e1ec', table='accounts_roleheld', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roleheld',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_roleheldevent" ("area_code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since", "until", "user_id") VALUES (NEW."area_code", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."since", NEW."until", NEW."user_id"); RETURN NULL;', hash='31a1c12c7f1f154269b7ae286740ac9026d89719', operation='UPDATE', pgid='pgtrigger_update_update_aab6d', table='accounts_roleheld', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roleheldevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bd9a9ab4cb5094a0cbfde3670637c82c474202dc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0789d', table='accounts_roleheldevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='userevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9e9498e73f6fbdf2642fb33fa14189f1ad2382c8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_45b21', table='accounts_userevent', when='BEFORE')),
                ),
            ]
        ),
    ]
