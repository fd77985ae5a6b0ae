from django.db import migrations

from steerco.kit.journal.guard import install_in_migration


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_unsealed_in_order")]
    operations = [migrations.RunPython(install_in_migration, migrations.RunPython.noop)]
