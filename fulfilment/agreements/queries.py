"""Reading agreements."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from fulfilment.agreements.models import Agreement, Term
from fulfilment.agreements.rules import AgreementInForce, TermInForce
from fulfilment.policies import DiscountPolicy


def _value(agreement: Agreement, terms: Iterable[Term]) -> AgreementInForce:
    return AgreementInForce(
        id=agreement.pk,
        product_code=agreement.product_code,
        price_list=agreement.price_list,
        version=agreement.version,
        producer_id=agreement.producer_id,
        producer_slug=agreement.producer.slug,
        discount_policy=DiscountPolicy(agreement.discount_policy),
        terms=tuple(
            TermInForce(term.rank, term.partner_id, term.partner.kind, term.amount_minor, term.basis_points)
            for term in sorted(terms, key=lambda term: term.rank)
        ),
    )


def _with_terms(agreements: Iterable[Agreement]) -> list[AgreementInForce]:
    found = list(agreements)
    terms: dict[int, list[Term]] = {agreement.pk: [] for agreement in found}
    for term in Term.objects.filter(agreement_id__in=terms).select_related("partner"):
        terms[term.agreement_id].append(term)
    return [_value(agreement, terms[agreement.pk]) for agreement in found]


def in_force(codes: Iterable[str], on: date, price_list: str = "") -> dict[str, AgreementInForce]:
    """The binding agreement of each product code on a day; one of the price list goes before the general one."""
    rows = (
        Agreement.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            product_code__in=set(codes),
            price_list__in={"", price_list},
            valid_from__lte=on,
            bound_at__isnull=False,
        )
        .select_related("producer")
        .order_by("price_list")
    )
    return {agreement.product_code: agreement for agreement in _with_terms(rows)}


def answering(codes: Iterable[str], days: Collection[date], price_list: str = "") -> list[AgreementInForce]:
    """Every binding agreement of these product codes that is in force on one of the days: of each workshop, what goes
    first for a code stands first (one of the price list, then the newest)."""
    in_force = Q()
    for day in days:
        in_force |= Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    rows = Agreement.objects.filter(
        in_force, product_code__in=set(codes), price_list__in={"", price_list}, bound_at__isnull=False
    )
    return _with_terms(rows.select_related("producer").order_by("-price_list", "-valid_from"))


def by_ids(ids: Iterable[int]) -> dict[int, AgreementInForce]:
    """Agreements that bound once, by id. The database lets nothing of what is read here change again, so each is read
    once in the life of a process; when it ends is not among it."""
    wanted = set(ids)
    unread = wanted - _read.keys()
    if unread:
        rows = Agreement.objects.filter(pk__in=unread, bound_at__isnull=False).select_related("producer")
        _read.update({agreement.id: agreement for agreement in _with_terms(rows)})
    return {pk: _read[pk] for pk in wanted if pk in _read}


_read: dict[int, AgreementInForce] = {}


def producers_in_force(on: date) -> dict[str, str]:
    """Product code to producer slug, for every general agreement in force on a day."""
    rows = Agreement.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on, bound_at__isnull=False, price_list=""
    )
    return dict(rows.values_list("product_code", "producer__slug"))


def codes_agreed_upon() -> set[str]:
    """Every product code that a general agreement ever bound somebody to."""
    rows = Agreement.objects.filter(bound_at__isnull=False, price_list="")
    return set(rows.values_list("product_code", flat=True))


def is_bound(partner_id: int) -> bool:
    """Whether an agreement that all signed names the partner, now or in the past."""
    named = Q(producer_id=partner_id) | Q(terms__partner_id=partner_id)
    return Agreement.objects.filter(named, bound_at__isnull=False).exists()
