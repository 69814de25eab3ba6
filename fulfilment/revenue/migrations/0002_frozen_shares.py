"""Who earned what is never changed or removed: the database itself refuses, whoever asks. A refund reverses postings."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION revenue_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'shares are frozen: money that goes back is a reversing entry in the ledger';
END $$;
CREATE TRIGGER revenue_share_frozen BEFORE UPDATE OR DELETE ON revenue_share
    FOR EACH ROW EXECUTE FUNCTION revenue_refuse_change();
"""

ALLOW = """
DROP TRIGGER revenue_share_frozen ON revenue_share;
DROP FUNCTION revenue_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("revenue", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
