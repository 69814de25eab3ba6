"""What a page says, for machines: nodes of schema.org for JSON-LD. Made of what the page itself is made of, and of no
more: what nobody told us (a rating, a stock, a brand of somebody else's) is not there. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from shop import settings
from shop.languages import current
from shop.money import Money
from shop.saleor import reached
from shop.saleor.catalogue import ListedProduct, Page, Product, ProductDetail, Variant
from shop.saleor.pictures import Picture
from shop.saleor.richtext import Block

Node = dict[str, Any]
SCHEMA = "https://schema.org/"
NAME = "Sociaal Gemaakt"


def house() -> Node:
    """Who sells, as the foot of each page says it."""
    seller = settings.SELLER
    told = {
        **_seller(),
        "url": settings.SHOP_URL + reverse("catalogue:home"),
        "logo": settings.SHOP_URL + staticfiles_storage.url("shop/logo.svg"),
        "email": settings.CONTACT_EMAIL,
        "telephone": seller["phone"],
        "address": seller["address"],
        "vatID": f"BE {seller['number']}" if seller["number"] else "",
        "hasMerchantReturnPolicy": _returns(),
    }
    return _without_what_is_empty(told)


def website() -> Node:
    """The shop as a site, in the language that is spoken."""
    return {
        "@type": "WebSite",
        "name": NAME,
        "url": settings.SHOP_URL + reverse("catalogue:home"),
        "inLanguage": current(),
        "publisher": _seller(),
    }


def trail(*steps: tuple[str, str]) -> Node:
    """The way to a page from the first one: each page by its name and its path, the page itself last."""
    way = [(NAME, reverse("catalogue:home")), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": settings.SHOP_URL + path}
            for number, (name, path) in enumerate(way, start=1)
        ],
    }


def piece(detail: ProductDetail, offered: Sequence[Variant], *, is_sold_out: bool) -> Node:
    """A product with what it costs; one that is there in several versions as a group of them. ``offered`` are those
    that can be bought now; of the others ``is_sold_out`` says whether that is why they cannot."""
    product, address = detail.product, _address_of(detail.product)
    about = _without_what_is_empty(
        {
            "name": product.name,
            "description": _plain(detail.description) or product.subtitle,
            "url": address,
            "image": _images(product.pictures),
            "brand": {"@type": "Brand", "name": NAME},
            "category": detail.category_name,
            "material": product.material,
            "size": detail.size,
            "manufacturer": _maker(detail),
            "additionalProperty": _properties(product),
        }
    )
    versions = [
        {
            **_version(product, variant),
            "url": address,
            **_offer(variant, address, _availability(variant, offered, is_sold_out)),
        }
        for variant in detail.variants
    ]
    if len(versions) > 1:
        return {"@type": "ProductGroup", **about, "productGroupID": product.code or product.id, "hasVariant": versions}
    return {"sku": product.code, **next(iter(versions), {"@type": "Product"}), **about}


def pieces(name: str, path: str, listed: Iterable[ListedProduct]) -> Node:
    """A page that shows pieces, in their order."""
    return {
        "@type": "CollectionPage",
        "name": name,
        "url": settings.SHOP_URL + path,
        "inLanguage": current(),
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": one.product.name, "url": _address_of(one.product)}
                for number, one in enumerate(listed, start=1)
            ],
        },
    }


def maker(page: Page) -> Node:
    """A workshop, as its page tells of it."""
    return _without_what_is_empty(
        {"@type": "Organization", **_of_person(page), "address": page.address, "email": page.email}
    )


def designer(page: Page) -> Node:
    """Somebody who draws: a person or a studio, which Saleor does not tell. A name that things bear is both."""
    return _without_what_is_empty({"@type": "Brand", **_of_person(page)})


def story(page: Page, about: Iterable[ListedProduct]) -> Node:
    """A story, and the pieces that it is about."""
    listed = list(about)
    pictures = [one.product.picture_in_use for one in listed if one.product.picture_in_use]
    return _without_what_is_empty(
        {
            "@type": "Article",
            "headline": page.person.name,
            "description": page.summary,
            "url": settings.SHOP_URL + reverse("catalogue:story", args=[page.person.slug]),
            "image": _images(pictures[:1]),
            "datePublished": page.since.isoformat(),
            "inLanguage": current(),
            "author": _seller(),
            "publisher": _seller(),
            "about": [{"@type": "Thing", "name": one.product.name, "url": _address_of(one.product)} for one in listed],
        }
    )


def questions(asked: Iterable[tuple[str, Sequence[str]]]) -> Node:
    """What customers ask, each with the lines of its answer."""
    return {
        "@type": "FAQPage",
        "inLanguage": current(),
        "mainEntity": [
            {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": " ".join(answer)}}
            for question, answer in asked
        ],
    }


def _seller() -> Node:
    return {
        "@type": "Organization",
        "@id": f"{settings.SHOP_URL}/#house",
        "name": settings.SELLER["name"],
    }


def _returns() -> Node:
    return _without_what_is_empty(
        {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": list(reached.codes()),
            "returnPolicyCategory": f"{SCHEMA}MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": settings.WITHDRAWAL_DAYS,
            "returnMethod": f"{SCHEMA}ReturnByMail",
            "returnFees": f"{SCHEMA}ReturnFeesCustomerResponsibility",
            "merchantReturnLink": settings.SHOP_URL + reverse("info:delivery"),
        }
    )


def _maker(detail: ProductDetail) -> Node | None:
    who = detail.product.producer
    if who is None:
        return None
    return _without_what_is_empty(
        {
            "@type": "Organization",
            "name": who.name,
            "url": settings.SHOP_URL + reverse("catalogue:person", args=[who.slug]),
            "address": detail.maker_address,
            "email": detail.maker_email,
        }
    )


def _properties(product: Product) -> list[Node]:
    """What the maker's mark says, as far as schema.org has no word for it."""
    told = (
        (_("Ontworpen door"), ", ".join(one.name for one in product.designers)),
        (_("Uren werk"), product.hours),
    )
    return [{"@type": "PropertyValue", "name": name, "value": value} for name, value in told if value]


def _version(product: Product, variant: Variant) -> Node:
    name = f"{product.name}, {variant.name}" if variant.name else product.name
    return {"@type": "Product", "name": name, "sku": variant.sku or product.code}


def _offer(variant: Variant, address: str, availability: str) -> Node:
    """Nothing where it has no price."""
    if variant.price is None:
        return {}
    return {
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": _decimal(variant.price),
            "priceCurrency": variant.price.currency,
            "availability": SCHEMA + availability,
            "itemCondition": f"{SCHEMA}NewCondition",
            "seller": _seller(),
        }
    }


def _availability(variant: Variant, offered: Sequence[Variant], is_sold_out: bool) -> str:
    if variant in offered:
        return "MadeToOrder" if variant.made_to_order else "InStock"
    return "SoldOut" if is_sold_out else "OutOfStock"


def _of_person(page: Page) -> Node:
    return {
        "name": page.person.name,
        "url": settings.SHOP_URL + reverse("catalogue:person", args=[page.person.slug]),
        "description": _plain(page.content),
        "logo": page.person.mark,
    }


def _address_of(product: Product) -> str:
    return settings.SHOP_URL + reverse("catalogue:product", args=[product.slug])


def _images(pictures: Iterable[Picture]) -> list[str]:
    """The largest of each."""
    return [picture.largest for picture in pictures]


def _plain(blocks: Iterable[Block]) -> str:
    return " ".join(line for block in blocks for line in block.lines)


def _decimal(money: Money) -> str:
    """``289.00``: a point, and always the cents."""
    return str(Decimal(money.minor).scaleb(-2))


def _without_what_is_empty(node: Node) -> Node:
    return {name: value for name, value in node.items() if value}
