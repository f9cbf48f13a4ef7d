"""Dated things in, iCalendar (RFC 5545) bytes out, by icalendar: deadlines as whole days, meetings at their time in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from publisher.feeds.feed import CalendarItem
from publisher.markup import clean_text

ZONE = "Asia/Shanghai"


def render_calendar(name: str, description: str, items: Sequence[CalendarItem], product: str) -> bytes:
    """A published calendar; lines are folded at 75 octets on character boundaries, the order is the items'."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{product}//publisher//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", clean_text(name))
    calendar.add("x-wr-caldesc", clean_text(description))
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    if any(isinstance(item.start, datetime) for item in items):
        calendar.add_component(_shanghai())
    for item in items:
        calendar.add_component(_event(item))
    return bytes(calendar.to_ical(sorted=False))


def _shanghai() -> Timezone:
    """The zone as it has been since 1991: eight hours ahead of UTC, no daylight saving time."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1991, 9, 15, 1))  # noqa: DTZ001  # RFC 5545 wants local time here
    standard.add("tzname", "CST")
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    zone.add_component(standard)
    return zone


def _event(item: CalendarItem) -> Event:
    event = Event()
    event.add("uid", item.uid)
    event.add("dtstamp", item.changed.astimezone(UTC))
    event.add("created", item.created.astimezone(UTC))
    event.add("last-modified", item.changed.astimezone(UTC))
    event.add("sequence", item.sequence)
    event.add("summary", clean_text(item.summary))
    for name, value in (("dtstart", item.start), ("dtend", item.end)):
        if isinstance(value, datetime):
            event.add(name, value.replace(tzinfo=None), parameters={"TZID": ZONE})
        elif value is not None:
            event.add(name, value)
    if item.location:
        event.add("location", clean_text(item.location))
    event.add("description", clean_text(item.description))
    if item.url:
        event.add("url", item.url)
    event.add("status", "CANCELLED" if item.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if isinstance(item.start, datetime) else "TRANSPARENT")
    return event
