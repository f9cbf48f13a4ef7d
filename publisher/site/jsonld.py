"""The view of an entry in, what it says in the words of schema.org out: plain values for a JSON-LD block. Pure.

A view holds public fields only, so nothing internal can come here. Which type a kind has is written down once, in `_KINDS`;
tests hold every type and property to schema.org's own definitions. What it does not do: breadcrumbs and the block itself
(`publisher.site.meta`), which every page has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from publisher.content.model.vocabulary import EventState, EventType, Force, Kind, ListingType, NewsType
from publisher.markup import plain_text
from publisher.settings import Settings

#: A node of the graph; a property that is None or empty is left out when the page is written.
Node = dict[str, Any]
View = Mapping[str, Any]

LANGUAGE = "zh-Hans-CN"
SCHEMA = "https://schema.org/"
_FORCE = {Force.IN_FORCE.label: "InForce", Force.AMENDED.label: "InForce", Force.PARTIAL.label: "PartiallyInForce"}
_EVENT_STATE = {EventState.SCHEDULED.label: "EventScheduled", EventState.POSTPONED.label: "EventPostponed", EventState.CANCELLED.label: "EventCancelled"}
#: What enterprises meet for is a business event; the rest is for everybody.
_BUSINESS_EVENTS = {EventType.FORUM.label, EventType.MATCHMAKING.label, EventType.BRIEFING.label, EventType.TRAINING.label}
#: News of something to go to.
_NEWS_EVENTS = {NewsType.PROMOTION.label: "SaleEvent", NewsType.EXHIBITION.label: "ExhibitionEvent"}
_WEEK = "一二三四五六日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = re.compile(r"(?:周([一二三四五六日])至周([一二三四五六日])|每[天日])[，：: ]?([0-2]\d:[0-5]\d)[—–-]([0-2]\d:[0-5]\d)")


def entry_nodes(view: View, settings: Settings) -> tuple[Node, ...]:
    """The nodes that describe an entry; of a tombstone only that there is a page."""
    url = settings.site_url + view["url"]
    if view["withdrawal"] or not view["f"]:
        return ({"@type": "WebPage", "@id": url, "url": url, "name": view["title"], "inLanguage": LANGUAGE},)
    return tuple(_KINDS[view["kind"]](view, url, settings))


def site_nodes(settings: Settings) -> tuple[Node, ...]:
    """What the home page says: whose site this is."""
    url = settings.site_url
    publisher = {"@type": "Organization", "@id": f"{url}#publisher", "name": settings.publisher_name, "url": url, "logo": f"{url}assets/share/site.png"}
    site = {"@type": "WebSite", "@id": f"{url}#site", "url": url, "name": settings.site_name, "inLanguage": LANGUAGE}
    found = search_action(settings) if settings.search else None
    return (site | {"description": settings.site_description, "publisher": {"@id": publisher["@id"]}, "potentialAction": found}, publisher)


def search_action(settings: Settings) -> Node:
    """How a search engine may lead to the site's own search."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{settings.site_url}search/?q={{search_term_string}}"}
    return {"@type": "SearchAction", "target": target, "query-input": "required name=search_term_string"}


def moment(written: str) -> str:
    """A day or time as views show it, by ISO 8601; what is neither ("长期") is left out."""
    if len(written) == 16:
        return f"{written[:10]}T{written[11:]}:00+08:00"
    return written if written[4:5] == "-" else ""


def _named(kind: str, name: str | None) -> Node | None:
    return {"@type": kind, "name": name} if name else None


def _article(view: View, url: str, settings: Settings) -> Node:
    """What every text has; an `Article`, since a `NewsArticle` would claim a licence for news."""
    f, image = view["f"], view["image"]
    source = f["source"]
    return {
        "@type": "Article",
        "@id": f"{url}#article",
        "url": url,
        "headline": view["title"],
        "description": view["summary"],
        "inLanguage": LANGUAGE,
        "datePublished": view["iso_published"],
        "dateModified": view["iso_updated"],
        "articleSection": view["kind_label"],
        "keywords": [tag["name"] for tag in view["tags"]],
        "author": _named("Organization", f["author"] or (source and source["name"]) or settings.publisher_name),
        "publisher": {"@type": "Organization", "name": settings.publisher_name, "url": settings.site_url},
        "image": settings.site_url + image["url"] if image else None,
        "isBasedOn": source["url"] if source else None,
    }


def _questions(view: View, url: str) -> list[Node]:
    asked = view["f"]["questions"]
    if not asked:
        return []
    answered = [{"@type": "Question", "name": row["question"], "acceptedAnswer": {"@type": "Answer", "text": plain_text(str(row["answer"]))}} for row in asked]
    return [{"@type": "FAQPage", "@id": f"{url}#questions", "inLanguage": LANGUAGE, "mainEntity": answered}]


def _links(rows: list[dict[str, str]], settings: Settings) -> list[Node]:
    return [{"@type": "Organization", "name": row["title"], "url": settings.site_url + row["url"]} for row in rows]


def _news(view: View, url: str, settings: Settings) -> list[Node]:
    f = view["f"]
    article = _article(view, url, settings)
    about: list[Node] = _links(view["refs"]["enterprises"], settings)
    period = f["period"]
    if f["type"] in _NEWS_EVENTS and period and period["start"]:
        event = {"@type": _NEWS_EVENTS[f["type"]], "name": view["title"], "startDate": moment(period["start"]), "endDate": moment(period["end"] or "")}
        about.append(event | {"location": _named("Place", f["place"])})
    return [article | {"about": about, "expires": moment(f["expires"] or "")}]


def _policy(view: View, url: str, settings: Settings) -> list[Node]:
    f = view["f"]
    law = {
        "@type": "Legislation",
        "name": f["name"],
        "legislationIdentifier": f["number"],
        "legislationType": f["genre"],
        "legislationPassedBy": [{"@type": "Organization", "name": name} for name in f["issuers"]],
        "legislationDate": f["written"] or f["issued"],
        "legislationDateOfApplicability": f["effective"],
        "legislationLegalForce": SCHEMA + _FORCE.get(view["refs"]["force"], "NotInForce"),
        "temporalCoverage": f"{f['effective']}/{moment(f['validity']) or '..'}",
        "url": f["original"],
    }
    return [_article(view, url, settings) | {"about": law}, *_questions(view, url)]


def _guide(view: View, url: str, settings: Settings) -> list[Node]:
    f = view["f"]
    limit = f["promised_limit"] or f["legal_limit"]
    channel = {"@type": "ServiceChannel", "serviceUrl": f["online"], "processingTime": f"P{limit['days']}D" if limit else None}
    service = {
        "@type": "GovernmentService",
        "@id": f"{url}#service",
        "url": url,
        "name": view["title"],
        "description": view["summary"],
        "serviceType": f["matter"],
        "serviceOperator": {"@type": "GovernmentOrganization", "name": f["authority"]},
        "jurisdiction": {"@type": "AdministrativeArea", "name": view["district_name"]},
        "audience": {"@type": "Audience", "audienceType": "、".join(f["subjects"])},
        "availableChannel": channel if limit or f["online"] else None,
        "serviceOutput": _named("Thing", f["result"]),
    }
    steps = {
        "@type": "HowTo",
        "@id": f"{url}#steps",
        "name": view["title"],
        "description": view["summary"],
        "inLanguage": LANGUAGE,
        "datePublished": view["iso_published"],
        "dateModified": view["iso_updated"],
        "supply": [{"@type": "HowToSupply", "name": row["name"]} for row in f["materials"]],
        "step": [{"@type": "HowToStep", "position": at, "name": row["name"], "text": row["detail"]} for at, row in enumerate(f["steps"], 1)],
    }
    return [service, steps, *_questions(view, url)]


def _listing(view: View, url: str, settings: Settings) -> list[Node]:
    """A supply is an `Offer`; a demand and a wish to cooperate look for somebody: a `Demand`, which the enterprise seeks."""
    f, budget, owner = view["f"], view["f"]["budget"], view["refs"]["enterprise"]
    is_offer = f["type"] == ListingType.SUPPLY.label
    name = f"{url}#listing"
    price = {"@type": "PriceSpecification", "priceCurrency": "CNY", "minPrice": _number(budget["low"]), "maxPrice": _number(budget["high"])} if budget else None
    node = {
        "@type": "Offer" if is_offer else "Demand",
        "@id": name,
        "url": url,
        "name": view["title"],
        "description": view["summary"],
        "validFrom": view["iso_published"],
        "validThrough": moment(f["expires"]),
        "itemOffered": {"@type": "Service", "name": view["title"], "serviceType": f["field"]},
        "areaServed": [{"@type": "AdministrativeArea", "name": place} for place in view["refs"]["districts"]],
        "priceSpecification": price if price and (budget["low"] or budget["high"]) else None,
        "availability": f"{SCHEMA}{'InStock' if view['is_live'] else 'OutOfStock'}",
    }
    if not owner:
        return [node]
    enterprise = _links([owner], settings)[0]
    return [node, enterprise | {"makesOffer" if is_offer else "seeks": {"@id": name}}]


def _number(shown: str | None) -> float | None:
    """An amount as views show it: with separators."""
    return float(shown.replace(",", "")) if shown else None


def _event(view: View, url: str, settings: Settings) -> list[Node]:
    f = view["f"]
    is_online = f["place"].startswith("线上")
    node = {
        "@type": "BusinessEvent" if f["type"] in _BUSINESS_EVENTS else "Event",
        "@id": f"{url}#event",
        "url": url,
        "name": view["title"],
        "description": view["summary"],
        "inLanguage": LANGUAGE,
        "startDate": moment(f["start"]),
        "endDate": moment(f["end"] or ""),
        "eventStatus": SCHEMA + _EVENT_STATE[f["event_state"]],
        "eventAttendanceMode": f"{SCHEMA}{'Online' if is_online else 'Offline'}EventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": url} if is_online else {"@type": "Place", "name": f["place"], "address": f["place"]},
        "organizer": {"@type": "Organization", "name": f["organiser"]},
        "isAccessibleForFree": f["fee"] == "免费",
        "audience": {"@type": "Audience", "audienceType": f["audience"]} if f["audience"] else None,
        "maximumAttendeeCapacity": f["signup"]["places"] if f["signup"] else None,
        "image": settings.site_url + view["image"]["url"] if view["image"] else None,
    }
    return [node]


def _enterprise(view: View, url: str, settings: Settings) -> list[Node]:
    f = view["f"]
    code = {"@type": "PropertyValue", "name": "统一社会信用代码", "value": f["credit_code"]} if f["credit_code"] else None
    place = {"@type": "PostalAddress", "addressCountry": "CN", "addressRegion": "陕西省", "addressLocality": "西安市", "streetAddress": f["address"]}
    node = {
        "@type": "LocalBusiness",
        "@id": f"{url}#enterprise",
        "url": url,
        "name": view["title"],
        "alternateName": f["short_name"],
        "description": f["business"] or view["summary"],
        "identifier": code,
        "address": place if f["address"] else None,
        "telephone": f["phone"],
        "sameAs": f["website"],
        "foundingDate": f["founded"],
        "openingHoursSpecification": _hours(f["hours"] or ""),
        "image": settings.site_url + view["image"]["url"] if view["image"] else None,
    }
    return [node]


def _hours(words: str) -> Node | None:
    """Hours that are written as one span of days and one of times; others stay words on the page."""
    match = _HOURS.fullmatch(words)
    if not match:
        return None
    first, last = (_WEEK.index(match[1]), _WEEK.index(match[2])) if match[1] else (0, 6)
    days = [SCHEMA + day for day in _DAYS[first : last + 1]]
    return {"@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": match[3], "closes": match[4]} if days else None


def _tally(view: View, url: str, settings: Settings) -> list[Node]:
    """A data set: each sum as a variable that was measured."""
    f, figures = view["f"], view["refs"]["figures"]
    told: list[tuple[str, Any, str | None]] = [("服务次数", f["services"], "次"), *((way["name"], way["times"], "次") for way in figures["ways"])]
    told += [("服务企业", f["enterprises"], "家"), ("问题办结率", f["closed_percent"], "%"), ("办件办结", f["cases"], "件")]
    told += [("代办单送达", f["delivered"], "件"), ("陪办单办毕", f["accompanied"], "件"), ("平均办结工作日", f["mean_days"], "工作日")]
    measured = [{"@type": "PropertyValue", "name": name, "value": value, "unitText": unit} for name, value, unit in told if value is not None]
    node = {"@type": "Dataset", "@id": f"{url}#sums", "url": url, "name": view["title"], "description": view["summary"], "inLanguage": LANGUAGE}
    node |= {"datePublished": view["iso_published"], "dateModified": view["iso_updated"], "temporalCoverage": f["month"], "isAccessibleForFree": True}
    return [node | {"creator": _named("Organization", settings.publisher_name), "variableMeasured": measured}]


def _page(view: View, url: str, settings: Settings) -> list[Node]:
    kind = "AboutPage" if view["url"] == "about/" else "WebPage"
    node = {"@type": kind, "@id": url, "url": url, "name": view["title"], "description": view["summary"], "inLanguage": LANGUAGE}
    return [node | {"datePublished": view["iso_published"], "dateModified": view["iso_updated"]}]


_KINDS: dict[str, Callable[[View, str, Settings], list[Node]]] = {
    Kind.NEWS.value: _news,
    Kind.POLICY.value: _policy,
    Kind.LISTING.value: _listing,
    Kind.GUIDE.value: _guide,
    Kind.EVENT.value: _event,
    Kind.ENTERPRISE.value: _enterprise,
    Kind.TALLY.value: _tally,
    Kind.PAGE.value: _page,
}
