"""Titles of events are searched like the names of places."""

from django.db import migrations

INDEX = """
CREATE INDEX agenda_event_search ON agenda_event
USING gin ((mapping_fold(title || ' ' || title_en)) gin_trgm_ops)
"""


class Migration(migrations.Migration):
    dependencies = [("agenda", "0002_words"), ("mapping", "0008_search")]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX agenda_event_search")]
