"""A catalogue in, the units of the site out: each unit is a name and plans a few artifacts. Pure: nothing is read, rendered or written.

A unit is the grain of an incremental build: while it is planned the catalogue notes what it reads, and it is planned again
only when something of that has changed. ``publisher why`` tells what a unit has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from publisher.content.model.vocabulary import Kind
from publisher.site.artifacts import RANK_ASSET, RANK_ENTRY, RANK_FEED, RANK_HOME, RANK_LIST, Artifact
from publisher.site.views import Viewer

#: What plans each sort of unit, with the rank of its files; imported when it is needed.
_PLANNERS = {
    "image": ("plan", "plan_image", RANK_ASSET),
    "entry": ("pages", "plan_entry", RANK_ENTRY),
    "kind": ("pages", "plan_kind", RANK_LIST),
    "tag": ("pages", "plan_tag", RANK_LIST),
    "tags": ("pages", "plan_tags", RANK_LIST),
    "industry": ("pages", "plan_industry", RANK_LIST),
    "industries": ("pages", "plan_industries", RANK_LIST),
    "month": ("pages", "plan_month", RANK_LIST),
    "months": ("pages", "plan_months", RANK_LIST),
    "edition": ("editions", "plan_edition", RANK_LIST),
    "editions": ("editions", "plan_editions", RANK_LIST),
    "feed-page": ("pages", "plan_feed_page", RANK_LIST),
    "search": ("pages", "plan_search", RANK_LIST),
    "self-check": ("self_check", "plan_self_check", RANK_LIST),
    "not-found": ("pages", "plan_not_found", RANK_LIST),
    "home": ("pages", "plan_home", RANK_HOME),
    "feed": ("feeds", "plan_feed", RANK_FEED),
    "enterprise-feed": ("counterparts", "plan_enterprise_feed", RANK_FEED),
    "feed-list": ("feeds", "plan_feed_list", RANK_FEED),
    "calendars": ("feeds", "plan_calendars", RANK_FEED),
}
#: The units whose names a row holds.
_NAMED = {
    "image": "images",
    "tag": "tags",
    "industry": "industries",
    "month": "months",
    "edition": "every-edition",
    "feed": "feeds",
    "enterprise-feed": "enterprise-feeds",
}


def list_units(find_row: Callable[[str], tuple[str, ...]]) -> list[str]:
    """Every unit of the site: ``entry:ID``, ``tag:NAME``, ``home`` and so on."""
    units: list[str] = []
    for sort in _PLANNERS:
        if sort == "kind":
            units += [f"kind:{kind.value}" for kind in Kind if kind is not Kind.PAGE]
        elif sort == "entry":
            units += [f"entry:{name}" for kind in Kind for name in find_row(f"ids:{kind.value}")]
        elif sort in _NAMED:
            units += [f"{sort}:{name}" for name in find_row(_NAMED[sort])]
        else:
            units.append(sort)
    return units


def unit_rank(unit: str) -> int:
    """When the files of a unit are written: `RANK_ENTRY` before `RANK_LIST` and so on."""
    return _PLANNERS[unit.partition(":")[0]][2]


def plan_unit(viewer: Viewer, unit: str) -> Iterator[Artifact]:
    """The artifacts of one unit."""
    sort, _, name = unit.partition(":")
    module, function, _ = _PLANNERS[sort]
    planner = getattr(import_module(f"publisher.site.{module}"), function)
    yield from planner(viewer, name) if ":" in unit else planner(viewer)


def plan_image(viewer: Viewer, name: str) -> Iterator[Artifact]:
    """An image that a public entry shows; what is no image of the content folder is told elsewhere."""
    image = viewer.catalogue.image(name)
    if image:
        inputs = {"source": str(image.path), "fingerprint": image.fingerprint}
        yield Artifact(image.url, "copy", inputs, rank=RANK_ASSET, sources=(image.name,))
