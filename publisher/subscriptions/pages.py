"""What the service's pages show: a choice and its faults in, HTML out of ``templates/subscriptions``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

from publisher.content.codes import industries
from publisher.content.taxonomy import Taxonomy
from publisher.delivery.choice import DISTRICTS, FREQUENCIES, KIND_NAMES, WEEKDAYS, Choice
from publisher.delivery.preferences import WATCHED, WATCHED_WORDS
from publisher.problems import PublisherError
from publisher.settings import Settings

#: The sentence a reader agrees to by sending the form; it is kept with the consent.
WORDING = "我同意{site}把我选的内容寄到这个邮箱。随时可以退订，退订后停止寄信，{days}天内删除数据。"


def wording_of(settings: Settings) -> str:
    """What a reader of this site agrees to."""
    return WORDING.format(site=settings.site_name, days=settings.retention_days.withdrawn)


#: The fields of the form by choice; the site's finders link here with the same names.
FIELDS = {"kinds": "kind", "tags": "tag", "industries": "industry", "districts": "district", WATCHED: "enterprise"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, for people."""

    field: str
    words: str


class Pages:
    """Renders every page of the service."""

    def __init__(self, settings: Settings, taxonomy: Taxonomy, divisions: Iterable[str]) -> None:
        self._settings = settings
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(settings.templates / "subscriptions"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.wording = wording_of(settings)
        self._options = _options(taxonomy, frozenset(divisions))
        self._environment.globals.update(
            site_name=settings.site_name,
            site_url=settings.site_url,
            publisher_name=settings.publisher_name,
            wording=self.wording,
            days=settings.retention_days,
        )

    def form(self, choice: Choice, *, address: str, stamp: str, faults: Sequence[Fault] = (), note: str = "") -> str:
        """The form for somebody new."""
        view = self._form(choice, faults, note) | {"address": address, "stamp": stamp}
        return self.render("subscribe.html", **view)

    def preferences(self, choice: Choice, *, masked: str, faults: Sequence[Fault] = (), note: str = "") -> str:
        """The form for a reader."""
        return self.render("preferences.html", **self._form(choice, faults, note), masked=masked)

    def _form(self, choice: Choice, faults: Sequence[Fault], note: str) -> dict[str, Any]:
        chosen = {FIELDS[name]: getattr(choice.preferences, name) for name in FIELDS}
        return {
            "groups": [*self._options, *_watched(choice)],
            "chosen": chosen,
            "is_everything": not any(chosen.values()),
            "frequency": choice.frequency,
            "weekday": choice.weekday,
            "frequencies": FREQUENCIES,
            "weekdays": WEEKDAYS,
            "faults": {fault.field: fault.words for fault in faults},
            "fault": defaultdict(str, {fault.field: fault.words for fault in faults}),
            "note": note,
        }

    def render(self, name: str, **view: Any) -> str:
        """A page; a faulty template is a `PublisherError`."""
        try:
            return self._environment.get_template(name).render(view)
        except jinja2.TemplateError as error:
            raise PublisherError(f"订阅页面的模板 {name} 出错：{error}", f"template {name} of the subscription pages fails: {error}") from error


def _watched(choice: Choice) -> list[Mapping[str, Any]]:
    """The enterprises that were named, by a link on their pages: there are too many to list all."""
    names = sorted(choice.preferences.enterprises)
    hint = "这些企业的供需有了可能合适的新对象，就写进简报。"
    return [{"name": FIELDS[WATCHED], "legend": WATCHED_WORDS, "hint": hint, "options": [(name, name) for name in names]}] if names else []


def _options(taxonomy: Taxonomy, divisions: frozenset[str]) -> list[Mapping[str, Any]]:
    """The groups of boxes: field, legend, and (value, words) of each box."""
    tags = [(tag.name, tag.name) for tag in taxonomy.tags.values() if not tag.replaced_by]
    codes = [(code, industry.name) for code, industry in industries().items() if industry.is_section or code in divisions]
    rows = (
        ("kind", "栏目", "", list(KIND_NAMES.items())),
        ("tag", "主题", "", tags),
        ("industry", "行业", "不限行业的内容总会寄给您。", codes),
        ("district", "地区", "不限地区的内容总会寄给您。", list(DISTRICTS.items())),
    )
    return [{"name": name, "legend": legend, "hint": hint, "options": options} for name, legend, hint, options in rows if options]
