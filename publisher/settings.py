"""``mkdocs.yml`` in, `Settings` out: what the publisher needs of it, above all ``extra.publisher``.

What it does not do: the theme, which only `publisher.material` reads. It accepts the tags that MkDocs accepts and passes
over all it does not know outside ``extra.publisher``.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from publisher.problems import Problem, PublisherError, suggestion
from publisher.sources import read_sources
from publisher.strictyaml import YamlText, compose, node_span

CONFIG_NAME = "mkdocs.yml"
_ROBOTS = "all|index|follow|none|noindex|nofollow|noarchive|nosnippet|noimageindex"
#: RFC 2606: nobody can be written to there.
_RESERVED = (".example", ".example.com", ".example.net", ".example.org", ".invalid", ".test")
#: How a setting whose form is fixed is written.
_EXAMPLES = {
    "icp_number": "陕ICP备12345678号-1",
    "police_number": "陕公网安备 61010202000001号",
    "robots": "noindex, nofollow",
    "form_action": "https://mail.example.com",
    "service_url": "https://mail.example.com/",
}


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


def load_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """Read ``mkdocs.yml``; a missing file or folder is a `PublisherError`, a wrong value a `Problem`."""
    path = root / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PublisherError(f"读不了 {path}：{reason}", f"cannot read {path}: {reason}") from error
    source = YamlText(CONFIG_NAME, text)
    node, problem = compose(source)
    if problem:
        return None, [problem]
    top = _pairs(node)
    problems = [*_repeated(source, node), *_repeated(source, top.get("extra")), *_repeated(source, _pairs(top.get("extra")).get("publisher"))]
    sources, faults = read_sources(root)
    problems += faults
    values: dict[str, Any] = {"root": root, "changed_sources": {url: state.changed for url, state in sources.items() if state.changed}}
    for name, key in (("site_name", "site_name"), ("site_url", "site_url"), ("site_description", "site_description")):
        if isinstance(top.get(key), yaml.ScalarNode):
            values[name] = top[key].value
    own = _pairs(top.get("extra")).get("publisher")
    if own is not None and not isinstance(own, yaml.MappingNode) and own.value:
        words = {"field": "extra.publisher", "reason": "下面要写“键: 值”", "english": "it must be a mapping"}
        problems.append(source.problem("bad-setting", node_span(source, own), **words))
    for key, part in own.value if isinstance(own, yaml.MappingNode) else ():
        name = key.value if isinstance(key, yaml.ScalarNode) else "…"
        if name not in Settings.model_fields or name in values:
            guess = suggestion(name, list(Settings.model_fields))
            words = {"field": name, "reason": "没有这一项", "english": "there is no such setting", "guess": guess}
            problems.append(source.problem("bad-setting", node_span(source, key), **words))
            continue
        try:
            values[name] = _plain(part)
        except RecursionError:
            problems.append(source.problem("alias-cycle", node_span(source, part), value="…"))
    if not re.match(r"https?://[^/\s]+/(\S*/)?$", values.get("site_url", "")):
        at = node_span(source, top["site_url"]) if "site_url" in top else source.span(0, 0)
        problems.append(
            source.problem(
                "bad-setting",
                at,
                field="site_url",
                reason="要写完整网址并以 / 结尾，如 https://example.com/",
                english="write the full address with a slash at its end",
            )
        )
        values["site_url"] = "https://example.com/"
    values.setdefault("publisher_name", values.get("site_name", ""))
    try:
        settings = Settings(**values)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            place = _node_at(own, item["loc"]) or node
            span = node_span(source, place) if place else source.span(0, 0)
            problems.append(source.problem("bad-setting", span, field=".".join(map(str, item["loc"])), reason=_reason(item), english=item["msg"]))
        return None, problems
    return (None if problems else settings), problems


def _repeated(source: YamlText, node: yaml.Node | None) -> list[Problem]:
    """Keys that are written twice, of which MkDocs would silently take the last."""
    seen: dict[str, int] = {}
    problems = []
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            problems.append(source.problem("duplicate-key", node_span(source, key), value=key.value, line=seen[key.value]))
        elif isinstance(key, yaml.ScalarNode):
            seen[key.value] = node_span(source, key).line
    return problems


def _reason(item: Any) -> str:
    """What pydantic minds, in Chinese."""
    context = item.get("ctx", {})
    example = _EXAMPLES.get(str(item["loc"][0]))
    words = {
        "int_parsing": "要写整数",
        "int_type": "要写整数",
        "greater_than_equal": f"不能小于 {context.get('ge')}",
        "less_than_equal": f"不能大于 {context.get('le')}",
        "string_pattern_mismatch": f"要写成“{example}”这样" if example else "写法不对",
        "string_too_long": f"最长 {context.get('max_length')} 个字符",
        "string_type": "要写一行文字",
        "bool_parsing": "要写 true 或 false",
        "bool_type": "要写 true 或 false",
        "extra_forbidden": "没有这一项",
        "model_type": "下面要写“键: 值”",
    }
    return words.get(str(item["type"]), str(item["msg"]))


def _pairs(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {name: _plain(part) for name, part in _pairs(node).items()}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value


def _node_at(node: yaml.Node | None, steps: tuple[int | str, ...]) -> yaml.Node | None:
    for step in steps:
        node = _pairs(node).get(str(step))
    return node
