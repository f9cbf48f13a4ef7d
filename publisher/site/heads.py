"""An entry in, its `Head` out: everything that any other page, list, feed or check may know of it, as plain values.

Whatever shows an entry elsewhere is made from heads alone, so that editing a body changes the entry's own page and the feeds
that carry the body, and nothing else. A head is packed with `marshal`, which reads ten thousand of them in 30 ms.
"""

from __future__ import annotations

import marshal
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from publisher.clock import SHANGHAI
from publisher.content.codes import industries, industry_path
from publisher.content.library import Edition, Entry, join
from publisher.content.model.kinds import Enterprise, Event, Guide, Listing, News, Policy, Tally
from publisher.content.model.vocabulary import AiUse, EventState, Kind, State, Vocabulary
from publisher.content.taxonomy import Taxonomy
from publisher.counterparts.offer import make_offer
from publisher.lifecycle import Status, deadline, deadlines, previewed, status, window
from publisher.markup import excerpt
from publisher.matching.rules import policy_rules
from publisher.settings import Settings
from publisher.site.tallies import show_tally, tally_facts

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/\-._~]*")
_KINDS = {kind.value: kind for kind in Kind}
_STATUSES = {state.value: state for state in Status}


class Order(NamedTuple):
    """What puts an entry among others: which lists it stands in, and where. Times are seconds since 1970."""

    kind: str
    status: str
    published: float = 0.0
    updated: float = 0.0
    month: str = ""
    tags: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    enterprises: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    listing_type: str = ""
    start: float = 0.0
    deadline: float = 0.0
    title: str = ""
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    dated: float = 0.0
    is_checkable: bool = False
    reached_in: str = ""
    #: The month that a tally is of.
    month_told: str = ""


class Head(NamedTuple):
    """What is known of an entry without opening its file; it holds while ``since <= as_of < until``."""

    id: str
    path: str
    order: Order
    card: dict[str, Any]
    anchors: tuple[str, ...]
    calendar: tuple[tuple[Any, ...], ...]
    since: float
    until: float
    facets: tuple[Any, ...] = ()
    rules: tuple[dict[str, Any], ...] = ()
    #: What decides whom a live listing fits, see `publisher.counterparts.offer`; empty for all else.
    offer: tuple[Any, ...] = ()

    @property
    def kind(self) -> Kind:
        return _KINDS[self.order.kind]

    @property
    def status(self) -> Status:
        return _STATUSES[self.order.status]

    @property
    def url(self) -> str:
        return str(self.card["url"])

    @property
    def title(self) -> str:
        return self.status.mark + self.order.title

    @property
    def replaced_by(self) -> tuple[str, ...]:
        return self.order.replaced_by

    @property
    def published_on(self) -> str:
        return str(self.card["day"]) if self.is_public else ""

    @property
    def replaces(self) -> tuple[str, ...]:
        return self.order.replaces

    @property
    def is_public(self) -> bool:
        return self.status.is_public

    @property
    def status_label(self) -> str:
        return self.status.label

    def pack(self) -> bytes:
        """The head as bytes, equal when the heads are."""
        return marshal.dumps((self.id, self.path, tuple(self.order), *self[3:]))


def unpack_head(data: bytes) -> Head:
    """Read what `Head.pack` wrote."""
    entry_id, path, order, *rest = marshal.loads(data)  # noqa: S302  # our own ledger
    return Head(entry_id, path, Order(*order), *rest)


def make_head(entry: Entry, taxonomy: Taxonomy, settings: Settings, as_of: datetime, *, shows_drafts: bool = False) -> Head:
    """What others may know of an entry at a moment; ``shows_drafts`` lets a preview see what is not public yet."""
    data = entry.data
    now = status(entry, as_of, settings.closing_days)
    now = previewed(entry, now) if shows_drafts else now
    if now is Status.DRAFT:
        return _draft_head(entry, window(entry, as_of, settings))
    end = None if now is Status.WITHDRAWN else deadline(entry, as_of)
    start = data.start if isinstance(data, Event) else None
    rules = policy_rules(data) if isinstance(data, Policy) and now.is_live else ()
    tags = tuple(dict.fromkeys(taxonomy.canonical(tag) for tag in data.tags))
    order = Order(
        kind=entry.kind.value,
        status=now.value,
        published=entry.published.timestamp(),
        updated=entry.updated.timestamp(),
        month=show_day(entry.published)[:7],
        tags=tags,
        industries=entry.industry_codes,
        enterprises=_enterprises(entry),
        policies=tuple(getattr(data, "policies", ())),
        listing_type=data.type.value if isinstance(data, Listing) else "",
        reached_in=data.field.value if isinstance(data, Listing) and now is Status.REACHED else "",
        start=start.timestamp() if start else 0.0,
        deadline=end.timestamp() if end else 0.0,
        title=entry.title,
        replaces=_offered_replacements(data),
        replaced_by=data.replaced_by if isinstance(data, Policy) else (),
        files=_files(entry),
        dated=max((moment.timestamp() for moment in deadlines(entry)), default=0.0),
        is_checkable=bool(rules),
        month_told=data.month if isinstance(data, Tally) else "",
    )
    card = {
        "url": path_url(entry.url),
        "title": now.mark + entry.title,
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
    if isinstance(data, Tally) and now is not Status.WITHDRAWN:
        card["figures"] = show_tally(data)
    anchors = tuple(heading.anchor for heading in entry.html.headings)
    since, until = window(entry, as_of, settings)
    facets = () if now is Status.WITHDRAWN else _facets(data)
    return Head(entry.id, entry.path, order, card, anchors, _calendar(entry, now), since, until, facets, rules, _offer(entry, now, tags))


def _offer(entry: Entry, now: Status, tags: tuple[str, ...]) -> tuple[Any, ...]:
    """What decides whom a listing fits, while it is live: nobody is offered what is over, withdrawn or not published."""
    if not isinstance(entry.data, Listing) or now not in (Status.LIVE, Status.CLOSING):
        return ()
    return tuple(make_offer(entry.data, entry.html.text, tags))


def _draft_head(entry: Entry, span: tuple[float, float]) -> Head:
    """What is known of a draft: that it is there, and what it says of other policies. Heads are kept on disk; its words are nobody's yet."""
    replaced_by = entry.data.replaced_by if isinstance(entry.data, Policy) else ()
    order = Order(entry.kind.value, Status.DRAFT.value, replaced_by=replaced_by)
    anchors = tuple(heading.anchor for heading in entry.html.headings)
    return Head(entry.id, entry.path, order, {"url": path_url(entry.url)}, anchors, (), *span)


def _offered_replacements(data: Any) -> tuple[str, ...]:
    """The policies that a published policy says it replaces."""
    is_offered = isinstance(data, Policy) and data.state in (State.PUBLISHED, State.CORRECTED)
    return data.replaces if is_offered else ()


def _facets(data: Any) -> tuple[Any, ...]:
    """What `publisher.site.finder` finds an entry by, in the order in which it reads it: slugs and codes; nothing for kinds without a finder."""
    if isinstance(data, Policy):
        to = data.audience
        lasting = data.validity if isinstance(data.validity, str) else ""
        offers = (_slugs(data.supports), _slugs(data.channels))
        return (_slugs(to.subjects), to.industries, to.excluded_industries, _slugs(to.sizes), _slugs(to.taxpayers), *offers, lasting)
    if isinstance(data, Listing):
        return (data.type.value, data.field.value, data.industries, data.districts, _slugs(data.cooperation))
    return ()


def _slugs(terms: tuple[Vocabulary, ...]) -> tuple[str, ...]:
    return tuple(term.value for term in terms)


def _enterprises(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.data, Listing):
        return (entry.data.enterprise,)
    return entry.data.enterprises if isinstance(entry.data, News | Event) else ()


def _files(entry: Entry) -> tuple[str, ...]:
    """The paths of the files that the entry shows or links to and that may be images."""
    written = [file for file, _ in entry.html.images]
    written += [entry.data.image.src] if entry.data.image else []
    written += [link for link in entry.html.links if not link.endswith((".md", ".yml", ".yaml"))]
    return tuple(dict.fromkeys(join(entry.path, file) for file in written))


#: One dated thing: name of the date, words, start, end, description, place, whether it is cancelled; times in ISO 8601.
_Dated = tuple[str, str, str, str, str, str, bool]


def _calendar(entry: Entry, now: Status) -> tuple[_Dated, ...]:
    """What of an entry stands in a calendar: the ends of a policy as days, an event at its time."""
    data = entry.data
    if isinstance(data, Event):
        is_cancelled = data.event_state is EventState.CANCELLED
        return (("", entry.title, data.start.isoformat(), data.end.isoformat() if data.end else "", data.summary, data.place, is_cancelled),)
    if not isinstance(data, Policy) or now in (Status.SUPERSEDED, Status.REPEALED):
        return ()
    ends = [("apply", f"申报截止：{entry.title}", data.application.end if data.application else None), ("end", f"政策到期：{entry.title}", data.validity)]
    ends += [(f"benefit-{number}", f"截止：{benefit.name}", benefit.until) for number, benefit in enumerate(data.benefits, 1)]
    words = f"{data.in_a_word}\n以官方原文和主管部门答复为准。"
    rows: list[_Dated] = []
    for name, what, end in ends:
        if isinstance(end, datetime):
            last = (end - timedelta(seconds=1)).astimezone(SHANGHAI).date()
            rows.append((name, what, last.isoformat(), (last + timedelta(days=1)).isoformat(), words, "", False))
    return tuple(rows)


class EditionHead(NamedTuple):
    """What is known of an edition without opening its file; ``sent`` are the items that are no reminders."""

    id: str
    path: str
    title: str
    period: str
    period_label: str
    start: float
    end: float
    entries: tuple[str, ...]
    sent: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"editions/{self.id}/"

    @property
    def day(self) -> str:
        """The day on which the period is over."""
        return show_day(datetime.fromtimestamp(self.end, SHANGHAI))


def make_edition_head(edition: Edition) -> EditionHead:
    """What others may know of an edition."""
    data = edition.data
    sent = tuple(entry for section in data.sections if not section.is_reminder for entry in section.entries)
    ids = tuple(dict.fromkeys(edition.entry_ids))
    times = (data.start.timestamp(), data.end.timestamp())
    return EditionHead(edition.id, edition.path, data.title, data.period.value, data.period.label, *times, ids, sent)


def show_day(moment: datetime) -> str:
    """``2026-11-23`` in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).isoformat()[:10]


def show_moment(moment: datetime) -> str:
    """``2026-11-23 09:30``, or the day alone at midnight."""
    return moment.astimezone(SHANGHAI).isoformat(" ")[:16].removesuffix(" 00:00")


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
    return path if _PLAIN_PATH.fullmatch(path) else quote(path, safe="/-._~")


def industry_link(code: str) -> dict[str, str]:
    """A link to an industry's page."""
    industry = industry_path(code)[-1]
    return {"code": industry.code, "name": industry.name, "url": f"industries/{industry.code}/"}


def industry_title(code: str) -> str:
    """``零售业（F52）`` for a division, ``批发和零售业（F）`` for a section."""
    industry = industries()[code]
    return f"{industry.name}（{industry.code if industry.is_section else industry.section + industry.code}）"


def status_words(entry: Entry, now: Status) -> str:
    """The status as readers of this kind would say it; empty where there is nothing to say."""
    if now is Status.LIVE:
        return {Kind.POLICY: "现行有效", Kind.LISTING: "对接中"}.get(entry.kind, "")
    if now is Status.EXPIRED and entry.kind is Kind.POLICY:
        return "期满失效"
    if now is Status.CLOSING and entry.kind is Kind.EVENT:
        return "报名将截止" if isinstance(entry.data, Event) and entry.data.signup else "即将开始"
    return "" if now.mark else now.label  # a mark stands before the title


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
    elif isinstance(data, Tally):
        facts = tally_facts(data)
    else:
        facts = []
    return [fact for fact in facts if fact]
