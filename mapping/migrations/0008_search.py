"""
Names folded for search, and indexes that forgive typing mistakes.

A fold leaves small Latin letters and digits, a space before every word: Cyrillic becomes Latin as
people write it, ё is е, signs that one may or may not write are gone. What is frequent stands
first in the table, for it is searched letter by letter; so letters that stay stand there too. The
cost tells the planner to look into the index first.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION mapping_fold(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000
AS $$
BEGIN
    RETURN replace(replace(replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(replace(replace(replace(
            ' ' || translate(
                lower(given),
                ' оеаинтсрвлкмдпуыгзбйхцэфё0123456789'
                '.,-«»"()№/–—:;!?[]#’„“”+&_\u00a0aeionstrlkmdpugzbhcfv'
                'jwyäöåéèüøæšžьъ',
                ' oeaintsrvlkmdpuigzbihcefe0123456789'
                '                           aeionstrlkmdpugzbhcfv'
                'iviaoaeeuoasz'
            ),
        'ж', 'zh'), 'ч', 'ch'), 'ш', 'sh'), 'щ', 'sch'), 'ю', 'iu'), 'я', 'ia'),
        'shch', 'sch'), 'kh', 'h'), 'ts', 'c'), 'x', 'ks'), 'iii', 'i'), 'ii', 'i'),
        '   ', ' '), '  ', ' '), '  ', ' ');
END
$$
"""
# What is searched in each table; `mapping.queries.search` asks for exactly these.
INDEXES = {
    "mapping_institution_search": (
        "mapping_institution",
        "mapping_fold(name || ' ' || name_en || ' ' || address)",
        "",
    ),
    "mapping_neighborcenter_search": (
        "mapping_neighborcenter",
        "mapping_fold(name || ' ' || address)",
        "",
    ),
    "mapping_street_search": ("mapping_street", "mapping_fold(name)", "WHERE name <> ''"),
    "mapping_stop_search": (
        "mapping_stop",
        "mapping_fold(name || CASE WHEN mode = 'metro' THEN ' метро' ELSE ' остановка' END)",
        "WHERE name <> ''",
    ),
    "mapping_populationunit_search": (
        "mapping_populationunit",
        "mapping_fold(address)",
        "WHERE address <> ''",
    ),
}


def index_sql(name):
    table, text, where = INDEXES[name]
    return f"CREATE INDEX {name} ON {table} USING gin (({text}) gin_trgm_ops) {where}"


class Migration(migrations.Migration):
    dependencies = [("mapping", "0007_city_country")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION mapping_fold(text)"),
        *(migrations.RunSQL(index_sql(name), f"DROP INDEX {name}") for name in INDEXES),
    ]
