"""The words of the back office for what has no words of its own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfilment.forgetting.table import KEPT
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.policies import DiscountPolicy

ACCOUNTS: dict[str, Promise] = {
    Account.STRIPE: _("Geld bij Stripe"),
    Account.STRIPE_TRANSIT: _("Onderweg van Stripe naar de bank"),
    Account.BANK: _("Geld op de bank"),
    Account.PAYOUTS_TRANSIT: _("Uitbetalingen onderweg"),
    Account.UNALLOCATED: _("Ontvangen, nog zonder bestelling"),
    Account.CUSTOMER: _("Klantengeld, nog niet verdiend"),
    Account.RECEIVABLE: _("Nog te ontvangen"),
    Account.VAT_OWED: _("Btw te betalen"),
    Account.VAT_INPUT: _("Btw terug te vragen"),
    Account.WITHHOLDING_OWED: _("Ingehouden voorheffing"),
    Account.PARTNER_HELD: _("Partners, nog vastgehouden"),
    Account.PARTNER_PAYABLE: _("Partners, uit te betalen"),
    Account.SHIPPING: _("Verzendgeld, nog te verdelen"),
    Account.PAYMENT_FEES: _("Betaalkosten"),
    Account.PLATFORM_DISCOUNTS: _("Kortingen van het platform"),
    Account.PLATFORM_SHARE: _("Deel van het platform"),
    Account.DISPUTES: _("Betwiste betalingen"),
    Account.ROUNDING: _("Afronding"),
}

ENTRIES: dict[str, Promise] = {
    "payment_received": _("Betaling ontvangen"),
    "payment_fee": _("Betaalkosten"),
    "stripe_fee": _("Kosten van Stripe"),
    "stripe_topup": _("Geld bijgezet bij Stripe"),
    "dispute_withdrawn": _("Betwiste betaling afgehouden"),
    "dispute_reinstated": _("Betwiste betaling teruggekregen"),
    "dispute_borne": _("Betwisting verloren"),
    "dispute_taken_over": _("Verlies van de betwisting weer open"),
    "dispute_restored": _("Betwisting toch gewonnen"),
    "order_paid": _("Betaling bij de bestelling gezet"),
    "order_receivable": _("Nog te ontvangen"),
    "order_split": _("Opbrengst verdeeld"),
    "order_refunded": _("Terugbetaling verdeeld"),
    "order_reassigned": _("Opbrengst naar een ander atelier"),
    "refund_paid": _("Geld terug naar de klant"),
    "refund_rounded": _("Afronding bij een terugbetaling"),
    "refund_borne": _("Tegemoetkoming verdeeld"),
    "refunded_outside": _("Buiten onze betaaldienst teruggegeven"),
    "settled_by_bank": _("Via de bank"),
    "shares_released": _("Vrijgegeven"),
    "bank_payout_sent": _("Van Stripe naar de bank gestuurd"),
    "bank_payout_arrived": _("Op de bank aangekomen"),
    "bank_payout_sent_reversed": _("Overschrijving naar de bank mislukt"),
    "bank_payout_arrived_reversed": _("Overschrijving naar de bank teruggekomen"),
    "invoice_rounding": _("Afronding van een factuur"),
    "invoice_rounding_reversed": _("Afronding van een factuur, teruggenomen"),
    "payout_sent": _("Uitbetaling opgedragen"),
    "payout_confirmed": _("Uitbetaling bevestigd"),
    "payout_sent_reversed": _("Uitbetaling weer op het saldo"),
    "payout_confirmed_reversed": _("Uitbetaling teruggekomen"),
}


WHAT_TO_DO: dict[str, Promise] = {
    OpenIssue.Kind.UNROUTED: _(
        "Maak een overeenkomst voor het product en noteer de handtekeningen. De bestelling gaat dan vanzelf naar de "
        "makers. Maakt niemand het, geef dan het geld terug op de pagina van de bestelling."
    ),
    OpenIssue.Kind.PAID_WITHOUT_ORDER: _(
        "Heeft de bestelling al een nummer, zoek ze dan op in Saleor en bevestig ze, of betaal ze daar terug. Zonder "
        "nummer komt het meestal vanzelf goed: er komt een bestelling van, of de klant krijgt het geld terug. Staat "
        "hierboven dat je het zelf bij Stripe moet terugbetalen, dan merkt het programma vanzelf dat je het deed."
    ),
    OpenIssue.Kind.FOREIGN_MONEY: _(
        "Zoek het kenmerk op bij wie het geld ontving en betaal het daar terug. Zodra het van het mandje weg is, gaat "
        "dit vanzelf van de lijst. Begint het kenmerk met pi_, dan staat het bij Stripe: het kwam binnen voor onze "
        "app in Saleor opnieuw geïnstalleerd werd."
    ),
    OpenIssue.Kind.PAID_TWICE: _(
        "Geef terug wat te veel is: kies “Tegoed”. Zodra dat bij de klant is, gaat dit vanzelf van de lijst."
    ),
    OpenIssue.Kind.MONEY_OWED: _(
        "Er ging minder terug dan waarvoor delen werden teruggenomen. Geef de klant de rest: kies “Tegoed”."
    ),
    OpenIssue.Kind.REFUND_UNCLEAR: _(
        "Zeg op de pagina van de bestelling of het om verzonden stuks ging. Tot dan maakt en verzendt de maker verder "
        "wat er nog openstaat."
    ),
    OpenIssue.Kind.PAID_OUTSIDE: _(
        "Dit geld ging niet langs Stripe, dus weet het programma niet waar het is. Kijk op de bankrekening, en zeg het "
        "op de pagina van de bestelling."
    ),
    OpenIssue.Kind.REFUND_TO_DIVIDE: _(
        "Het programma weet niet wiens deel van dit geld er terugging. Zeg voor welke lijnen het was, of dat het "
        "platform het draagt. Is de hele bestelling bedoeld, betaal dan ook de rest terug: dan komt alles goed."
    ),
    OpenIssue.Kind.REFUND_FAILED: _(
        "De klant wacht op geld. Kijk bij Stripe waarom het niet lukte. Kan het daar nog, probeer het dan opnieuw. Kan "
        "het niet meer (een gesloten rekening, een oude kaart), kies dan “Per overschrijving”: de klant krijgt een "
        "mail om een rekeningnummer op te geven, en het geld gaat mee met de volgende uitbetalingsronde. Staan die "
        "knoppen hieronder niet, geef het geld dan terug op de pagina van de bestelling. Kwam er geen bestelling van, "
        "schrijf het dan zelf over en zeg het hieronder."
    ),
    OpenIssue.Kind.ACCOUNT_AWAITED: _(
        "De klant kreeg een mail met een link, en na een week nog één. Je hoeft niets te doen. Belt de klant, vul het "
        "nummer dan hieronder in. Zodra het er is, gaat dit vanzelf van de lijst, en gaat het geld mee met de volgende "
        "uitbetalingsronde."
    ),
    OpenIssue.Kind.REFUND_TWICE: _(
        "De klant kreeg dit geld al langs een andere weg. Vraag de bank om de overschrijving uit het bestand te halen, "
        "en zet ze bij de uitbetalingen op mislukt. Ging ze al door, bevestig ze dan: zeg daarna op de pagina van de "
        "bestelling wie het draagt, en vraag het aan de klant terug."
    ),
    OpenIssue.Kind.DISPUTE: _(
        "Antwoord bij Stripe, één keer en volledig: daarna kun je niets meer toevoegen. De makers worden voor deze "
        "bestelling niet betaald tot de bank beslist heeft. Schrijf ook de klant: wie het zelf intrekt bij de bank, "
        "beëindigt de betwisting. Dit gaat vanzelf van de lijst."
    ),
    OpenIssue.Kind.DISPUTE_DUE: _(
        "Stuur het bewijs vandaag. Wie niets stuurt, verliest het geld en de kosten. Dit gaat vanzelf van de lijst."
    ),
    OpenIssue.Kind.DISPUTE_LOST: _(
        "Het geld komt niet terug. Kies hieronder wie het draagt; daarna worden de makers weer gewoon betaald. Nam "
        "de bank alles terug, dan stopt het werk aan wat nog niet vertrokken is. Nam ze een deel, dan kun je van de "
        "rest terugbetalen op de pagina van de bestelling, ook om werk te stoppen."
    ),
    OpenIssue.Kind.STRIPE_DIFFERS: _(
        "Het programma keek zelf al opnieuw bij Stripe. Controleer nog eens op de pagina Rekeningen. Staat het hier "
        "dan nog, zoek de beweging dan op bij Stripe en geef de tekst hierboven door aan wie het programma onderhoudt."
    ),
    OpenIssue.Kind.UNEXPLAINED: _(
        "Kijk op de pagina van de bestelling of de betaling van wie dit geld is. Geef terug wat van de klant is; weet "
        "je het niet, geef de tekst hierboven dan door aan wie het programma onderhoudt. Dit gaat vanzelf van de lijst."
    ),
    OpenIssue.Kind.CANCELLED_NOT_REFUNDED: _(
        "De makers zijn gestopt. Geef de klant het geld terug op de pagina van de bestelling."
    ),
    OpenIssue.Kind.GATEWAY: _(
        "Meestal hoef je niets te doen: het programma probeert het opnieuw, telkens na een langere pauze, en haalt dit "
        "zelf van de lijst. Werkt het andere systeem weer, dan kun je het meteen laten proberen. Staat het hier na een "
        "dag nog, laat dan nakijken of dat systeem werkt."
    ),
    OpenIssue.Kind.MAIL_AWAY: _(
        "Laat nakijken of de mailserver werkt en of MAIL_URL klopt: adres, gebruiker en wachtwoord. Wat wacht, "
        "vertrekt vanzelf zodra hij weer mails aanneemt; dan gaat dit van de lijst."
    ),
    OpenIssue.Kind.SALEOR_APP: _(
        "Bestellingen komen niet meer binnen. Laat wie het programma onderhoudt 'connect_saleor' uitvoeren: dat "
        "installeert de app opnieuw of geeft haar een nieuw token. Wat intussen besteld werd, wordt daarna gevonden."
    ),
    OpenIssue.Kind.SALEOR_HOOKS: _(
        "Wat hierboven staat, werkt niet tot het hersteld is. Zet een plugin weer aan in het Dashboard van Saleor. "
        "Laat voor de rest wie het programma onderhoudt 'connect_saleor --repair' uitvoeren, of de werker van Saleor "
        "weer starten. Bestellingen worden intussen wel gevonden, maar later. Dit gaat vanzelf van de lijst."
    ),
    OpenIssue.Kind.NEIGHBOUR_AWAY: _(
        "Je hoeft niets te doen: het programma vraagt het telkens opnieuw, en haalt in wat het miste. Kijk bij Saleor "
        "of Stripe na of er een storing is. Duurt het langer dan een kwartier, verwittig dan wie de servers onderhoudt."
    ),
    OpenIssue.Kind.CLOCK_OFF: _(
        "Laat wie de servers onderhoudt de klokken gelijkzetten (NTP). Tot dan worden berichten geweigerd als te oud, "
        "en wordt laat gevonden wat er gebeurde."
    ),
    OpenIssue.Kind.FAULT: _(
        "Dit kun je zelf niet oplossen. Geef door aan wie het programma onderhoudt waarover het gaat en sinds wanneer: "
        "waarom het misloopt, staat in het logboek. Lukt het daarna, dan gaat dit vanzelf van de lijst."
    ),
    OpenIssue.Kind.TASK_DECLINED: _(
        "Geef het werk aan een ander atelier. Maakt niemand het, geef dan het geld terug op de pagina van de "
        "bestelling. Was het een vergissing, dan kan het atelier het zelf terugnemen."
    ),
    OpenIssue.Kind.TASK_LATER: _(
        "De nieuwe dag geldt al; de klant leest hem op de volgpagina. Ga akkoord, of geef het werk aan een ander "
        "atelier."
    ),
    OpenIssue.Kind.TASK_BLOCKED: _(
        "Antwoord het atelier: wat het nodig heeft, of wanneer het komt. Duurt het te lang, geef het werk dan aan een "
        "ander atelier. Zegt het atelier dat het weer verder kan, dan gaat dit vanzelf van de lijst."
    ),
    OpenIssue.Kind.TASK_UNACCEPTED: _(
        "Bel of mail het atelier. Neemt het het werk aan, dan gaat dit vanzelf van de lijst. Anders geef je het aan "
        "een ander atelier."
    ),
    OpenIssue.Kind.TASK_LATE: _(
        "Bel of mail het atelier: is het al weg, of wordt het later? Zegt het een nieuwe dag, of vertrekt het pakket, "
        "dan gaat dit vanzelf van de lijst."
    ),
    OpenIssue.Kind.SHORT_OF_FIXED: _(
        "De boeking klopt met de overeenkomst: een korting of een lage prijs ging eerst van de percentages af, en "
        "daarna van de vaste bedragen. Vertel het de partner. Moet het anders, pas dan de prijs of de korting aan, of "
        "maak een nieuwe versie van de overeenkomst die vaste bedragen waarborgt."
    ),
    OpenIssue.Kind.REPORT_FAILED: _(
        "Meld de verzending zelf in Saleor, met de trackingcode die op de pagina van de bestelling staat. Gaat het om "
        "wat terugkwam, meld dan daar dat het terug is."
    ),
    OpenIssue.Kind.NO_WAREHOUSE: _(
        "Dit atelier heeft in Saleor nog geen magazijn, dus kan er niets van verzonden heten. Vraag wie het programma "
        "onderhoudt om er een te maken (setup_saleor), met als externe referentie de korte naam van het atelier. "
        "Daarna wordt de verzending vanzelf gemeld, en gaat dit van de lijst. Doe in Saleor zelf niets."
    ),
    OpenIssue.Kind.RETURN_LATE: _(
        "Vraag de klant of het weg is, en waarmee. Op de pagina van de bestelling kun je zeggen dat het onderweg is, "
        "dat de klant het houdt, of dat het nooit aankwam. Tot dan wachten de partners van deze bestelling op hun geld."
    ),
    OpenIssue.Kind.RETURN_TO_JUDGE: _(
        "Bel het atelier: op zijn pagina “Terug” kan het zeggen hoe elk stuk is. Tot dan wachten de partners van deze "
        "bestelling op hun geld."
    ),
    OpenIssue.Kind.RETURN_TO_REFUND: _(
        "Geef het geld terug op de pagina van de bestelling, of zeg daar dat er geen geld teruggaat. Wie van een "
        "aankoop afziet, moet zijn geld binnen 14 dagen terug hebben."
    ),
    OpenIssue.Kind.WITHDRAWN: _(
        "Niemand maakt dit nog. Geef het geld terug op de pagina van de bestelling, binnen 14 dagen nadat de klant "
        "afzag. Daarna gaat dit vanzelf van de lijst. Tot dan wachten de partners van deze bestelling op hun geld."
    ),
    OpenIssue.Kind.NOT_RELEASED: _(
        "Dit kun je zelf niet oplossen: geef de tekst hierboven door aan wie het programma onderhoudt. De makers van "
        "deze bestelling worden zolang niet betaald; de andere bestellingen gaan gewoon door."
    ),
    OpenIssue.Kind.STRIPE_BELOW_ZERO: _(
        "Haal geen geld op bij Stripe tot dit weg is. Meestal vullen nieuwe betalingen het saldo binnen enkele dagen "
        "aan. Kan een klant zo lang niet wachten, stort dan bij Stripe zelf geld bij (Saldo, Geld toevoegen). Dit gaat "
        "vanzelf van de lijst."
    ),
    OpenIssue.Kind.COLLECTION_FAILED: _(
        "Kijk bij Stripe of de bankrekening daar nog klopt. Haal het geld daarna opnieuw op; komt het aan, dan gaat "
        "dit vanzelf van de lijst."
    ),
    OpenIssue.Kind.COMPANY_AGAIN: _(
        "Niemand hoort van ons wie al klant is. Schrijf zelf naar wie het vroeg, en verwijs zo nodig door naar een "
        "beheerder van het bedrijf. Zet dit daarna op opgelost."
    ),
    OpenIssue.Kind.NO_PRICE_LIST: _(
        "Iemand hoort bij een bedrijf, maar Saleor heeft de prijslijst van dat bedrijf niet, of onze plugin bewaakt ze "
        "daar niet. Kies een andere prijslijst op de pagina van het bedrijf, of zet de plugin voor dat kanaal aan, en "
        "probeer opnieuw."
    ),
    OpenIssue.Kind.INVOICE_REFUSED: _(
        "Lees waarom ze geweigerd werd. Staat de koper niet in Peppol, vraag dan waar de factuur heen mag. Klopt er "
        "iets niet aan de koper, maak de factuur dan voor een andere koper. Verstuur ze daarna opnieuw: komt ze aan, "
        "dan gaat dit vanzelf van de lijst."
    ),
    OpenIssue.Kind.NOT_FORGOTTEN: _(
        "Hier is alles gewist wat gewist mocht worden, maar Saleor weigert. Kijk of onze app in Saleor klanten mag "
        "beheren (MANAGE_USERS; setup_saleor zet dat recht goed), of haal het account en het adres daar zelf weg. We "
        "proberen het elk uur opnieuw, en dan gaat dit vanzelf van de lijst."
    ),
}

POLICIES: dict[tuple[str, str], Promise] = {
    ("shipping", "equally_per_producer"): _("verzendgeld in gelijke delen per maker die verzendt"),
    ("shipping", "platform"): _("verzendgeld voor het platform, want geen maker verzendt zelf"),
    ("discount", DiscountPolicy.SHARED_BY_ALL): _("korting door allen gedragen"),
    ("discount", DiscountPolicy.PLATFORM_TOPS_UP): _("vaste bedragen gewaarborgd door het platform"),
    ("discount", DiscountPolicy.PLATFORM_BEARS): _("korting door het platform gedragen"),
    ("voucher", "platform"): _("kortingscode door het platform gedragen"),
    ("dispute", "platform"): _("verloren betwisting voor het platform"),
    ("dispute", "shared"): _("verloren betwisting door allen gedragen"),
    ("payment_fee", "platform"): _("betaalkosten voor het platform"),
    ("bearer", "platform"): _("gedragen door het platform"),
    ("bearer", "shared"): _("gedragen door iedereen, naar zijn deel"),
    ("bearer", "maker"): _("gedragen door de maker"),
    ("refund", "not_wanted"): _("niet meer gewenst"),
    ("refund", "came_back"): _("komt of kwam terug"),
    ("refund", "gesture"): _("tegemoetkoming"),
    ("refund", "owed"): _("tegoed van de klant"),
    ("refund", "unsaid"): _("nog te zeggen waarvoor"),
}


def policy_name(name: str, value: str) -> str:
    """A policy that held for an entry, in plain words; `discount:SG-001` is one for a product alone."""
    kind, _colon, product = name.partition(":")
    told = str(POLICIES.get((kind, value), f"{kind}: {value}"))
    return f"{product}: {told}" if product else told


def account_name(account: str) -> str:
    """An account in plain words."""
    return str(ACCOUNTS.get(account, account))


def entry_name(kind: str) -> str:
    """What an entry was booked for, in plain words."""
    return str(ENTRIES.get(kind, kind))


SUBJECTS: dict[str, Promise] = {
    Mark.Kind.ORDER: _("Bestelling in Saleor"),
    Mark.Kind.CHECKOUT: _("Mandje in Saleor"),
    Mark.Kind.SESSION: _("Betaalpagina van Stripe"),
    Mark.Kind.VAT_CHECK: _("Btw-nummer van bedrijf"),
    Mark.Kind.CUSTOMER_TYPE: _("Account in Saleor"),
    "company": _("Bedrijf"),
    Mark.Kind.INTENT: _("Betaling bij Stripe"),
    Mark.Kind.REFUND: _("Terugbetaling bij Stripe"),
    Mark.Kind.REFUND_REQUEST: _("Terugbetaling die Saleor vroeg"),
    Mark.Kind.REFUND_ASKED: _("Terugbetaling in Saleor"),
    Mark.Kind.BANK_REFUND: _("Terugbetaling langs de bank"),
    Mark.Kind.TRANSFER: _("Overgeschreven geld"),
    Mark.Kind.PAYOUT: _("Overschrijving van Stripe"),
    Mark.Kind.DISPUTE: _("Betwisting"),
    Mark.Kind.COLLECTION: _("Geld van Stripe"),
    Mark.Kind.PARCEL: _("Pakket"),
    Mark.Kind.RETURN: _("Retour"),
    Mark.Kind.REASSIGNMENT: _("Werk dat verhuisde"),
    Mark.Kind.DROPPED: _("Wat niet meer gewenst is van bestelling"),
    Mark.Kind.CONFIRMATION: _("Bevestiging van een bestelling"),
    Mark.Kind.PRICES: _("Prijzen in Saleor voor"),
    Mark.Kind.RESTOCK: _("Wie verwittigd wil worden over"),
    Mark.Kind.INVOICE: _("Factuur"),
    Mark.Kind.FORGET: _("Verzoek om te vergeten"),
    Mark.Kind.FORGET_ORDER: _("Adres in Saleor van bestelling"),
    "task": _("Taak"),
    "payment": _("Betaling bij Stripe"),
    "sweep": _("Ronde"),
    "event": _("Bericht van Stripe"),
    "records": _("Ronde langs onze eigen gegevens:"),
    "unopened": _("Betaalpagina die nooit openging"),
    "returning": _("Geld dat teruggaat"),
    "refund_failed": _("Mislukte terugbetaling"),
    "returns": _("Retours van bestelling"),
    "watch": _("Stil of laat werk"),
    "account_change": _("Nieuwe rekening"),
    "release": _("Vrijgeven van bestelling"),
    "publish": _("Maker in Saleor van"),
    "remind": _("Vraag om een rekeningnummer"),
    "forget_order": _("Wissen van de klant van bestelling (nummer in de database)"),
    "forget_account": _("Wissen van een rekeningnummer (nummer in de database)"),
    "forget_user": _("Wissen van een vroegere gebruiker (nummer in de database)"),
    "mail": _("Mail"),
    "neighbour": _("Ander systeem:"),
    "check": _("Controle"),
}
"""What a subject is of, by the word before its colon."""

ROUNDS: dict[str, Promise] = {
    "records": _("langs onze eigen gegevens"),
    "returns": _("langs de retours"),
    "invoices": _("langs de facturen die onderweg zijn"),
    "stripe": _("langs Stripe"),
    "balance": _("langs het saldo bij Stripe"),
    "saleor": _("langs Saleor"),
    "publish": _("om de makers in Saleor te zetten"),
    "audit": _("langs geld dat wacht"),
    "mail": _("om mails te versturen"),
    "remind": _("langs wie nog een rekeningnummer moet geven"),
    "look_saleor": _("om te zien hoe het met Saleor zelf is"),
    "look_stripe": _("om te zien hoe het met Stripe zelf is"),
    **{row.name: _("om te vergeten wat lang genoeg bewaard is") for row in KEPT},
}


def subject_name(subject: str) -> str:
    """What an exception is about, in plain words before its reference: `Pakket pcl_…`, `Ronde langs Stripe`."""
    kind, colon, name = subject.partition(":")
    if not colon or kind not in SUBJECTS:
        return subject
    return f"{SUBJECTS[kind]} {ROUNDS.get(name, name) if kind == 'sweep' else name}"


def what_to_do(kind: str) -> str:
    """What an operator can do about an exception; nothing where there is nothing to say."""
    return str(WHAT_TO_DO.get(kind, ""))
