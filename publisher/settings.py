"""The settings of a site, and their bounds; `publisher.configuration` reads them out of ``mkdocs.yml``.

What they do not hold: the theme, which only `publisher.material` reads.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

_ROBOTS = "all|index|follow|none|noindex|nofollow|noarchive|nosnippet|noimageindex"
#: RFC 2606: nobody can be written to there.
_RESERVED = (".example", ".example.com", ".example.net", ".example.org", ".invalid", ".test")


class ClosingDays(BaseModel):
    """How many days before its end an entry counts as closing soon."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    policy: int = Field(45, ge=1, le=365)
    listing: int = Field(14, ge=1, le=180)
    event: int = Field(7, ge=1, le=365)
    news: int = Field(7, ge=1, le=365)


class MailSettings(BaseModel):
    """Who a digest is from. The addresses are placeholders of the reserved domain example.com until they are set."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    sender: str = Field("digest@example.com", pattern=r"^[^@\s]+@[^@\s]+$")
    reply_to: str = Field("editor@example.com", pattern=r"^[^@\s]+@[^@\s]+$")
    list_id: str = Field("digest.example.com", pattern=r"^[A-Za-z0-9.-]+$")
    unsubscribe_url: str = Field("", pattern=r"^$|^https://\S{1,69}$")
    preferences_url: str = Field("", pattern=r"^$|^https://\S{1,200}$")
    unsubscribe_mailto: str = Field("unsubscribe@example.com", pattern=r"^[^@\s]+@[^@\s]+$")
    postal_address: str = ""
    subject_prefix: str = "【西一路】"


class RetentionSettings(BaseModel):
    """How many days a subscriber's data is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    unconfirmed: int = Field(7, ge=7, le=90)
    withdrawn: int = Field(30, ge=1, le=1095)


class LiaisonSettings(BaseModel):
    """What officers owe (``publisher liaison``); the numbers of the founding text, each of which a house may change."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    pairs: int = Field(0, ge=0, le=100_000)
    enterprises_per_officer: int = Field(1, ge=1, le=100)
    officers_per_enterprise: int = Field(1, ge=1, le=10)
    services_per_month: int = Field(2, ge=1, le=31)
    part_month_services: int = Field(1, ge=0, le=31)
    part_month_after: int = Field(15, ge=1, le=28)
    first_contact_days: int = Field(5, ge=1, le=60)
    report_workday: int = Field(3, ge=1, le=20)
    remind_day: int = Field(20, ge=1, le=28)
    remind_workdays: int = Field(3, ge=1, le=30)
    delivery_days: int = Field(3, ge=1, le=60)
    idle_days: int = Field(15, ge=1, le=250)
    shared_enterprises: int = Field(3, ge=2, le=1000)
    shared_days: int = Field(90, ge=1, le=366)
    passed_on: int = Field(3, ge=1, le=100)
    copied_percent: int = Field(90, ge=50, le=100)


class Settings(BaseModel):
    """What a build depends on beside content, templates and time."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    root: Path
    site_name: str
    site_url: str
    site_description: str = ""
    publisher_name: str = ""
    founded: int = Field(2026, ge=2000, le=2999)
    per_page: int = Field(20, ge=1, le=500)
    feed_entries: int = Field(50, ge=1, le=500)
    related_entries: int = Field(5, ge=0, le=20)
    home_entries: int = Field(5, ge=1, le=20)
    closing_days: ClosingDays = ClosingDays()
    listing_days: int = Field(180, ge=1, le=3650)
    verification_due_days: int = Field(90, ge=1)
    verification_overdue_days: int = Field(180, ge=1)
    review_levels: int = Field(0, ge=0, le=3)
    icp_number: str = Field("", pattern=r"^$|^[京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青蒙桂藏宁新]ICP备\d{8,10}号(-\d+)?$")
    police_number: str = Field("", pattern=r"^$|^[\u4e00-\u9fff]{1,3}公网安备\s?\d{14}号$")
    robots: str = Field("", pattern=rf"^$|^(?:{_ROBOTS})(?:, ?(?:{_ROBOTS}))*$")
    share_cards: bool = False
    form_action: str = Field("", pattern=r"^$|^https://[A-Za-z0-9.-]+(?::\d+)?$")
    mail: MailSettings = MailSettings()
    retention_days: RetentionSettings = RetentionSettings()
    # Room is left for /u/ and a token: a List-Unsubscribe URI has at most 77 characters.
    service_url: str = Field("", max_length=37, pattern=r"^$|^https://[A-Za-z0-9.-]+(?::\d+)?/(?:[A-Za-z0-9._-]+/)*$")
    search: bool = True
    liaison: LiaisonSettings = LiaisonSettings()
    #: Not written in mkdocs.yml: the official texts that were seen to have changed, by address, and when (``sources.json``).
    changed_sources: dict[str, date] = {}

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
