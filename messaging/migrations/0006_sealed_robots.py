import base64
import uuid

import pgtrigger.compiler
import pgtrigger.migrations
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import migrations, models


def fernet():
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"weidong_ops.sealing")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))


def seal(apps, schema_editor):
    """Every known address is sealed; a name stands in its place, in deliveries too."""
    for robot in apps.get_model("messaging", "GroupRobot").objects.select_related("contact_point"):
        point, address = robot.contact_point, robot.contact_point.address
        robot.sealed_url = fernet().encrypt(address.encode()).decode()
        robot.save(update_fields=["sealed_url"])
        point.address = f"robot:{uuid.uuid4().hex}"
        point.save(update_fields=["address"])
        deliveries = apps.get_model("messaging", "Delivery").objects.filter(contact_point=point)
        deliveries.exclude(address="").update(address=point.address)


def lay_open(apps, schema_editor):
    for robot in apps.get_model("messaging", "GroupRobot").objects.select_related("contact_point"):
        robot.contact_point.address = fernet().decrypt(robot.sealed_url.encode()).decode()
        robot.contact_point.save(update_fields=["address"])


class Migration(migrations.Migration):
    """The address of a group robot holds its key: from now on no table shows it."""

    dependencies = [
        ('messaging', '0005_destroying_deliveries'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='grouprobot',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='grouprobot',
            name='update_update',
        ),
        migrations.AddField(
            model_name='grouprobot',
            name='sealed_url',
            field=models.TextField(default='', verbose_name='address, sealed'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='grouprobotevent',
            name='sealed_url',
            field=models.TextField(default='', verbose_name='address, sealed'),
            preserve_default=False,
        ),
        migrations.RunPython(seal, lay_open),
        pgtrigger.migrations.AddTrigger(
            model_name='grouprobot',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_grouprobotevent" ("area_code", "channel", "contact_point_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "sealed_url", "secret_name") VALUES (NEW."area_code", NEW."channel", NEW."contact_point_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."retired_at", NEW."sealed_url", NEW."secret_name"); RETURN NULL;', hash='7d37a8f1267a1bd5941d6966deaefa329561b79b', operation='INSERT', pgid='pgtrigger_insert_insert_8d6ba', table='messaging_grouprobot', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouprobot',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_grouprobotevent" ("area_code", "channel", "contact_point_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "sealed_url", "secret_name") VALUES (NEW."area_code", NEW."channel", NEW."contact_point_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."retired_at", NEW."sealed_url", NEW."secret_name"); RETURN NULL;', hash='8df9211934a16ef979e78ea2559b09fbc51c744c', operation='UPDATE', pgid='pgtrigger_update_update_f287b', table='messaging_grouprobot', when='AFTER')),
        ),
    ]
