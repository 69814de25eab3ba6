"""An agreement is signed by every partner named in it, and then binds; a change is a new version.

Staff note what a partner signed. So that nobody is signed for who did not agree, the partner's contacts read of it at
once.

Who may change what of it, and when, stands in `agreements/rules.py`.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from fulfilment.agreements.models import Agreement, Signature, Term
from fulfilment.agreements.rules import TermInForce, check_terms
from fulfilment.errors import Refusal
from fulfilment.mail.write import write
from fulfilment.money import percent, written
from fulfilment.partners.models import Partner, User
from fulfilment.partners.queries import contacts_about_money, standing_on

CURRENCY = "EUR"
"""What amounts of an agreement are in."""


@transaction.atomic
def sign(*, agreement_id: int, partner_id: int, by: User | None, now: datetime, words: str | None = None) -> Agreement:
    """Record that a partner signed; the last signature binds the agreement and ends the version before it.

    `words` are the `words_of` what was read. `Refusal` when it says something else by now, the partner is not named in
    it, its terms do not hold, nobody knows how one of its partners is taxed, or another version stands in its way.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
    signers = {partner.pk for partner in named(agreement)}
    if partner_id not in signers:
        raise Refusal(_("Deze partner staat niet in de overeenkomst."), code="NOT_NAMED")
    if agreement.bound_at is not None:
        return agreement  # all have signed: the same button was pressed just before
    _check(agreement, signers, words)
    signature, is_new = Signature.objects.get_or_create(
        agreement=agreement, partner_id=partner_id, defaults={"signed_at": now, "signed_by": by}
    )
    signed = set(Signature.objects.filter(agreement=agreement).values_list("partner_id", flat=True))
    if signers <= signed:
        _bind(agreement, now)
    if is_new and by is not None:
        _tell(signature, by, now)
    return agreement


def _tell(signature: Signature, by: User, now: datetime) -> None:
    """Staff noted a signature: whoever knows of the partner's money reads at once what it says that they agreed to."""
    agreement, partner = signature.agreement, signature.partner
    told = {
        "partner": partner.name,
        "product": agreement.product_code,
        "price_list": agreement.price_list,
        "version": agreement.version,
        "makes": agreement.producer_id == partner.pk,
        "earns": [_earned(term) for term in agreement.terms.filter(partner=partner)],
        "discounts": agreement.get_discount_policy_display(),
        "by": by.get_full_name() or by.email,
        "at": now,
        "from": agreement.valid_from,
        "until": agreement.valid_until,
        "binds": agreement.bound_at is not None,
        "phone": settings.CONTACT_PHONE,
    }
    for number, address in enumerate(contacts_about_money(partner)):
        write(f"signature:{signature.pk}:{number}", address, "signature_noted", told, now)


def _earned(term: Term) -> str:
    if term.kind == Term.Kind.FIXED:
        return _("%(amount)s per stuk") % {"amount": written(term.amount_minor or 0, CURRENCY)}
    return _("%(share)s %% van wat overblijft na de vaste bedragen") % {"share": percent(term.basis_points or 0)}


def _check(agreement: Agreement, signers: Collection[int], words: str | None) -> None:
    if words is not None and words != words_of(agreement):
        told = _("Deze overeenkomst veranderde nadat je ze las. De handtekening is niet genoteerd: lees ze opnieuw.")
        raise Refusal(told, code="STALE")
    check_terms(terms_of(agreement))
    # What is agreed about them stays so until it binds: which kind of partner each is, how each is taxed.
    list(Partner.objects.select_for_update(no_key=True).filter(pk__in=signers).order_by("pk").values_list("pk"))
    unknown = ", ".join(partner.name for partner in untaxed(agreement))
    if unknown:
        told = _("Er kan nog niet getekend worden: zonder fiscaal stelsel op %(day)s: %(names)s.")
        day = agreement.valid_from.strftime("%d/%m/%Y")
        raise Refusal(told % {"names": unknown, "day": day}, code="UNTAXED")


@transaction.atomic
def new_version(*, agreement_id: int, valid_from: date) -> Agreement:
    """A copy that can be changed and signed; it takes over from the version before once it binds."""
    former = Agreement.objects.select_for_update().get(pk=agreement_id)
    versions = Agreement.objects.filter(product_code=former.product_code, price_list=former.price_list)
    if versions.filter(bound_at__isnull=True).exists():
        raise Refusal(_("Er is al een nieuwe versie die nog niet door allen getekend is."), code="DRAFT_EXISTS")
    highest = versions.aggregate(highest=Max("version"))["highest"]
    made = Agreement.objects.create(
        product_code=former.product_code,
        price_list=former.price_list,
        version=highest + 1,
        producer=former.producer,
        valid_from=valid_from,
        discount_policy=former.discount_policy,
    )
    Term.objects.bulk_create(
        Term(
            agreement=made,
            rank=term.rank,
            kind=term.kind,
            partner_id=term.partner_id,
            amount_minor=term.amount_minor,
            basis_points=term.basis_points,
        )
        for term in former.terms.all()
    )
    return made


def named(agreement: Agreement) -> list[Partner]:
    """Who must sign: the producer, and every partner with a term; by name."""
    return list(Partner.objects.filter(Q(terms__agreement=agreement) | Q(pk=agreement.producer_id)).distinct())


def untaxed(agreement: Agreement) -> list[Partner]:
    """The partners named in it who have no tax regime on the day on which it begins; by name."""
    partners = named(agreement)
    standings = standing_on(agreement.valid_from, [partner.pk for partner in partners])
    return [partner for partner in partners if standings[partner.pk].tax_regime_id is None]


def words_of(agreement: Agreement) -> str:
    """What tells two readings of an agreement apart: everything that whoever signs agrees to."""
    terms = [(term.rank, term.partner_id, term.amount_minor, term.basis_points) for term in terms_of(agreement)]
    what = (agreement.product_code, agreement.price_list, agreement.version, agreement.producer_id)
    read = (*what, agreement.valid_from.isoformat(), str(agreement.valid_until), str(agreement.discount_policy), terms)
    return hashlib.sha256(repr(read).encode()).hexdigest()


def terms_of(agreement: Agreement) -> list[TermInForce]:
    """The terms as the rules know them."""
    return [
        TermInForce(term.rank, term.partner_id, term.partner.kind, term.amount_minor, term.basis_points)
        for term in agreement.terms.select_related("partner").order_by("rank")
    ]


def _bind(agreement: Agreement, now: datetime) -> None:
    """Put the agreement in force; an older version that would run on ends on the day before."""
    others = Agreement.objects.select_for_update().filter(
        product_code=agreement.product_code, price_list=agreement.price_list, bound_at__isnull=False
    )
    running_on = others.filter(valid_from__lt=agreement.valid_from).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=agreement.valid_from)
    )
    for former in running_on:
        former.valid_until = agreement.valid_from - timedelta(days=1)
        former.save(update_fields=["valid_until"])
    agreement.bound_at = now
    try:
        with transaction.atomic():
            agreement.save(update_fields=["bound_at"])
    except IntegrityError as error:
        message = _("In die periode geldt al een andere versie. Laat deze versie later beginnen.")
        raise Refusal(message, code="OVERLAP") from error
