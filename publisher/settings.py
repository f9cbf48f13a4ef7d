"""The settings of a site, and their bounds; `publisher.configuration` reads them out of ``mkdocs.yml``.

What they do not hold: the theme, which only `publisher.material` reads.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from publisher.model import REQUIRED, FieldError, Model, ModelField, Scalar

_ROBOTS = "all|index|follow|none|noindex|nofollow|noarchive|nosnippet|noimageindex"
#: RFC 2606: nobody can be written to there.
_RESERVED = (".example", ".example.com", ".example.net", ".example.org", ".invalid", ".test")
_WORDS_FOR_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _whole(default: int, low: int, high: int | None = None) -> Any:
    """A whole number within bounds, both included."""

    def read(value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            raise FieldError("not-whole")
        number = int(text)
        if number < low:
            raise FieldError("too-small", bound=low)
        if high is not None and number > high:
            raise FieldError("too-large", bound=high)
        return number

    return ModelField(default, scalar=Scalar(read, {}))


def _words(default: str = REQUIRED, *, pattern: str = "", longest: int | None = None) -> Any:
    """A line of text in a form."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FieldError("not-text")
        if longest is not None and len(value) > longest:
            raise FieldError("too-long", bound=longest)
        if pattern and not re.fullmatch(pattern, value):  # “$” would let a line end pass
            raise FieldError("wrong-form")
        return value

    return ModelField(default, scalar=Scalar(read, {}))


def _flag(*, is_on: bool) -> Any:
    """True or false, in the words of YAML 1.1."""

    def read(value: object) -> bool:
        found = _WORDS_FOR_BOOLEANS.get(str(value).lower()) if isinstance(value, str | bool) else None
        if found is None:
            raise FieldError("not-a-flag")
        return found

    return ModelField(is_on, scalar=Scalar(read, {}))


def _given(default: Any = REQUIRED) -> Any:
    """What the program itself gives."""
    return ModelField(default, scalar=Scalar(lambda value: value, {}))


class ClosingDays(Model):
    """How many days before its end an entry counts as closing soon."""

    policy: int = _whole(45, 1, 365)
    listing: int = _whole(14, 1, 180)
    event: int = _whole(7, 1, 365)
    news: int = _whole(7, 1, 365)


class MailSettings(Model):
    """Who a digest is from. The addresses are placeholders of the reserved domain example.com until they are set."""

    sender: str = _words("digest@example.com", pattern=r"[^@\s]+@[^@\s]+")
    reply_to: str = _words("editor@example.com", pattern=r"[^@\s]+@[^@\s]+")
    list_id: str = _words("digest.example.com", pattern=r"[A-Za-z0-9.-]+")
    unsubscribe_url: str = _words("", pattern=r"|https://\S{1,69}")
    preferences_url: str = _words("", pattern=r"|https://\S{1,200}")
    unsubscribe_mailto: str = _words("unsubscribe@example.com", pattern=r"[^@\s]+@[^@\s]+")
    postal_address: str = _words("")
    subject_prefix: str = _words("【西一路】")


class RetentionSettings(Model):
    """How many days a subscriber's data is kept."""

    unconfirmed: int = _whole(7, 7, 90)
    withdrawn: int = _whole(30, 1, 1095)


class LiaisonSettings(Model):
    """What officers owe (``publisher liaison``); the numbers of the founding text, each of which a house may change."""

    pairs: int = _whole(0, 0, 100_000)
    enterprises_per_officer: int = _whole(1, 1, 100)
    officers_per_enterprise: int = _whole(1, 1, 10)
    services_per_month: int = _whole(2, 1, 31)
    part_month_services: int = _whole(1, 0, 31)
    part_month_after: int = _whole(15, 1, 28)
    first_contact_days: int = _whole(5, 1, 60)
    report_workday: int = _whole(3, 1, 20)
    remind_day: int = _whole(20, 1, 28)
    remind_workdays: int = _whole(3, 1, 30)
    delivery_days: int = _whole(3, 1, 60)
    idle_days: int = _whole(15, 1, 250)
    shared_enterprises: int = _whole(3, 2, 1000)
    shared_days: int = _whole(90, 1, 366)
    passed_on: int = _whole(3, 1, 100)
    copied_percent: int = _whole(90, 50, 100)


class Settings(Model):
    """What a build depends on beside content, templates and time."""

    root: Path = _given()
    site_name: str = _words()
    site_url: str = _words()
    site_description: str = _words("")
    publisher_name: str = _words("")
    founded: int = _whole(2026, 2000, 2999)
    per_page: int = _whole(20, 1, 500)
    feed_entries: int = _whole(50, 1, 500)
    related_entries: int = _whole(5, 0, 20)
    home_entries: int = _whole(5, 1, 20)
    closing_days: ClosingDays = ClosingDays()
    listing_days: int = _whole(180, 1, 3650)
    verification_due_days: int = _whole(90, 1)
    verification_overdue_days: int = _whole(180, 1)
    review_levels: int = _whole(0, 0, 3)
    icp_number: str = _words("", pattern=r"|[京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青蒙桂藏宁新]ICP备\d{8,10}号(-\d+)?")
    police_number: str = _words("", pattern=r"|[\u4e00-\u9fff]{1,3}公网安备\s?\d{14}号")
    robots: str = _words("", pattern=rf"|(?:{_ROBOTS})(?:, ?(?:{_ROBOTS}))*")
    share_cards: bool = _flag(is_on=False)
    form_action: str = _words("", pattern=r"|https://[A-Za-z0-9.-]+(?::\d+)?")
    mail: MailSettings = MailSettings()
    retention_days: RetentionSettings = RetentionSettings()
    # Room is left for /u/ and a token: a List-Unsubscribe URI has at most 77 characters.
    service_url: str = _words("", longest=37, pattern=r"|https://[A-Za-z0-9.-]+(?::\d+)?/(?:[A-Za-z0-9._-]+/)*")
    search: bool = _flag(is_on=True)
    liaison: LiaisonSettings = LiaisonSettings()
    #: Not written in mkdocs.yml: the official texts that were seen to have changed, by address, and when (``sources.json``).
    changed_sources: dict[str, date] = _given({})

    @property
    def unsubscribe_url(self) -> str:
        """Where a reader leaves, with ``TOKEN`` for the reader's own; empty where that is done by mail alone."""
        return self.mail.unsubscribe_url or (f"{self.service_url}u/TOKEN" if self.service_url else "")

    @property
    def preferences_url(self) -> str:
        """Where a reader changes what comes, with ``TOKEN``; the site's own page where there is no service."""
        return self.mail.preferences_url or (f"{self.service_url}p/TOKEN" if self.service_url else self.absolute("subscribe/"))

    @property
    def subscribe_mailto(self) -> str:
        """The address to which readers write to subscribe where no service runs; empty while it is a placeholder."""
        is_reserved = f".{self.mail.unsubscribe_mailto.rpartition('@')[2].lower()}".endswith(_RESERVED)
        return "" if self.service_url or is_reserved else self.mail.unsubscribe_mailto

    @property
    def content(self) -> Path:
        """The folder of the sources."""
        return self.root / "content"

    @property
    def templates(self) -> Path:
        """The folder of the Jinja templates."""
        return self.root / "templates"

    @property
    def host(self) -> str:
        """The host of the site's address, for identities (RFC 4151 tag URIs, iCalendar UIDs)."""
        return urlsplit(self.site_url).hostname or "example.com"

    def absolute(self, url: str) -> str:
        """Make a URL from one relative to the site's root."""
        return self.site_url + url
