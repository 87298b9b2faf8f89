from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# Word search without a language: customers write in many, and names must be found as written.
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION beforehand (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION beforehand
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""
# unaccent() itself depends on the search path and so cannot stand in an index.
FOLD = """
CREATE FUNCTION beforehand_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION beforehand"),
        migrations.RunSQL(FOLD, "DROP FUNCTION beforehand_fold(text)"),
        migrations.RunSQL(
            "CREATE INDEX customer_name_like ON customers_customer"
            " USING gin (beforehand_fold(name) gin_trgm_ops);"
            "CREATE INDEX identity_value_like ON customers_identity"
            " USING gin (value gin_trgm_ops)",
            "DROP INDEX customer_name_like; DROP INDEX identity_value_like",
        ),
    ]
