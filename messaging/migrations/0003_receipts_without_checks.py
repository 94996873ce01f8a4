import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The key of a receipt is looked up by the statement that writes it, and not checked again at commit."""

    dependencies = [("messaging", "0002_accounts_tested_and_switched")]

    operations = [
        migrations.AlterField(
            "receipt",
            "delivery",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="messaging.delivery",
            ),
        ),
    ]
