from django.db import migrations

# Orders and articles come from outside: whoever writes them, their customer's numbers follow soon
# after. At the end of the transaction, when whoever wrote holds the customer's lock, and not before:
# to refresh a summary the customer is locked first.
FOLLOW = """
CREATE FUNCTION cx_customer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cx_cxsummary (customer_id, computed_at, version, data, stale_at, cohort)
    SELECT c.id, now(), 0, '{}'::jsonb, now(), '' FROM customers_customer c
    WHERE c.id IN (OLD.customer_id, NEW.customer_id) AND c.merged_into_id IS NULL
    ON CONFLICT (customer_id) DO UPDATE SET stale_at = excluded.stale_at;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cx_order_added AFTER INSERT OR DELETE ON customers_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cx_customer_changed();
CREATE CONSTRAINT TRIGGER cx_order_changed
    AFTER UPDATE OF customer_id, kind, placed_at ON customers_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cx_customer_changed();
CREATE CONSTRAINT TRIGGER cx_article_read AFTER INSERT ON customers_touchpoint
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'article')
    EXECUTE FUNCTION cx_customer_changed();

-- By the new definitions, all of them, in the background.
UPDATE cx_cxsummary SET stale_at = now();
INSERT INTO cx_cxsummary (customer_id, computed_at, version, data, stale_at, cohort)
SELECT c.id, now(), 0, '{}'::jsonb, now(), '' FROM customers_customer c
WHERE c.merged_into_id IS NULL
  AND EXISTS (SELECT 1 FROM customers_order o WHERE o.customer_id = c.id)
ON CONFLICT (customer_id) DO NOTHING;
"""
UNFOLLOW = """
DROP TRIGGER cx_article_read ON customers_touchpoint;
DROP TRIGGER cx_order_changed ON customers_order;
DROP TRIGGER cx_order_added ON customers_order;
DROP FUNCTION cx_customer_changed();
"""


class Migration(migrations.Migration):
    """A customer's numbers are computed anew soon after an order or an article."""

    dependencies = [
        ("customers", "0014_articles_have_an_index"),
        ("cx", "0007_how_numbers_are_counted"),
    ]

    operations = [
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
