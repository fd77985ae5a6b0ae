"""An index that tells at once whether anything was written about a model since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_event_journal_actor")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["model", "position"], name="journal_model_position"),
        ),
    ]
