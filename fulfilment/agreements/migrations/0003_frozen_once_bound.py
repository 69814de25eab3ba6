"""What all partners signed stays as they signed it: the database itself refuses, whoever asks.

Of a bound agreement one thing may change: it may end, or end earlier (a later version takes over). Its terms and
signatures stay as they are, and none are added. Whoever writes one locks the agreement first, so that none slips in
while it binds. What an agreement says of its partners (which kind each is, and the slug of who makes it) lasts with it.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION agreements_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a bound agreement never changes, it only ends: make a new version instead';
END $$;

CREATE TRIGGER agreements_bound_never_changes BEFORE UPDATE ON agreements_agreement FOR EACH ROW
    WHEN (OLD.bound_at IS NOT NULL AND (
        to_jsonb(NEW) - 'valid_until' IS DISTINCT FROM to_jsonb(OLD) - 'valid_until'
        OR (OLD.valid_until IS NOT NULL AND (NEW.valid_until IS NULL OR NEW.valid_until > OLD.valid_until))
    ))
    EXECUTE FUNCTION agreements_refuse_change();
CREATE TRIGGER agreements_bound_never_goes BEFORE DELETE ON agreements_agreement FOR EACH ROW
    WHEN (OLD.bound_at IS NOT NULL)
    EXECUTE FUNCTION agreements_refuse_change();

CREATE FUNCTION agreements_refuse_change_of_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bound timestamptz;
BEGIN
    FOR bound IN
        SELECT bound_at FROM agreements_agreement
        WHERE id IN (OLD.agreement_id, NEW.agreement_id) ORDER BY id FOR SHARE
    LOOP
        IF bound IS NOT NULL THEN
            RAISE EXCEPTION 'a bound agreement never changes, nor do its terms and signatures: make a new version';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER agreements_bound_terms_last BEFORE INSERT OR UPDATE OR DELETE ON agreements_term
    FOR EACH ROW EXECUTE FUNCTION agreements_refuse_change_of_words();
CREATE TRIGGER agreements_bound_signatures_last BEFORE INSERT OR UPDATE OR DELETE ON agreements_signature
    FOR EACH ROW EXECUTE FUNCTION agreements_refuse_change_of_words();

CREATE FUNCTION agreements_refuse_other_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM agreements_agreement AS agreement
        LEFT JOIN agreements_term AS term ON term.agreement_id = agreement.id
        WHERE agreement.bound_at IS NOT NULL AND OLD.id IN (agreement.producer_id, term.partner_id)
    ) THEN
        RAISE EXCEPTION 'a bound agreement names this partner: its kind and its slug stay what they are';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_bound_partners_last BEFORE UPDATE OF kind, slug ON partners_partner FOR EACH ROW
    WHEN (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.slug IS DISTINCT FROM NEW.slug)
    EXECUTE FUNCTION agreements_refuse_other_partner();
"""

ALLOW = """
DROP TRIGGER agreements_bound_partners_last ON partners_partner;
DROP TRIGGER agreements_bound_signatures_last ON agreements_signature;
DROP TRIGGER agreements_bound_terms_last ON agreements_term;
DROP TRIGGER agreements_bound_never_goes ON agreements_agreement;
DROP TRIGGER agreements_bound_never_changes ON agreements_agreement;
DROP FUNCTION agreements_refuse_other_partner();
DROP FUNCTION agreements_refuse_change_of_words();
DROP FUNCTION agreements_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_initial"), ("partners", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
