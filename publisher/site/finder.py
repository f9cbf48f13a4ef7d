"""Heads of policies and of listings in, the file out that the finder of their page reads in the browser: vocabularies once, then a short row an entry.

It is made from heads alone, so a body edit leaves it as it is, and it says nothing that is only true on one day: what closes within
thirty days is counted in the browser, by the reader's own date. ``templates/site/assets/finder-filter.js`` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from publisher.content.codes import districts, industries
from publisher.content.model.vocabulary import Channel, Cooperation, Field, Kind, ListingType, Size, SubjectType, Support, TaxpayerType, Vocabulary
from publisher.lifecycle import Status
from publisher.site.artifacts import Artifact
from publisher.site.catalogue import Catalogue
from publisher.site.heads import Head
from publisher.site.views import tag_url

#: A value of a facet: what stands in addresses, and its words.
Value = tuple[str, str]


class Facet(NamedTuple):
    """One thing to filter by. ``values`` are found by ``any`` (an entry names those it meets), ``industry`` or ``due`` (the browser works them out).

    Where ``is_open``, an entry that names none is for all. The sentence over the results says ``lead``, the values, ``unit``.
    """

    name: str
    title: str
    values: tuple[Value, ...] = ()
    is_open: bool = False
    lead: str = ""
    unit: str = ""
    sort: Literal["any", "industry", "due"] = "any"

    def view(self) -> dict[str, Any]:
        """The facet as the file has it."""
        return {"name": self.name, "title": self.title, "values": self.values, "open": self.is_open, "lead": self.lead, "unit": self.unit, "sort": self.sort}


def _values(vocabulary: type[Vocabulary], *without: Vocabulary) -> tuple[Value, ...]:
    return tuple((term.value, term.label) for term in vocabulary if term not in without)


def _statuses(**labels: str) -> tuple[Value, ...]:
    return tuple(labels.items())


_DUE = (
    ("30", "30天内截止"),
    ("90", "90天内截止"),
    ("later", "90天以后截止"),
    ("long-term", "长期有效"),
    ("not-stated", "没有写明期限"),
)
_POLICY_FACETS = (
    Facet("subject", "主体类型", _values(SubjectType), is_open=True, lead="适用于"),
    Facet("industry", "行业", is_open=True, lead="适用于", sort="industry"),
    Facet("size", "划型", _values(Size), is_open=True, lead="适用于", unit="企业"),
    Facet("taxpayer", "纳税人类型", _values(TaxpayerType, TaxpayerType.UNKNOWN), is_open=True, lead="适用于"),
    Facet("support", "支持方式", _values(Support)),
    Facet("channel", "办理方式", _values(Channel)),
    Facet(
        "status",
        "状态",
        _statuses(live="现行有效", closing="即将截止", future="尚未施行", superseded="已被替代", expired="期满失效", repealed="已废止"),
    ),
    Facet("due", "截止", _DUE, sort="due"),
)
_LISTING_FACETS = (
    Facet("type", "供需类型", _values(ListingType)),
    Facet("field", "领域", _values(Field), unit="领域"),
    Facet("industry", "行业", is_open=True, lead="面向", sort="industry"),
    Facet("district", "地区", is_open=True, lead="在"),
    Facet("cooperation", "合作方式", _values(Cooperation), lead="合作方式为"),
    Facet("status", "状态", _statuses(live="对接中", closing="即将截止", reached="已达成")),
)


class Finder(NamedTuple):
    """The finder of one kind."""

    kind: Kind
    facets: tuple[Facet, ...]

    @property
    def path(self) -> str:
        return f"{self.kind.folder}/finder.json"

    def view(self) -> dict[str, str]:
        """The finder as the kind's page shows it."""
        return {"url": f"{self.kind.folder}/", "file": self.path, "names": " ".join(facet.name for facet in self.facets)}


_FINDERS = {Kind.POLICY: Finder(Kind.POLICY, _POLICY_FACETS), Kind.LISTING: Finder(Kind.LISTING, _LISTING_FACETS)}


def find_finder(kind: Kind) -> Finder | None:
    """The finder of a kind that has one."""
    return _FINDERS.get(kind)


def plan_finder(catalogue: Catalogue, finder: Finder) -> Artifact:
    """The file of a finder: every entry that the kind's page lists, in the same order."""
    kind = finder.kind
    heads = [catalogue.known(entry_id) for entry_id in catalogue.row(f"kind:{kind.value}")]
    facets = [_with_districts(facet, heads) if facet.name == "district" else facet for facet in finder.facets]
    places = {facet.name: {slug: place for place, (slug, _) in enumerate(facet.values)} for facet in facets}
    states = {head.status: str(head.card["status_label"]) for head in heads}
    order = [status for status in Status if status in states]
    data = {
        "kind": kind.value,
        "label": kind.label,
        "folder": f"{kind.folder}/",
        "facets": [facet.view() for facet in facets],
        "sections": _sections(),
        "states": [(status.value, states[status], status.is_live) for status in order],
        "feeds": _feeds(catalogue, kind, facets),
        "rows": [_row(head, finder, places, order.index(head.status)) for head in heads],
    }
    return Artifact(finder.path, "json", {"data": data})


def _with_districts(facet: Facet, heads: Sequence[Head]) -> Facet:
    """The districts that entries name, in the order of GB/T 2260."""
    named = {code for head in heads for code in head.facets[3]}
    return facet._replace(values=tuple((code, name) for code, name in districts().items() if code in named))


@cache
def _sections() -> tuple[tuple[str, str, tuple[Value, ...]], ...]:
    """GB/T 4754: sections with their divisions. All of them, for an address may name one that no entry names, and many policies are for all."""
    table = industries().values()
    return tuple(
        (section.code, section.name, tuple((one.code, one.name) for one in table if one.section == section.code and not one.is_section))
        for section in table
        if section.is_section
    )


def _feeds(catalogue: Catalogue, kind: Kind, facets: Sequence[Facet]) -> dict[str, Any]:
    """The feeds that come near a filter: the kind's, those of industries, and those of tags that are called like a value."""
    keys = catalogue.row("feeds")
    tags = {label for facet in facets for _, label in facet.values if f"tags/{label}" in keys}
    return {
        "kind": kind.folder in keys,
        "industries": [key.removeprefix("industries/") for key in keys if key.startswith("industries/")],
        "tags": {tag: tag_url(catalogue.taxonomy, tag) for tag in sorted(tags)},
    }


def _row(head: Head, finder: Finder, places: Mapping[str, Mapping[str, int]], state: int) -> tuple[Any, ...]:
    """An entry: last part of its address, title, day, end, place among the states, marks, the fact that no facet has; then a cell for each facet."""
    card = head.card
    name = str(card["url"]).removeprefix(f"{finder.kind.folder}/").removesuffix("/")
    facts = card["facts"]
    fact = facts[0] if finder.kind is Kind.POLICY else next(iter(facts[2:]), "")
    found = dict(_cells(head))
    cells = []
    for facet in finder.facets:
        named = found[facet.name]
        cells.append(named if facet.sort == "industry" else tuple(places[facet.name][slug] for slug in named if slug in places[facet.name]))
    return (name, card["title"], card["day"], card["until"], state, card["labels"], fact, *cells)


def _cells(head: Head) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What an entry names of each facet; industries with those left out."""
    status = head.status
    yield "status", (Status.LIVE.value, status.value) if status is Status.CLOSING else (status.value,)
    if head.kind is Kind.POLICY:
        subjects, named, excluded, sizes, taxpayers, supports, channels, lasting = head.facets
        yield from (("subject", subjects), ("industry", (named, excluded)), ("size", sizes), ("taxpayer", taxpayers))
        yield from (("support", supports), ("channel", channels), ("due", (lasting,)))
    else:
        sort, field, named, places, ways = head.facets
        yield from (("type", (sort,)), ("field", (field,)), ("industry", (named, ())), ("district", places), ("cooperation", ways))
