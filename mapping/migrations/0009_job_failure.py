"""A failed computation keeps what its reason can be worded from in any language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mapping", "0008_search")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="failure",
            field=models.JSONField(
                blank=True,
                help_text="{error, facts}: what to word the failure from in the reader's language.",
                null=True,
                verbose_name="kind of failure and its facts",
            ),
        ),
    ]
