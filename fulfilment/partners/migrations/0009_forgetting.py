"""The two ways in which the log of changes may lose anything: as its owner, who may, and never by the program's own role.

Who was forgotten is emptied in it, and what is older than the law wants kept goes.
"""

from django.db import migrations

FORGET_PERSON = """
CREATE FUNCTION forget_person_in_log(person bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE partners_userevent SET email = '', first_name = '', last_name = ''
    WHERE pgh_obj_id = person AND EXISTS (
        SELECT FROM partners_user WHERE id = person AND NOT is_active AND email LIKE '%@vergeten.invalid'
    )
$$"""

FORGET_LOG = """
CREATE FUNCTION forget_log(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    until timestamptz := LEAST(before, now() - interval '10 years');
    log text;
    gone bigint;
    total bigint := 0;
BEGIN
    FOREACH log IN ARRAY ARRAY[
        'partners_partnerevent', 'partners_taxregimeevent', 'partners_membershipevent', 'partners_userevent',
        'agreements_agreementevent', 'agreements_termevent', 'agreements_signatureevent'
    ] LOOP
        EXECUTE format('DELETE FROM %I WHERE pgh_created_at < $1', log) USING until;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
    END LOOP;
    DELETE FROM pghistory_context WHERE updated_at < until;
    RETURN total;
END $$"""


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0008_log'),
    ]

    operations = [
        migrations.RunSQL(FORGET_PERSON, "DROP FUNCTION forget_person_in_log(bigint)"),
        migrations.RunSQL(FORGET_LOG, "DROP FUNCTION forget_log(timestamptz)"),
    ]
