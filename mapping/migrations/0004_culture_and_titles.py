"""Kinds that are not culture; titles, licences and attributions of sources in English."""

from django.db import migrations, models

NOT_CULTURE = ("social_service", "school", "kindergarten")


def mark_kinds(apps, schema_editor):
    kinds = apps.get_model("mapping", "InstitutionKind").objects
    kinds.filter(code__in=NOT_CULTURE).update(is_culture=False)


class Migration(migrations.Migration):
    dependencies = [("mapping", "0003_words")]

    operations = [
        migrations.AddField(
            model_name="institutionkind",
            name="is_culture",
            field=models.BooleanField(
                default=True,
                help_text=(
                    "Schools and other public buildings are not: they may host, but do not count."
                ),
                verbose_name="kind of culture",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="attribution_en",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="attribution in English"
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="license_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="licence in English"),
        ),
        migrations.AddField(
            model_name="source",
            name="title_en",
            field=models.CharField(blank=True, max_length=300, verbose_name="title in English"),
        ),
        migrations.RunPython(mark_kinds, migrations.RunPython.noop),
    ]
