"""What was issued never changes: the database itself refuses, whoever asks. Numbers only rise, one by one.

Once the law wants an invoice kept no longer (ten years from 1 January of the next), who it was for may be emptied, and
nothing else.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text[] := ARRAY['buyer_name', 'buyer_legal_number', 'buyer_vat_number', 'buyer_street', 'buyer_street_extra',
        'buyer_postal_code', 'buyer_city', 'buyer_email', 'buyer_reference', 'order_reference', 'xml'];
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'invoices_invoice' THEN
        IF OLD.issued_on < date_trunc('year', now()) - interval '10 years'
            AND to_jsonb(OLD) - whose = to_jsonb(NEW) - whose THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was issued is never changed: issue a credit note instead';
END $$;
CREATE TRIGGER invoices_invoice_never_changed BEFORE UPDATE OR DELETE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_change();
CREATE TRIGGER invoices_invoiceline_never_changed BEFORE UPDATE OR DELETE ON invoices_invoiceline
    FOR EACH ROW EXECUTE FUNCTION invoices_refuse_change();
CREATE FUNCTION invoices_next_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.given = OLD.given + 1 AND NEW.kind = OLD.kind AND NEW.year = OLD.year
            AND (OLD.last_on IS NULL OR NEW.last_on >= OLD.last_on) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'numbers of invoices rise one by one';
END $$;
CREATE TRIGGER invoices_series_rises BEFORE UPDATE OR DELETE ON invoices_series
    FOR EACH ROW EXECUTE FUNCTION invoices_next_number();
"""

ALLOW = """
DROP TRIGGER invoices_series_rises ON invoices_series;
DROP FUNCTION invoices_next_number();
DROP TRIGGER invoices_invoiceline_never_changed ON invoices_invoiceline;
DROP TRIGGER invoices_invoice_never_changed ON invoices_invoice;
DROP FUNCTION invoices_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
