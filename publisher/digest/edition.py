"""A library and a period in, an `EditionModel` out: what first went live, what closes soon. Pure; it writes and renders nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from publisher.clock import SHANGHAI
from publisher.content.library import Edition, Entry, Library
from publisher.content.model.edition import EditionModel, EditionSection
from publisher.content.model.vocabulary import Kind, Period
from publisher.lifecycle import deadlines, status
from publisher.settings import Settings
from publisher.yamltext import YamlText

REMINDER_SECTION = "即将截止"
#: How many days are left to the last day, counted from the day on which an edition goes out, when it reminds.
REMINDER_DAYS = (30, 7, 1)
_KIND_ORDER = (Kind.POLICY, Kind.NEWS, Kind.LISTING, Kind.EVENT, Kind.GUIDE, Kind.ENTERPRISE, Kind.TALLY)


@dataclass(frozen=True, slots=True)
class Interval:
    """A named half-open period ``[start, end)``: ``2026-W47``, ``2026-11`` or ``2026-11-22``."""

    id: str
    period: Period
    start: datetime
    end: datetime


def last_interval(period: Period, as_of: datetime) -> Interval:
    """The last whole period that is over at a moment."""
    today = as_of.astimezone(SHANGHAI).date()
    if period is Period.WEEKLY:
        return _week(today - timedelta(days=today.weekday() + 7))
    if period is Period.MONTHLY:
        last = today.replace(day=1) - timedelta(days=1)
        return _month(last.year, last.month)
    return _day(today - timedelta(days=1))


def interval_of(name: str) -> Interval | None:
    """Read the name of a period; None when it is not one."""
    if match := re.fullmatch(r"(\d{4})-W(\d{2})", name):
        try:
            return _week(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError:
            return None
    if match := re.fullmatch(r"(\d{4})-(\d{2})", name):
        return _month(int(match[1]), int(match[2])) if 1 <= int(match[2]) <= 12 else None
    try:
        return _day(date.fromisoformat(name)) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", name) else None
    except ValueError:
        return None


def _week(monday: date) -> Interval:
    year, week, _ = monday.isocalendar()
    return Interval(f"{year}-W{week:02d}", Period.WEEKLY, _midnight(monday), _midnight(monday + timedelta(days=7)))


def _month(year: int, month: int) -> Interval:
    following = date(year + month // 12, month % 12 + 1, 1)
    return Interval(f"{year}-{month:02d}", Period.MONTHLY, _midnight(date(year, month, 1)), _midnight(following))


def _day(day: date) -> Interval:
    return Interval(day.isoformat(), Period.DAILY, _midnight(day), _midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def interval_title(interval: Interval) -> str:
    """What an edition is called until an editor says otherwise."""
    start, last = interval.start, interval.end - timedelta(days=1)
    if interval.period is Period.WEEKLY:
        return f"一周简报（{start.month}月{start.day}日—{last.month}月{last.day}日）"
    if interval.period is Period.MONTHLY:
        return f"{start.year}年{start.month}月简报"
    return f"每日简报（{start.month}月{start.day}日）"


def plan_edition(library: Library, interval: Interval, settings: Settings) -> EditionModel:
    """Propose an edition.

    New is what is live at the period's end, was published before it, and stands in no earlier edition of the same rhythm:
    published within the period, or within the time those editions cover (an entry whose date was moved back is not lost).
    What an editor put under 不收 is not proposed again. Reminders are due when an end comes within reach of the closing
    days, and when 30, 7 and 1 days are left on the day the edition goes out: none comes when it is too late.
    """
    earlier = [e for e in library.editions if e.data.period is interval.period and e.data.end <= interval.start and e.id != interval.id]
    settled = {entry_id for edition in earlier for entry_id in (*edition.data.dropped, *edition.entry_ids)}
    since = min((edition.data.start for edition in earlier), default=interval.start)
    due = _reminders(library, interval, settings)
    settled |= {entry.id for entry in due}  # what is new and closes soon stands once, among the reminders
    fresh = [e for e in _offered(library, interval.end, settings) if since <= e.published < interval.end and e.id not in settled]
    sections = []
    if due:
        sections.append(EditionSection.model_construct(name=REMINDER_SECTION, is_reminder=True, entries=tuple(e.id for e in due)))
    for kind in _KIND_ORDER:
        chosen = sorted((e for e in fresh if e.kind is kind), key=lambda e: (-e.published.timestamp(), e.id))
        if chosen:
            sections.append(EditionSection.model_construct(name=kind.label, is_reminder=False, entries=tuple(e.id for e in chosen)))
    return EditionModel.model_construct(
        title=interval_title(interval),
        period=interval.period,
        start=interval.start,
        end=interval.end,
        intro="",
        sections=tuple(sections),
        dropped=(),
    )


def _offered(library: Library, moment: datetime, settings: Settings) -> list[Entry]:
    entries = (entry for entry in library.entries if entry.kind is not Kind.PAGE)
    return [entry for entry in entries if status(entry, moment, settings.closing_days).is_live]


def _reminders(library: Library, interval: Interval, settings: Settings) -> list[Entry]:
    due = []
    for entry in _offered(library, interval.end, settings):
        if entry.kind not in (Kind.POLICY, Kind.LISTING):
            continue
        first = settings.closing_days.policy if entry.kind is Kind.POLICY else settings.closing_days.listing
        for end in deadlines(entry):
            if end > interval.end and (_comes_near(end, first, interval) or _is_marked(end, interval)):
                due.append((end, entry.id, entry))
                break
    return [entry for _, _, entry in sorted(due, key=lambda row: row[:2])]


def _comes_near(end: datetime, days: int, interval: Interval) -> bool:
    """Whether an end begins to count as near within a period."""
    return interval.start <= end - timedelta(days=days) < interval.end


def _is_marked(end: datetime, interval: Interval) -> bool:
    """Whether one of the marks before the last day falls on the day an edition goes out, or on one since the edition before it."""
    last = _midnight((end - timedelta(seconds=1)).astimezone(SHANGHAI).date())
    return any(interval.start < last - timedelta(days=days) <= interval.end for days in REMINDER_DAYS)


def proposed_edition(library: Library, interval: Interval, settings: Settings) -> Edition:
    """The edition of an interval: the committed file if there is one, else the proposal."""
    committed = next((edition for edition in library.editions if edition.id == interval.id), None)
    if committed:
        return committed
    return Edition(interval.id, plan_edition(library, interval, settings), YamlText(f"content/editions/{interval.id}.yml", ""))


def render_edition_file(interval: Interval, model: EditionModel, library: Library) -> str:
    """The proposal as the YAML file an editor gets, every item with its title beside it."""
    lines = [
        f"# {interval.id}：由 publisher digest plan 拟好，可以改标题、写导语、调整顺序、增删条目。",
        "# 不想发的条目：移到“不收”里，以后的简报也不会再提；只是删掉的话，下一期会再提一次。",
        f"标题: {model.title}",
        f"周期: {model.period.label}",
        f"起: {model.start:%Y-%m-%d}",
        "# 止：不含这一天",
        f"止: {model.end:%Y-%m-%d}",
        "# 导语：编辑写的一两句开场白（Markdown），不写就空着",
        "导语:",
        "栏目:",
    ]
    for section in model.sections:
        lines.append(f"  - 名称: {section.name}")
        if section.is_reminder:
            lines.append("    # 提醒：是——到期提醒，可以是以前发过的")
            lines.append("    提醒: 是")
        lines.append("    条目:")
        for entry_id in section.entries:
            lines.append(f"      # {library.by_id[entry_id].title}")
            lines.append(f"      - {entry_id}")
    lines.append("不收: []")
    return "\n".join(lines) + "\n"
