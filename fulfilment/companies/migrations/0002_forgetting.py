"""What the log of changes may lose of companies: all of one that was refused and is gone, and what is older than the law
wants kept."""

from django.db import migrations

FORGET_COMPANY = """
CREATE FUNCTION forget_company_in_log(company bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM companies_companyevent
    WHERE pgh_obj_id = company AND NOT EXISTS (SELECT FROM companies_company WHERE id = company)
$$"""

FORGET_LOG = """
CREATE FUNCTION forget_log_of_companies(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    until timestamptz := LEAST(before, now() - interval '10 years');
    log text;
    gone bigint;
    total bigint := 0;
BEGIN
    FOREACH log IN ARRAY ARRAY['companies_companyevent', 'companies_memberevent'] LOOP
        EXECUTE format('DELETE FROM %I WHERE pgh_created_at < $1', log) USING until;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
    END LOOP;
    RETURN total;
END $$"""


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(FORGET_COMPANY, "DROP FUNCTION forget_company_in_log(bigint)"),
        migrations.RunSQL(FORGET_LOG, "DROP FUNCTION forget_log_of_companies(timestamptz)"),
    ]
