"""One reader and one edition in; in plain words why they get it or not, and which items, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import select

from publisher.clock import SHANGHAI
from publisher.content.codes import districts, industries
from publisher.content.model.vocabulary import Kind, Period
from publisher.delivery.address import AddressError, masked, normalise
from publisher.delivery.database import Database
from publisher.delivery.preferences import CHOICES, WATCHED, WATCHED_WORDS, Preferences
from publisher.delivery.schema import message, segment, segment_item, subscriber
from publisher.delivery.segments import Issue, reasons, unpack

_STATES = {"asked": "还没有点确认信里的链接", "withdrawn": "已经退订", "suppressed": "地址收不到信或投诉过，已停发"}
_MISSED = {WATCHED: "只要所选企业的对接对象"}
_MESSAGES = {
    "sent": "已送出",
    "pending": "排着队",
    "claimed": "正在送",
    "failed": "被拒收",
    "unknown": "送出时断线，去向不明",
    "skipped": "排队后退订了，或内容已撤回",
}


def explain(database: Database, issue: Issue, written: str, canonical: Callable[[str], str], titles: Mapping[str, str]) -> Iterator[str]:
    """Lines for an editor; the address is shown masked."""
    try:
        address = normalise(written)
    except AddressError:
        yield "这不是一个邮箱地址。"
        return
    with database.begin() as connection:
        reader = connection.execute(select(subscriber).where(subscriber.c.address == address)).first()
        if reader is None:
            yield f"{masked(address)} 没有订阅。"
            return
        row = connection.execute(
            select(message.c.state, message.c.code, message.c.answer, message.c.due_at, message.c.ended_at, segment.c.contents)
            .join(segment, segment.c.id == message.c.segment_id)
            .where(message.c.edition_id == issue.id, message.c.subscriber_id == reader.id)
        ).first()
        had = select(segment_item.c.entry_id).join(message, message.c.segment_id == segment_item.c.segment_id)
        known = set(connection.execute(had.where(message.c.subscriber_id == reader.id, message.c.edition_id != issue.id)).scalars())
    preferences = Preferences.from_json(reader.preferences).settled(canonical)
    yield f"{masked(address)}：{_frequency(reader.frequency)}；{describe(preferences)}"
    if row is not None:
        moment = datetime.fromtimestamp(row.ended_at or row.due_at, SHANGHAI)
        said = f"（{row.code} {row.answer}）" if row.code and row.state != "sent" else ""
        yield f"{issue.id} {_MESSAGES[row.state]}，{moment:%Y-%m-%d %H:%M}{said}，内容："
        yield from (f"  {titles.get(entry, entry)}" for _, ids in unpack(row.contents) for entry in ids)
        return
    if reader.state != "active":
        yield f"不会收到：{_STATES[reader.state]}。"
        return
    if reader.frequency != issue.period:
        yield f"不会收到：这一期是{Period.parse(issue.period).label}的，订的是{_frequency(reader.frequency)}。"
        return
    found = reasons(issue, preferences, known)
    yield "还没有排队；排队时会收到的条目：" if "chosen" in found.values() else "不会收到：这一期没有适合的条目。"
    for entry, reason in found.items():
        why = {"chosen": "收", "had": "不收：以前送过"}.get(reason) or f"不收：{_MISSED.get(reason) or f'不在所选的{CHOICES[reason]}里'}"
        yield f"  {titles.get(entry, entry)}——{why}"


def describe(preferences: Preferences) -> str:
    """The choices in words."""
    named: dict[str, Callable[[str], str]] = {
        "kinds": lambda value: Kind.parse(value).label,
        "tags": str,
        "industries": lambda code: industries()[code[:2] if code[0].isdigit() else code].name,
        "districts": lambda code: districts().get(code, code),
        WATCHED: str,
    }
    parts = [
        f"{words}：{'、'.join(named[name](value) for value in sorted(getattr(preferences, name)))}"
        for name, words in (*CHOICES.items(), (WATCHED, WATCHED_WORDS))
        if getattr(preferences, name)
    ]
    return "；".join(parts) or "全部内容"


def _frequency(value: str) -> str:
    return "不收邮件" if value == "none" else Period.parse(value).label
