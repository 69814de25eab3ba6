"""Mail to customers: written once with what happened, sent once by a worker."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pytest_django import Settings

from fulfilment.flows import tell_customer
from fulfilment.flows.send_mail import ATTEMPTS, LEASE, ROUND, send_mail
from fulfilment.gateways import mailbox
from fulfilment.inbox.models import OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order, Recipient
from tests.support import rows
from tests.support.bought import LAMP, NOW, agree, bought
from tests.support.postbox import Postbox
from tests.support.refund_steps import ask, not_wanted, paid

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "fulfilment" / "entrypoints" / "templates" / "mail"
SELLER = {"name": "Gemaakt bv", "address": "Kouter 1, 9000 Gent", "number": "0123.456.749", "phone": "09 123 45 67"}


def test_the_confirmation_names_makers_designers_dates_and_the_way_to_follow() -> None:
    labeur, sep = rows.partner("labeur"), rows.partner("sep-verboom", kind="designer", name="Sep Verboom")
    lamp = rows.agreement("SG-001", labeur, designer=sep)
    order = rows.order([("SG-001", "Koord", 1, 28_900), ("SG-404", "Onbekend", 2, 1_000)], number="42")
    rows.route(order, {"SG-001": lamp})

    tell_customer.order_confirmed(order, rows.NOW)
    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Je bestelling 42 is binnen"
    assert mail.to == "an@example.com"
    for body in (mail.text, mail.html):
        assert "Op de werkbank bij Labeur" in body
        assert "ontworpen door Sep Verboom" in body
        assert "vrijdag 4 december" in body
        assert "€\u00a0308,50" in body
        assert "/nl/volgen/ord_" in body
        assert "2 × Onbekend" in body
        assert "Hier vragen we nog even geduld" in body


def test_the_confirmation_is_a_proof_to_keep_of_all_that_the_law_gives_a_buyer(settings: Settings) -> None:
    settings.SELLER, settings.CONTACT_EMAIL = SELLER, "hallo@gemaakt.example"
    settings.SHOP_URL = "https://winkel.example"
    order = rows.order([("SG-001", "Koord", 1, 28_900)])

    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    for body in (mail.text, mail.html):
        for told in (*SELLER.values(), "hallo@gemaakt.example"):
            assert told in body
        assert "veertien dagen nadat jij of iemand die je aanwijst" in body
        assert "Aan Gemaakt bv, Kouter 1, 9000 Gent, hallo@gemaakt.example:" in body
        assert "Ik/Wij (*) deel/delen (*) u hierbij mee" in body
        assert "twee jaar wettelijke garantie" in body
        assert "https://winkel.example/nl/verkoopsvoorwaarden/" in body


def test_the_confirmation_says_how_much_vat_is_in_the_total() -> None:
    order = rows.order([("SG-001", "Koord", 1, 12_100), ("SG-003", "Zit", 2, 24_200)])

    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    assert "waarvan btw: €\u00a064,65" in mail.text  # 21 + 42, and 1,65 on the delivery
    assert "€\u00a064,65" in mail.html


def test_the_confirmation_tells_each_price_and_then_what_the_voucher_took_off() -> None:
    labeur = rows.partner("labeur")
    order = rows.order([("SG-001", "Koord", 1, 26_010)])
    order.voucher_code, order.voucher_name = "WELKOM", "Welkom"
    order.save()
    order.lines.update(undiscounted_gross_minor=28_900)
    rows.route(order, {"SG-001": rows.agreement("SG-001", labeur)})

    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    assert "Korting “Welkom”: −€\u00a028,90" in mail.text
    for body in (mail.text, mail.html):
        assert "€\u00a0289,00" in body
        assert "Korting “Welkom”" in body
        assert "€\u00a0269,60" in body


def test_what_cost_everybody_less_stands_at_that_price_and_only_the_rest_is_the_vouchers() -> None:
    """A reduction is no discount of the order: it would have to be told with the prior price, which nobody kept."""
    order = rows.order([("SG-001", "Koord", 1, 20_808)])
    order.voucher_code, order.voucher_name = "WELKOM", "Welkom"
    order.save()
    order.lines.update(undiscounted_gross_minor=28_900, promotion_gross_minor=5_780)
    rows.route(order, {"SG-001": rows.agreement("SG-001", rows.partner("labeur"))})

    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    assert "Korting “Welkom”: −€\u00a023,12" in mail.text
    for body in (mail.text, mail.html):
        assert "€\u00a0231,20" in body
        assert "€\u00a0289,00" not in body


def test_what_cost_everybody_less_is_no_discount_in_the_confirmation() -> None:
    order = rows.order([("SG-001", "Koord", 1, 23_120)])
    order.lines.update(undiscounted_gross_minor=28_900, promotion_gross_minor=5_780)
    rows.route(order, {"SG-001": rows.agreement("SG-001", rows.partner("labeur"))})

    tell_customer.order_confirmed(order, rows.NOW)

    mail = Mail.objects.get()
    assert "€\u00a0231,20" in mail.text
    assert "Korting" not in mail.text
    assert "Korting" not in mail.html


def test_the_confirmation_tells_that_the_delivery_was_discounted() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    order.voucher_code, order.voucher_name, order.shipping_gross_minor = "GRATIS", "Gratis levering", 0
    order.save()

    tell_customer.order_confirmed(order, rows.NOW)

    assert "Verzending, met korting “Gratis levering”: €\u00a00,00" in Mail.objects.get().text


@pytest.mark.parametrize(
    ("language", "subject", "told"),
    [
        (
            "en",
            "We have your order 42",
            ("On the bench at Labeur", "Friday 4 December", "€1,298.50", "/en/track/ord_", "/en/terms-of-sale/"),
        ),
        (
            "fr",
            "Nous avons bien reçu votre commande 42",
            (
                "À l’établi chez Labeur",
                "vendredi 4 décembre",
                "1\u00a0298,50\u00a0€",
                "/fr/suivi/ord_",
                "/fr/conditions-de-vente/",
            ),
        ),
        ("de", "Je bestelling 42 is binnen", ("Op de werkbank bij Labeur", "vrijdag 4 december", "/nl/volgen/ord_")),
    ],
)
def test_a_mail_is_written_in_the_language_of_the_order(language: str, subject: str, told: tuple[str, ...]) -> None:
    labeur = rows.partner("labeur")
    order = rows.order([("SG-001", "Koord", 1, 128_900)], number="42")
    Order.objects.filter(pk=order.pk).update(language=language)
    rows.route(order, {"SG-001": rows.agreement("SG-001", labeur)})

    tell_customer.order_confirmed(Order.objects.get(pk=order.pk), rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == subject
    for body in (mail.text, mail.html):
        assert [text for text in told if text not in body] == []


def test_every_mail_says_below_who_sells(settings: Settings) -> None:
    settings.SELLER = SELLER
    mail = a_mail()

    for body in (mail.text, mail.html):
        assert "Gemaakt bv · Kouter 1, 9000 Gent · ondernemingsnummer 0123.456.749" in body


def test_every_mail_in_text_ends_with_who_sells() -> None:
    texts = [path for path in TEMPLATES.glob("*.txt") if path.with_suffix(".subject.txt").exists()]
    assert len(texts) >= 6
    assert [path.name for path in texts if "mail/seller_line.txt" not in path.read_text()] == []


def test_a_seller_that_is_not_filled_in_leaves_no_hole(settings: Settings) -> None:
    settings.SELLER = {"name": "Gemaakt bv", "address": "", "number": "", "phone": ""}
    tell_customer.order_confirmed(rows.order([("SG-001", "Koord", 1, 28_900)]), rows.NOW)

    mail = Mail.objects.get()
    assert mail.text.endswith("\n\nGemaakt bv\n")
    assert "Ondernemingsnummer" not in mail.text + mail.html
    assert "Telefoon" not in mail.text + mail.html
    assert ", ," not in mail.text + mail.html


def test_a_shipment_tells_what_is_in_the_parcel_and_where_to_follow_it() -> None:
    labeur = rows.partner("labeur")
    order = rows.order([("SG-001", "Koord", 2, 57_800)], number="42")
    [task] = rows.route(order, {"SG-001": rows.agreement("SG-001", labeur)})

    tell_customer.parcel_shipped(rows.parcel(task), rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Labeur heeft je pakket verzonden (bestelling 42)"
    assert "2 × Koord" in mail.text
    assert "https://track.bpost.cloud/btr/web/#/search?itemCode=323212345678" in mail.text


def test_what_is_collected_is_not_called_a_parcel_on_its_way() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)], number="42")
    [task] = rows.route(order, {"SG-001": rows.agreement("SG-001", rows.partner("labeur"))})

    tell_customer.parcel_shipped(rows.parcel(task, carrier="afgehaald", code=""), rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Afgehaald bij Labeur (bestelling 42)"
    assert "Vervoerder" not in mail.text
    assert "Dit werd afgehaald" in mail.html
    assert "pakket" not in f"{mail.text}{mail.html}".lower()


def test_the_confirmation_goes_before_any_other_mail_about_its_order() -> None:
    """Who takes back an order within half a minute reads first that it came in, and then that the money went back."""
    agree("SG-001")
    found = bought(LAMP)
    refund = ask(found, not_wanted(found, {0: 1}, shipping=True))
    paid(found, refund)
    confirmed, refunded = Mail.objects.order_by("pk")
    assert (confirmed.subject, refunded.subject[:9]) == (f"Je bestelling {found.order.number} is binnen", "Je krijgt")
    assert "Dit wordt niet meer gemaakt" in confirmed.text
    assert "Hier vragen we nog even geduld" not in confirmed.text
    assert "gaan voor je aan het werk" not in confirmed.html
    tell_customer.order_confirmed(found.order, NOW)
    assert Mail.objects.count() == 2


def test_a_refund_is_told_once_a_refund() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)], number="42")

    for key in ("re_1", "re_1", "re_2"):
        tell_customer.refunded(rows.refund(order, 28_900, name=key), rows.NOW)

    assert Mail.objects.count() == 2
    assert Mail.objects.earliest("pk").subject == "Je krijgt €\u00a0289,00 terug (bestelling 42)"


def test_a_refund_says_for_what_it_is_where_that_is_known() -> None:
    order = rows.order([("SG-001", "Koord", 2, 57_800), ("SG-003", "Zit", 1, 20_000)])
    koord = order.lines.get(product_code="SG-001")

    given_back = rows.refund(order, 29_850, units={koord.pk: 1}, shipping=True)
    tell_customer.refunded(given_back, rows.NOW)
    tell_customer.refunded(rows.refund(order, 1_000, name="re_2"), rows.NOW)

    known, unknown = Mail.objects.order_by("pk")
    for body in (known.text, known.html):
        assert "1 × Koord" in body
        assert "de verzending" in body
        assert "Zit" not in body
    assert "Dit is voor" not in unknown.text + unknown.html


def test_names_are_escaped_in_html_and_plain_in_text() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    Recipient.objects.update(name="An <b>& Jan</b>")

    tell_customer.refunded(rows.refund(order, 100, name="re_1"), rows.NOW)

    mail = Mail.objects.get()
    assert "An &lt;b&gt;&amp; Jan&lt;/b&gt;" in mail.html
    assert "An <b>& Jan</b>" in mail.text


def test_nobody_is_written_to_once_the_address_was_purged() -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    Recipient.objects.update(purged_at=rows.NOW)

    tell_customer.refunded(rows.refund(order, 100, name="re_1"), rows.NOW)

    assert not Mail.objects.exists()


def a_mail() -> Mail:
    order = rows.order([("SG-001", "Koord", 1, 28_900)], number="42")
    tell_customer.refunded(rows.refund(order, 28_900, name="re_1"), rows.NOW)
    return Mail.objects.get()


def test_without_a_mail_server_what_is_written_counts_as_sent(settings: Settings) -> None:
    settings.MAIL_URL = "database:"
    mail = a_mail()

    assert send_mail(now=rows.NOW) == 1
    assert send_mail(now=rows.NOW) == 0

    mail.refresh_from_db()
    assert mail.sent_at == rows.NOW


def test_a_mail_is_handed_to_the_server_once_as_text_and_html(settings: Settings) -> None:
    mail = a_mail()
    with Postbox() as postbox:
        settings.MAIL_URL = postbox.url
        assert send_mail(now=rows.NOW) == 1
        assert send_mail(now=rows.NOW) == 0

    [content] = postbox.handed_in
    message = message_from_bytes(content, policy=policy.default)
    assert message["To"] == "an@example.com"
    assert message["Subject"].strip() == mail.subject
    assert mail.public_id in message["Message-ID"]
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]


def test_a_mail_that_is_refused_is_tried_again_later_and_then_shown_to_the_operator(settings: Settings) -> None:
    mail = a_mail()
    moment = rows.NOW
    with Postbox(refuse=True) as postbox:
        settings.MAIL_URL = postbox.url
        for attempt in range(ATTEMPTS + 2):
            assert send_mail(now=moment) == 0
            assert send_mail(now=moment) == 0
            mail.refresh_from_db()
            assert mail.failures == min(attempt + 1, ATTEMPTS)
            moment += timedelta(hours=5)

    issue = OpenIssue.objects.get()
    assert mail.public_id in issue.subject
    assert "550" in issue.message
    assert mail.sent_at is None


def test_an_address_of_another_kind_is_refused(settings: Settings) -> None:
    a_mail()
    settings.MAIL_URL = "carrier-pigeon://roof"
    with pytest.raises(ValueError, match="MAIL_URL"):
        send_mail(now=rows.NOW)


class Killed(BaseException):
    """The process dies."""


def test_who_dies_between_the_handing_over_and_the_note_of_it_leaves_a_mail_that_is_sent_again_after_the_lease(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the mail program of whoever gets it twice knows it by its Message-ID."""
    a_mail()
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    handed_over: list[str] = []

    def taken(letter: mailbox.Letter, url: str) -> None:
        handed_over.append(letter.message_id)
        if len(handed_over) == 1:
            raise Killed

    monkeypatch.setattr(mailbox, "send", taken)
    with pytest.raises(Killed):
        send_mail(now=rows.NOW)
    assert send_mail(now=rows.NOW + LEASE - timedelta(seconds=1)) == 0
    assert send_mail(now=rows.NOW + LEASE) == 1
    assert send_mail(now=rows.NOW + 2 * LEASE) == 0
    assert len(handed_over) == 2
    assert len(set(handed_over)) == 1


def test_a_letter_that_cannot_be_written_holds_up_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    for number in range(3):
        tell_customer.refunded(rows.refund(order, 100, name=f"re_{number}"), rows.NOW)
    first = Mail.objects.order_by("pk")[0]
    settings.MAIL_URL = "smtp://127.0.0.1:1"

    def send(letter: mailbox.Letter, url: str) -> None:
        if letter.message_id.startswith(first.public_id):
            raise UnicodeEncodeError("ascii", "é", 0, 1, "no address")

    monkeypatch.setattr(mailbox, "send", send)
    assert send_mail(now=rows.NOW) == 2
    first.refresh_from_db()
    assert (first.sent_at, first.failures, first.leased_until) == (None, 1, None)
    assert "UnicodeEncodeError" in caplog.text


def test_a_round_is_short_so_that_its_leases_outlive_it(settings: Settings) -> None:
    settings.MAIL_URL = "database:"
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    for number in range(ROUND + 1):
        tell_customer.refunded(rows.refund(order, 100, name=f"re_{number}"), rows.NOW)
    assert [send_mail(now=rows.NOW) for _ in range(3)] == [ROUND, 1, 0]
