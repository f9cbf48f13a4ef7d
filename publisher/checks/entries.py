"""The rules of one entry: fields that must agree with each other, lengths, what a kind requires (domain rules 2.0 to 2.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from publisher.checks.conditions import check_conditions
from publisher.checks.places import field_problem, missing_problem
from publisher.checks.tallies import check_tally
from publisher.clock import SHANGHAI
from publisher.content import codes
from publisher.content.decode import describe, shape_of
from publisher.content.library import Entry
from publisher.content.model.kinds import Enterprise, Event, Guide, Listing, News, Policy, StatedEntry
from publisher.content.model.vocabulary import Channel, ContactWay, Field, Force, Kind, ListingState, ListingType, NewsType, SourceType, State
from publisher.content.taxonomy import Taxonomy
from publisher.lifecycle import policy_force, reviews
from publisher.problems import Problem, suggestion
from publisher.settings import Settings
from publisher.yamltext import Step

#: Hosts whose documents count as official sources, with their sub-domains.
OFFICIAL_HOSTS = ("gov.cn", "npc.gov.cn", "chinatax.gov.cn", "court.gov.cn")

#: Compiled when a policy is checked.
_NUMBER_FORMS = (
    r"[一-龥]{2,20}〔(?:19|20)\d{2}〕[1-9]\d{0,3}号",
    r"[一-龥 、]{2,60}?(?:公告|通告)(?:19|20)\d{2}年第[1-9]\d{0,3}号",
    r"[一-龥 ]{2,40}?令第(?:[1-9]\d{0,3}|[一二三四五六七八九十百零]+)号",
)


def check_entry(entry: Entry, taxonomy: Taxonomy, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Apply the rules of every kind, then those of the entry's own."""
    yield from _check_common(entry, settings)
    yield from _check_states(entry, settings)
    for tag_index, tag in enumerate(entry.data.tags):
        if taxonomy.tags and taxonomy.canonical(tag) not in taxonomy.tags:
            guess = suggestion(tag, [*taxonomy.tags, *taxonomy.aliases])
            yield field_problem(entry, "unknown-tag", ("tags", tag_index), value=tag, guess=guess)
    rules = _RULES.get(entry.kind)
    if rules:
        yield from rules(entry, settings, as_of)


def _check_common(entry: Entry, settings: Settings) -> Iterator[Problem]:
    data = entry.data
    title = data.title
    if not title:
        yield field_problem(entry, "empty-text", ("title",))
    if len(title) > 60:
        yield field_problem(entry, "title-far-too-long", ("title",), count=len(title))
    elif len(title) > 32 and entry.kind is not Kind.ENTERPRISE:
        yield field_problem(entry, "title-too-long", ("title",), count=len(title))
    if title.endswith(("。", ".", "．")):
        yield field_problem(entry, "title-full-stop", ("title",), value=title[-1])
    if "\u3000" in title:
        yield field_problem(entry, "full-width-space", ("title",))
    if not data.summary and entry.kind in (Kind.NEWS, Kind.POLICY, Kind.EVENT, Kind.GUIDE):
        yield missing_problem(entry, "summary-missing")
    if len(data.summary) > 120:
        yield field_problem(entry, "summary-too-long", ("summary",), count=len(data.summary))
    if data.kind and data.kind is not entry.kind:
        folder = entry.kind.folder
        yield field_problem(entry, "kind-folder-mismatch", ("kind",), value=data.kind.label, folder=folder, expected=data.kind.folder)
    yield from _check_order(entry, ("published",), data.published, ("updated",), data.updated)
    yield from _check_order(entry, ("published",), data.published, ("expires",), data.expires)
    if data.source and data.source.type is SourceType.REPRINT:
        for name in ("url", "published"):
            if getattr(data.source, name) is None:
                field = describe(type(data.source), name)["field"]
                yield field_problem(entry, "source-incomplete", ("source",), field=field)


def _check_order(entry: Entry, earlier: tuple[Step, ...], first: object, later: tuple[Step, ...], second: object) -> Iterator[Problem]:
    """Two times or dates, either of which may be missing, must not be reversed."""
    if first is None or second is None:
        return
    last = second - timedelta(seconds=1) if isinstance(second, datetime) and later[-1] in _ENDS else second
    if not last < first:  # type: ignore[operator]
        return
    names = [_field_name(entry, steps) for steps in (earlier, later)]
    values = {"earlier": names[0], "later": names[1], "earlier_value": _show(first), "later_value": _show(second, later[-1] in _ENDS)}
    yield field_problem(entry, "reversed-times", later, **values)


def _field_name(entry: Entry, steps: tuple[Step, ...]) -> str:
    model = type(entry.data)
    for step in steps[:-1]:
        model = shape_of(model, str(step))[1]  # type: ignore[assignment]
    return describe(model, str(steps[-1]))["field"]


#: Fields whose value is the first moment after: a day counts to its end.
_ENDS = frozenset({"expires", "end", "validity", "deadline"})


def _show(value: object, is_end: bool = False) -> str:
    """A time as an editor wrote it."""
    if is_end and isinstance(value, datetime) and (value.hour, value.minute) == (0, 0):
        value -= timedelta(days=1)
    return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00") if isinstance(value, datetime) else str(value)


def _check_states(entry: Entry, settings: Settings) -> Iterator[Problem]:
    data = entry.data
    state = data.state.value if isinstance(data, StatedEntry | Listing) else ""
    if state == State.WITHDRAWN.value and data.withdrawal is None:
        yield field_problem(entry, "withdrawal-unexplained", ("state",))
    if state == State.CORRECTED.value and not data.corrections:
        yield field_problem(entry, "correction-unexplained", ("state",))
    if settings.review_levels and state not in (State.DRAFT.value, State.REVIEW.value) and entry.kind is not Kind.PAGE:
        reviewers = {review.by for review in (data.first_review, data.second_review, data.third_review) if review}
        if len(reviewers) < settings.review_levels:
            yield missing_problem(entry, "review-missing", needed=settings.review_levels, count=len(reviewers))


def _check_news(entry: Entry, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    data = entry.data
    assert isinstance(data, News)
    if data.period:
        yield from _check_order(entry, ("period", "start"), data.period.start, ("period", "end"), data.period.end)
    if data.type is NewsType.PROMOTION:
        if not data.period or data.period.end is None:
            yield missing_problem(entry, "promotion-open-ended", field="起止时间: 止")
        if not data.offer:
            yield missing_problem(entry, "promotion-open-ended", field="优惠说明")


def _check_policy(entry: Entry, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    data = entry.data
    assert isinstance(data, Policy)
    if data.number and not any(re.fullmatch(form, data.number) for form in _NUMBER_FORMS):
        fixed = mend_document_number(data.number)
        if fixed != data.number and any(re.fullmatch(form, fixed) for form in _NUMBER_FORMS):
            yield field_problem(entry, "document-number", ("number",), value=data.number, fixed=fixed)
        else:
            yield field_problem(entry, "bad-document-number", ("number",), value=data.number)
    yield from _check_order(entry, ("written",), data.written, ("issued",), data.issued)
    if isinstance(data.validity, datetime):
        yield from _check_order(entry, ("effective",), datetime.combine(data.effective, time(), SHANGHAI), ("validity",), data.validity)
    elif data.validity == "not-stated" and not data.validity_note:
        yield field_problem(entry, "validity-unexplained", ("validity",))
    if data.application:
        yield from _check_order(entry, ("application", "start"), data.application.start, ("application", "end"), data.application.end)
    yield from _check_force(entry, data, as_of)
    yield from _check_verification(entry, data, settings, as_of)
    if not _is_official(data.original):
        yield field_problem(entry, "unofficial-source", ("original",), value=data.original)
    if not data.materials and not {Channel.AUTOMATIC, Channel.SELF} & set(data.channels):
        yield missing_problem(entry, "material-missing")
    quoted = "".join(quotation.text for quotation in data.quotations)
    for index, standard in enumerate(data.standards):
        for number in re.findall(r"\d+(?:\.\d+)?", standard.text) if quoted else ():
            if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", quoted):
                yield field_problem(entry, "number-not-quoted", ("standards", index, "text"), value=number, field="支持标准")
    yield from check_conditions(entry, as_of)
    longest = max(re.split(r"[。！？；\n]", data.in_a_word), key=len)
    if len(longest) > 60:
        yield field_problem(entry, "long-sentence", ("in_a_word",), count=len(longest))


def _check_force(entry: Entry, data: Policy, as_of: datetime) -> Iterator[Problem]:
    if data.replaced_by and data.force in (Force.IN_FORCE, Force.PARTIAL, Force.AMENDED, Force.FUTURE):
        yield field_problem(entry, "superseded-offered", ("force",), value=data.replaced_by[0], force=data.force.label)
    elif policy_force(data, as_of) is Force.EXPIRED and isinstance(data.validity, datetime) and as_of >= data.validity:
        yield field_problem(entry, "policy-expired", ("validity",), value=_show(data.validity - timedelta(days=1)))


def _check_verification(entry: Entry, data: Policy, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    today = as_of.astimezone(SHANGHAI).date()
    days = (today - data.verified).days
    is_history = bool(data.replaced_by) or (isinstance(data, Policy) and data.state is State.WITHDRAWN)
    if data.verified > max(today, data.published.date()):
        yield field_problem(entry, "verification-in-future", ("verified",), value=data.verified.isoformat())
    elif days > settings.verification_overdue_days and not is_history:
        yield field_problem(entry, "verification-overdue", ("verified",), days=days, limit=settings.verification_overdue_days)
    elif days > settings.verification_due_days and not is_history:
        yield field_problem(entry, "verification-due", ("verified",), days=days, limit=settings.verification_due_days)
    for review in reviews(data, as_of, settings):
        if review.reason == "source":
            yield field_problem(entry, "source-changed", ("original",), value=data.original, day=review.day)


def _is_official(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return any(host == official or host.endswith(f".{official}") for official in OFFICIAL_HOSTS)


def mend_document_number(text: str) -> str:
    """Put a document number into the standard form: six-cornered brackets, no 第 behind them, no leading zeros, no spaces."""
    fixed = re.sub(r"\s*[\[（(【〔［]\s*(\d{4})\s*[\]）)】〕］]\s*第?\s*0*(\d+)\s*号", r"〔\1〕\2号", text)
    fixed = re.sub(r"(公告|通告)\s*(\d{4})\s*年?\s*第\s*0*(\d+)\s*号", r"\g<1>\2年第\3号", fixed)
    return re.sub(r"(令)\s*第\s*0*(\d+)\s*号", r"\1第\2号", fixed)


def _check_listing(entry: Entry, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    data = entry.data
    assert isinstance(data, Listing)
    # A lister who says that it still holds begins anew.
    first = max(data.published, data.updated or data.published).astimezone(SHANGHAI).date()
    last = first + timedelta(days=settings.listing_days)
    days = ((data.expires - timedelta(seconds=1)).astimezone(SHANGHAI).date() - first).days
    if days > settings.listing_days:
        yield field_problem(entry, "listing-too-long", ("expires",), days=days, limit=settings.listing_days, fixed=last.isoformat())
    text = data.detail or entry.source.body
    if len(text) > 2000:
        yield field_problem(entry, "detail-too-long", ("detail",), count=len(text))
    if data.budget and data.budget.low is not None and data.budget.high is not None and data.budget.low > data.budget.high:
        yield field_problem(entry, "reversed-amounts", ("budget",), low=data.budget.low, high=data.budget.high)
    if data.field is Field.FINANCE and data.type is ListingType.SUPPLY and data.licence is None:
        yield missing_problem(entry, "licence-missing")
    contact = data.contact
    needed = {ContactWay.LANDLINE: (contact.phone, "固话"), ContactWay.EMAIL: (contact.email, "邮箱"), ContactWay.MOBILE: (contact.mobile, "手机")}
    if contact.way in needed and not needed[contact.way][0]:
        yield field_problem(entry, "consent-missing", ("contact",), field=f"联系方式：{contact.way.label}", needed=needed[contact.way][1])
    if (contact.mobile or contact.way is ContactWay.MOBILE) and not contact.consent:
        yield field_problem(entry, "consent-missing", ("contact",), field="手机", needed="同意凭据")
    if data.state is ListingState.REACHED and data.outcome is None:
        yield field_problem(entry, "outcome-missing", ("state",))


def _check_guide(entry: Entry, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    data = entry.data
    assert isinstance(data, Guide)
    if data.legal_limit and data.promised_limit and data.promised_limit.days > data.legal_limit.days:
        words = {"promised": data.promised_limit.days, "legal": data.legal_limit.days}
        yield field_problem(entry, "promise-beyond-law", ("promised_limit",), **words)
    if data.has_fee and not data.fee:
        yield field_problem(entry, "fee-unexplained", ("has_fee",))


def _check_event(entry: Entry, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    data = entry.data
    assert isinstance(data, Event)
    yield from _check_order(entry, ("start",), data.start, ("end",), data.end)
    deadline = data.signup.deadline if data.signup else None
    over = data.end or data.start
    if deadline and (deadline - timedelta(seconds=1)).astimezone(SHANGHAI).date() > over.astimezone(SHANGHAI).date():
        words = {"earlier": "报名截止", "later": "结束时间" if data.end else "开始时间", "earlier_value": _show(deadline, True), "later_value": _show(over)}
        yield field_problem(entry, "reversed-times", ("signup", "deadline"), **words)


def _check_enterprise(entry: Entry, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    data = entry.data
    assert isinstance(data, Enterprise)
    if data.contact and not data.consent:
        yield field_problem(entry, "consent-missing", ("contact",), field="联系人", needed="信息公开同意")
    if data.credit_code:
        check = codes.check_credit_code(data.credit_code)
        for is_good, part in ((check.is_organisation_code_valid, "主体标识码"), (check.is_region_known, "行政区划码")):
            if not is_good:
                yield field_problem(entry, "odd-credit-code", ("credit_code",), value=data.credit_code, part=part)


_RULES: dict[Kind, Callable[[Entry, Settings, datetime], Iterator[Problem]]] = {
    Kind.NEWS: _check_news,
    Kind.POLICY: _check_policy,
    Kind.LISTING: _check_listing,
    Kind.GUIDE: _check_guide,
    Kind.EVENT: _check_event,
    Kind.ENTERPRISE: _check_enterprise,
    Kind.TALLY: check_tally,
}
