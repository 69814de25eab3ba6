"""A tax regime holds from its day until the next one: it is never removed, nor is what shares were frozen with changed.

So there is no day without one after a partner's first, and never are there two. Only a VAT number, which decides no
sum, may be put right.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION partners_refuse_change_of_regime() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a tax regime is never changed nor removed: add another one that begins on a later day';
END $$;
CREATE TRIGGER partners_regime_never_changes BEFORE UPDATE ON partners_taxregime FOR EACH ROW
    WHEN (to_jsonb(NEW) - 'vat_number' IS DISTINCT FROM to_jsonb(OLD) - 'vat_number')
    EXECUTE FUNCTION partners_refuse_change_of_regime();
CREATE TRIGGER partners_regime_never_goes BEFORE DELETE ON partners_taxregime
    FOR EACH ROW EXECUTE FUNCTION partners_refuse_change_of_regime();
"""

ALLOW = """
DROP TRIGGER partners_regime_never_goes ON partners_taxregime;
DROP TRIGGER partners_regime_never_changes ON partners_taxregime;
DROP FUNCTION partners_refuse_change_of_regime();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
