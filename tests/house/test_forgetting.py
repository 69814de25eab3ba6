"""Every field that may hold something of people stands in the table of what is kept, and everybody is told the same."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from fulfilment.flows.forget import JOBS
from fulfilment.forgetting.table import KEPT, Kept
from shop.terms.kept import ROWS, words

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "operations" / "forgetting.md").read_text()

TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
"""Kinds of fields that can hold something of somebody; a number, a day or a choice cannot."""

NAMES = "a name that a machine made up"
CODE = "a code of a list, or of the shop"
OURS = "what the shop sells, or a partner agreed to"
POINTER = "which row it is about, by its number"

NONE_OF_PEOPLE = [
    ("agreements.Agreement", "public_id form_key product_code price_list", OURS),
    ("agreements.AgreementEvent", "public_id product_code price_list", OURS),
    ("auth.Group", "name", "nobody is in a group: roles stand in the program"),
    ("auth.Permission", "name codename", "Django's own list"),
    ("contenttypes.ContentType", "app_label model", "Django's own list"),
    ("invoices.Invoice", "public_id form_key number structured creditor digest vat_consultation", NAMES),
    ("invoices.Invoice", "language currency buyer_country delivered_to", "where VAT was due"),
    ("invoices.Invoice", "seller_name seller_legal_number seller_vat_number seller_street seller_postal_code", "us"),
    ("invoices.Invoice", "seller_city seller_email account_holder account_iban account_bic", "us"),
    ("invoices.Invoice", "why_untaxed note terms", "the words of the law, and the program's own"),
    ("invoices.InvoiceLine", "name", OURS),
    ("invoices.InvoiceLine", "unit", CODE),
    ("invoices.Series", "kind", CODE),
    ("invoices.SendingStep", "note", "what an access point answered"),
    ("mail.Attachment", "name content_type", "the number of an invoice"),
    ("companies.Application", "public_id form_key terms_version language", NAMES),
    ("companies.Company", "public_id price_list", NAMES),
    ("companies.CompanyAddress", "public_id form_key", NAMES),
    ("companies.CompanyEvent", "public_id price_list", NAMES),
    ("companies.Invitation", "public_id form_key", NAMES),
    ("companies.Member", "public_id language", NAMES),
    ("companies.MemberEvent", "public_id", NAMES),
    ("forgetting.Erasure", "public_id", NAMES),
    ("forgetting.Erasure", "waits_for", "numbers of orders"),
    ("gateways.SaleorInstallation", "api_url app_id token", "our own app"),
    ("gateways.SaleorKeys", "api_url keys", "Saleor's public keys"),
    ("gateways.SaleorProduct", "api_url saleor_id told", OURS),
    ("gateways.SetUpValue", "api_url kind key field digest", OURS),
    ("inbox.Cursor", "name", "how far a round is"),
    ("inbox.Mark", "object_id", NAMES),
    ("inbox.PutOff", "round item", "what a round could not do: a name that a machine made up, or a number of an order"),
    ("inbox.StripeEvent", "type", CODE),
    ("inbox.StripeEvent", "event_id", NAMES),
    ("prices.PriceSeen", "variant_id channel currency", OURS),
    ("ledger.Entry", "key kind policy digest", "numbers of orders and partners: the books name no people"),
    ("ledger.Posting", "debit credit currency", "accounts of the books"),
    ("mail.Mail", "public_id", NAMES),
    ("mail.Mail", "key", "what caused it, by names that a machine made up"),
    ("orders.Line", "saleor_id product_code product_name variant_name sku", OURS),
    ("orders.Line", "translated_product_name translated_variant_name", OURS),
    ("orders.Order", "public_id saleor_id checkout_id", NAMES),
    ("orders.Order", "pickup_name pickup_hours", "a place of ours, and when it is open"),
    ("orders.Order", "number channel language currency voucher_code voucher_name", "the books need them"),
    ("orders.Recipient", "postal_code country", "where VAT was due: where it went, not who it was billed to"),
    ("orders.Refund", "bearer", CODE),
    ("orders.Refund", "name granted_id transaction_id", NAMES),
    ("orders.RefundStep", "dispute", NAMES),
    ("partners.AccountChange", "public_id", NAMES),
    ("partners.AccountChangeStep", "note", "the program's own words"),
    ("partners.Partner", "public_id", NAMES),
    ("partners.Partner", "slug name", "with whom the books are"),
    ("partners.PartnerEvent", "public_id", NAMES),
    ("partners.PartnerEvent", "slug", "with whom the books are"),
    ("partners.TaxRegime", "vat_number", "a number that the law has on every invoice; its history goes with the books"),
    ("partners.User", "public_id", NAMES),
    ("partners.UserEvent", "public_id", NAMES),
    ("payments.Dispute", "stripe_dispute_id currency reason", "Stripe's names and codes"),
    ("payments.DisputeStep", "note", "the program's own words"),
    ("payments.Payment", "reference idempotency_key checkout_id saleor_transaction_id saleor_order_id", NAMES),
    ("payments.Payment", "currency stripe_session_id stripe_url payment_intent_id", "who paid stands at Stripe"),
    ("payments.PaymentRefund", "idempotency_key stripe_refund_id told_as", "Stripe's and Saleor's names"),
    ("payments.PaymentRefundStep", "note", "what Stripe answered, and the program's own words"),
    ("payments.PaymentStep", "note", "the program's own words"),
    ("payouts.Batch", "public_id rail currency", NAMES),
    ("payouts.BatchStep", "note", "the limit that held, and the program's own words"),
    ("payouts.Collection", "public_id currency stripe_payout_id", NAMES),
    ("payouts.CollectionStep", "note", "what Stripe answered"),
    ("payouts.Payout", "public_id", NAMES),
    ("pghistory.MiddlewareEvents", "url", "an address of the back office, with numbers only"),
    ("pieces.CareNote", "public_id form_key", NAMES),
    ("pieces.CareNote", "text", "of an object: its form asks to name nobody, and who has the link takes it away"),
    ("pieces.Edition", "product_code", OURS),
    ("pieces.Piece", "token", NAMES),
    ("pieces.Piece", "product_code sku", OURS),
    ("production.PieceWork", "product_code", OURS),
    ("production.Impediment", "public_id form_key", NAMES),
    ("production.Parcel", "carrier", CODE),
    ("production.Parcel", "public_id form_key saleor_fulfillment_id", NAMES),
    ("production.Task", "public_id", NAMES),
    ("newsletter.Subscription", "public_id language text_version", NAMES),
    ("restock.RestockWish", "public_id language", NAMES),
    ("restock.RestockWish", "channel product_id variant_id product_name variant_name", OURS),
    ("returns.Heard", "saleor_fulfillment_id", NAMES),
    ("returns.Return", "carrier", CODE),
    ("returns.Return", "public_id", NAMES),
    ("revenue.Share", "price_list currency", CODE),
    ("routing.Decision", "refusals", "codes of products and why nobody makes them"),
    ("routing.Plan", "checkout_id assignments", NAMES),
    ("vitals.Alarm", "condition reason", "which part of the whole was ill, and what it said"),
    ("vitals.Sample", "values totals", "counts and times"),
    ("vitals.Sign", "reason", "why a part did not answer, the last time"),
    ("withdrawals.Withdrawal", "public_id form_key", NAMES),
]
"""What may stay for good: fields of a table, and why nobody is known by them."""

STEP = ("state", "event")
"""What every step of a life has, and says nothing of people."""


def texts() -> list[str]:
    """Every field of every table that could hold something of somebody, as `app.Model.field`."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, TEXTS) and not field.choices
            if is_text and field.name not in STEP and not field.name.startswith("pgh_"):
                found.append(f"{model._meta.label}.{field.name}")
    return found


def told() -> set[str]:
    return {field for row in KEPT for field in row.fields}


def harmless() -> list[str]:
    return [f"{model}.{name}" for model, names, why in NONE_OF_PEOPLE for name in names.split() if why]


def test_every_field_that_may_hold_something_of_people_has_a_time_or_a_reason() -> None:
    assert set(texts()) - told() - set(harmless()) == set()


def test_no_field_has_both_and_none_is_named_that_is_not_there() -> None:
    assert (told() | set(harmless())) - set(texts()) == set()
    assert told() & set(harmless()) == set()
    assert len(set(harmless())) == len(harmless())


def test_every_kind_has_a_job_or_somebody_else_who_does_it() -> None:
    assert [row.name for row in KEPT if not row.elsewhere] == list(JOBS)
    assert len({row.name for row in KEPT}) == len(KEPT)


def how_long(row: Kept) -> timedelta | int:
    found = getattr(settings, row.setting)
    assert isinstance(found, timedelta | int)
    return found


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.name)
def test_the_document_says_what_the_table_says(row: Kept) -> None:
    line = re.search(rf"^\| `{row.name}` \|.*\|$", DOCUMENT, re.MULTILINE)
    assert line, row.name
    _name, _what, setting, time, since, who = (part.strip() for part in line[0].strip("|").split("|"))
    assert setting == f"`{row.setting}`"
    assert time == in_english(how_long(row))
    assert since == row.since
    assert who == (row.elsewhere or "`forget`, every hour")


def in_english(time: timedelta | int) -> str:
    if isinstance(time, int):
        return f"{time} years, from 1 January"
    return f"{time.days} days" if time.days else f"{time.seconds // 3600} hours"


def test_the_document_names_no_kind_that_there_is_not() -> None:
    table = DOCUMENT.partition("| kind |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [row.name for row in KEPT]


def test_the_shops_privacy_page_promises_the_same_times() -> None:
    ours = {row.name: how_long(row) for row in KEPT if row.is_customers}
    assert {row.name: row.kept for row in ROWS} == ours


def test_times_are_told_in_words_for_people() -> None:
    assert words(timedelta(days=730)) == "2 jaar"
    assert words(timedelta(days=90)) == "90 dagen"
    assert words(timedelta(hours=2)) == "2 uur"
    assert words(10) == "10 jaar, vanaf 1 januari van het volgende jaar"
