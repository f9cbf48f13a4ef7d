"""Entries in, views out: the plain values that templates see. Internal fields end here; a template cannot show what it is not given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from publisher.content.codes import districts, industries, industry_path
from publisher.content.decode import internal_fields
from publisher.content.library import Entry, Library
from publisher.content.links import resolve_link
from publisher.content.model.fields import SHANGHAI, Model, is_end, is_markdown
from publisher.content.model.kinds import Enterprise, Event, Guide, Listing, News, Policy
from publisher.content.model.validity import OPEN_ENDED_LABELS
from publisher.content.model.vocabulary import AiUse, Kind, State, Vocabulary
from publisher.lifecycle import Status, deadline, policy_force
from publisher.markup import Html, Picture, excerpt, render
from publisher.site.catalogue import Catalogue
from publisher.site.feed_body import feed_body


def show_day(moment: datetime) -> str:
    """``2026-11-23`` in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def show_moment(moment: datetime) -> str:
    """``2026-11-23 09:30``, or the day alone at midnight."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")


def show_end(moment: datetime) -> str:
    """The last day of a time that ends at midnight, else the time itself."""
    local = moment.astimezone(SHANGHAI)
    is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    return show_day(local - timedelta(days=1)) if is_midnight else show_moment(local)


def show_amount(value: Decimal) -> str:
    """An amount with thousands separators and no needless zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def path_url(path: str) -> str:
    """A path as it stands in a URL."""
    return quote(path, safe="/-._~")


class Addresser:
    """Turns the links and images of one library's texts into addresses for one page or for a feed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._library: Library = catalogue.library

    def address(self, html: Html, entry_path: str, base: str) -> Markup:
        """Fill the slots of a text of an entry; a link to something not public becomes plain words."""

        def link(written: str) -> str | None:
            target = resolve_link(self._library, entry_path, written)
            if target.entry and not self._catalogue.status[target.entry.id].is_public:
                return None
            url = target.url()
            return None if url is None else path_url(url.split("#", 1)[0]) + ("#" + url.split("#", 1)[1] if "#" in url else "")

        def image(written: str) -> Picture | None:
            found = self._library.find_image(entry_path, written)
            return Picture(path_url(found.url), found.width, found.height) if found else None

        return Markup(html.address(link, image, base))  # noqa: S704  # our own renderer wrote it; raw HTML never comes through


class _Showing(NamedTuple):
    """How the values of one field are shown."""

    name: str
    is_markdown: bool
    is_end: bool


@cache
def _public_fields(model: type[Model]) -> tuple[_Showing, ...]:
    hidden = internal_fields(model)
    return tuple(_Showing(name, is_markdown(field), is_end(field)) for name, field in model.model_fields.items() if name not in hidden)


def public_fields(value: Model, markdown: Callable[[str, str], Markup], prefix: str = "") -> dict[str, Any]:
    """The public fields of a model as plain values: words for vocabularies, text for times, addressed HTML for Markdown."""
    return {how.name: _plain(getattr(value, how.name), how, markdown, f"{prefix}{how.name}-") for how in _public_fields(type(value))}


def _plain(part: Any, how: _Showing, markdown: Callable[[str, str], Markup], prefix: str) -> Any:
    if part is None or isinstance(part, bool | int):
        return part
    if isinstance(part, Vocabulary):
        return part.label
    if isinstance(part, str):
        return markdown(part, prefix) if how.is_markdown else OPEN_ENDED_LABELS.get(part, part)
    if isinstance(part, datetime):
        return show_end(part) if how.is_end else show_moment(part)
    if isinstance(part, date):
        return part.isoformat()
    if isinstance(part, Decimal):
        return show_amount(part)
    if isinstance(part, Model):
        return public_fields(part, markdown, prefix)
    return [_plain(item, how, markdown, f"{prefix}{index}-") for index, item in enumerate(part)]


class Viewer:
    """Makes the views of entries of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.addresser = Addresser(catalogue)
        self._cards: dict[str, dict[str, Any]] = {}

    def card(self, entry: Entry) -> dict[str, Any]:
        """An entry as lists show it: no body, so that editing a body touches no list."""
        if entry.id not in self._cards:
            self._cards[entry.id] = self._card(entry)
        return self._cards[entry.id]

    def cards(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        return [self.card(entry) for entry in entries]

    def _card(self, entry: Entry) -> dict[str, Any]:
        data = entry.data
        now = self.catalogue.status[entry.id]
        end = deadline(entry, self.catalogue.as_of)
        return {
            "url": path_url(entry.url),
            "title": entry.title,
            "summary": data.summary or excerpt(entry.html.text),
            "kind": entry.kind.value,
            "kind_label": entry.kind.label,
            "day": show_day(entry.published),
            "status": now.value,
            "status_label": status_words(entry, now),
            "until": show_end(end) if end else "",
            "labels": labels(entry),
            "facts": card_facts(entry),
        }

    def link(self, entry: Entry) -> dict[str, str]:
        """The least a link to an entry shows."""
        return {"url": path_url(entry.url), "title": entry.title, "status": self.catalogue.status[entry.id].value}

    def links(self, ids: Sequence[str]) -> list[dict[str, str]]:
        """Links to the public ones of some entries named by id."""
        found = (self.catalogue.library.by_id.get(name) for name in ids)
        return [self.link(entry) for entry in found if entry and self.catalogue.status[entry.id].is_public]

    def entry(self, entry: Entry, base: str) -> dict[str, Any]:
        """An entry as its own page shows it; ``base`` leads from the page to the site's root."""
        data = entry.data
        catalogue = self.catalogue
        now = catalogue.status[entry.id]
        before, after = catalogue.neighbours(entry)
        view: dict[str, Any] = {
            **self.card(entry),
            "id": entry.id,
            "published": show_moment(entry.published),
            "updated": show_moment(entry.updated) if entry.updated != entry.published else "",
            "iso_published": entry.published.isoformat(),
            "iso_updated": entry.updated.isoformat(),
            "is_live": now.is_live,
            "withdrawal": {"time": show_moment(data.withdrawal.time), "note": data.withdrawal.note} if data.withdrawal else None,
            "tags": [{"name": tag, "url": tag_url(catalogue.library, tag)} for tag in catalogue.library.tags_of(entry) if tag in catalogue.by_tag],
            "industries": [industry_link(code) for code in entry.data.industries if _division(code) in catalogue.by_industry],
            "district_name": districts()[data.district],
            "previous": self.link(before) if before else None,
            "next": self.link(after) if after else None,
        }
        if now is Status.WITHDRAWN:
            # A tombstone keeps the address and the reason, and nothing of the text.
            return view | {"f": {}, "body": Markup(), "image": None, "related": [], "refs": {}, "summary": ""}

        def markdown(text: str, prefix: str) -> Markup:
            return self.addresser.address(render(text, prefix), entry.path, base)

        image = catalogue.library.find_image(entry.path, data.image.src) if data.image else None
        return view | {
            "f": public_fields(data, markdown),
            "body": self.addresser.address(entry.html, entry.path, base),
            "image": {"url": path_url(image.url), "alt": data.image.alt, "width": image.width, "height": image.height} if image and data.image else None,
            "related": self.cards(catalogue.related(entry)) if entry.kind is not Kind.PAGE else [],
            "refs": self._references(entry),
        }

    def feed_body(self, entry: Entry) -> Markup:
        """The facts of an entry as a feed shows them, before its body, with absolute URLs."""

        def markdown(text: str, prefix: str) -> Markup:
            return self.addresser.address(render(text, prefix), entry.path, self.catalogue.settings.site_url)

        return feed_body(entry.kind, public_fields(entry.data, markdown))

    def _references(self, entry: Entry) -> dict[str, Any]:
        data, catalogue = entry.data, self.catalogue
        if isinstance(data, News):
            return {"enterprises": self.links(data.enterprises)}
        if isinstance(data, Policy):
            names = {name: self.links(getattr(data, name)) for name in ("replaces", "replaced_by", "basis", "amends")}
            audience = {
                "industries": [industry_link(code)["name"] for code in data.audience.industries],
                "excluded_industries": [industry_link(code)["name"] for code in data.audience.excluded_industries],
                "districts": [districts()[code] for code in data.audience.districts],
            }
            return names | {
                "audience": audience,
                "used_in": self.cards(catalogue.naming_policy.get(entry.id, ())),
                "force": policy_force(data, catalogue.as_of).label,
            }
        if isinstance(data, Listing):
            return {
                "enterprise": next(iter(self.links([data.enterprise])), None),
                "budget": budget_words(data),
                "districts": [districts()[c] for c in data.districts],
            }
        if isinstance(data, Guide):
            return {"policies": self.links(data.policies)}
        if isinstance(data, Event):
            return {"enterprises": self.links(data.enterprises), "policies": self.links(data.policies)}
        if isinstance(data, Enterprise):
            named = catalogue.of_enterprise.get(entry.id, ())
            return {
                "listings": self.cards([e for e in named if e.kind is Kind.LISTING]),
                "news": self.cards([e for e in named if e.kind is not Kind.LISTING]),
            }
        return {}


def _division(code: str) -> str:
    return industry_path(code)[-1].code


def industry_link(code: str) -> dict[str, str]:
    """A link to an industry's page."""
    industry = industry_path(code)[-1]
    return {"code": industry.code, "name": industry.name, "url": f"industries/{industry.code}/"}


def industry_title(code: str) -> str:
    """``零售业（F52）`` for a division, ``批发和零售业（F）`` for a section."""
    industry = industries()[code]
    return f"{industry.name}（{industry.code if industry.is_section else industry.section + industry.code}）"


def tag_url(library: Library, tag: str) -> str:
    """The address of a tag's page."""
    return path_url(f"tags/{library.taxonomy.slug(tag)}/")


def status_words(entry: Entry, now: Status) -> str:
    """The status as readers of this kind would say it; empty where there is nothing to say."""
    if now is Status.LIVE:
        return {Kind.POLICY: "现行有效", Kind.LISTING: "对接中"}.get(entry.kind, "")
    if now is Status.EXPIRED and entry.kind is Kind.POLICY:
        return "期满失效"
    if now is Status.CLOSING and entry.kind is Kind.EVENT:
        return "报名将截止" if isinstance(entry.data, Event) and entry.data.signup else "即将开始"
    return now.label


def labels(entry: Entry) -> list[str]:
    """The marks the law or honesty asks for: 广告, AI, 更正."""
    data = entry.data
    found = ["广告"] if data.advertisement else []
    if data.ai is not AiUse.NONE:
        found.append("AI生成" if data.ai is AiUse.GENERATED else "AI辅助")
    if data.corrections or getattr(data, "state", None) is State.CORRECTED:
        found.append("已更正")
    return found


def budget_words(data: Listing) -> str:
    """A budget in one phrase."""
    budget = data.budget
    if budget is None:
        return ""
    low, high = budget.low, budget.high
    if low is not None and high is not None:
        return f"{show_amount(low)}—{show_amount(high)}元" if low != high else f"{show_amount(low)}元"
    if high is not None:
        return f"不超过{show_amount(high)}元"
    if low is not None:
        return f"{show_amount(low)}元起"
    return "面议" if budget.negotiable else ""


def card_facts(entry: Entry) -> list[str]:
    """The two or three facts of an entry that a list shows."""
    data = entry.data
    if isinstance(data, Policy):
        facts = [data.number or data.genre.label, "、".join(support.label for support in data.supports[:2])]
    elif isinstance(data, Listing):
        facts = [data.type.label, data.field.label, budget_words(data)]
    elif isinstance(data, Event):
        facts = [data.type.label, show_moment(data.start), data.place]
    elif isinstance(data, Guide):
        limit = data.promised_limit or data.legal_limit
        time = f"{limit.days}个工作日" if limit and limit.days else "当场办结" if limit else ""
        facts = ["收费" if data.has_fee else "不收费", time, data.authority]
    elif isinstance(data, Enterprise):
        facts = [data.street, *(industry_link(code)["name"] for code in data.industries[:1])]
    elif isinstance(data, News):
        facts = [data.type.label]
    else:
        facts = []
    return [fact for fact in facts if fact]
