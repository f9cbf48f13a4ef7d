"""Entries in, views out: the plain values that templates see. Internal fields end here; a template cannot show what it is not given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup

from publisher.content.codes import districts, industry_path
from publisher.content.decode import internal_fields
from publisher.content.library import Entry, join
from publisher.content.links import resolve_link
from publisher.content.model.fields import is_end, is_markdown
from publisher.content.model.kinds import Enterprise, Event, Guide, Listing, News, Policy
from publisher.content.model.validity import OPEN_ENDED_LABELS
from publisher.content.model.vocabulary import Kind, Vocabulary
from publisher.content.taxonomy import Taxonomy
from publisher.lifecycle import Status, policy_force, reviews
from publisher.markup import Html, Picture, render
from publisher.model import Model
from publisher.site.catalogue import Catalogue
from publisher.site.feed_body import feed_body
from publisher.site.heads import Head, budget_words, industry_link, path_url, show_amount, show_end, show_moment

T = TypeVar("T")


class Addresser:
    """Turns the links and images of texts into addresses for one page or for a feed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def address(self, html: Html, entry_path: str, base: str) -> Markup:
        """Fill the slots of a text of an entry; a link to something not public becomes plain words."""
        if not html.links and not html.images:
            return Markup(html.raw)  # noqa: S704  # our own renderer wrote it; raw HTML never comes through

        def link(written: str) -> str | None:
            target = resolve_link(self._catalogue, entry_path, written)
            if target.entry and not target.entry.is_public:
                return None
            url = target.url()
            return None if url is None else path_url(url.split("#", 1)[0]) + ("#" + url.split("#", 1)[1] if "#" in url else "")

        def image(written: str) -> Picture | None:
            found = self._catalogue.image(join(entry_path, written))
            return Picture(path_url(found.url), found.width, found.height) if found else None

        return Markup(html.address(link, image, base))  # noqa: S704


class _Showing(NamedTuple):
    """How the values of one field are shown."""

    name: str
    is_markdown: bool
    is_end: bool


@cache
def _public_fields(model: type[Model]) -> tuple[_Showing, ...]:
    hidden = internal_fields(model)
    return tuple(_Showing(name, is_markdown(field), is_end(field)) for name, field in model.model_fields.items() if name not in hidden)


def public_fields(value: Model, markdown: Callable[[str, str], Markup], prefix: str = "") -> dict[str, Any]:
    """The public fields of a model as plain values: words for vocabularies, text for times, addressed HTML for Markdown."""
    return {how.name: _plain(getattr(value, how.name), how, markdown, f"{prefix}{how.name}-") for how in _public_fields(type(value))}


def _plain(part: Any, how: _Showing, markdown: Callable[[str, str], Markup], prefix: str) -> Any:
    if part is None or isinstance(part, bool | int):
        return part
    if isinstance(part, Vocabulary):
        return part.label
    if isinstance(part, str):
        return markdown(part, prefix) if how.is_markdown else OPEN_ENDED_LABELS.get(part, part)
    if isinstance(part, datetime):
        return show_end(part) if how.is_end else show_moment(part)
    if isinstance(part, date):
        return part.isoformat()
    if isinstance(part, Decimal):
        return show_amount(part)
    if isinstance(part, Model):
        return public_fields(part, markdown, prefix)
    return [_plain(item, how, markdown, f"{prefix}{index}-") for index, item in enumerate(part)]


class Viewer:
    """Makes the views of entries of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.addresser = Addresser(catalogue)
        self._kept: dict[str, tuple[Any, set[str]]] = {}

    def kept(self, head: Head, make: Callable[[Viewer, Head], T]) -> T:
        """What ``make`` makes of an entry, made once for all the feeds it stands in; each counts as having read what it was made from."""
        if head.id not in self._kept:
            with self.catalogue.reading() as cells:
                made = make(self, head)
            self._kept[head.id] = (made, cells)
        found, cells = self._kept[head.id]
        self.catalogue.note(cells)
        return found  # type: ignore[no-any-return]

    def cards(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Entries as lists show them: no bodies, so that editing a body touches no list."""
        return [self.catalogue.known(name).card for name in ids]

    def links(self, ids: Iterable[str]) -> list[dict[str, str]]:
        """Links to the public ones of some entries named by id."""
        found = (self.catalogue.head(name) for name in ids)
        return [_link(head) for head in found if head and head.is_public]

    def entry(self, entry_id: str, base: str) -> dict[str, Any]:
        """An entry as its own page shows it; ``base`` leads from the page to the site's root."""
        catalogue = self.catalogue
        head, entry = catalogue.known(entry_id), catalogue.entry(entry_id)
        data = entry.data
        before, after = catalogue.neighbours(head)
        view: dict[str, Any] = {
            **head.card,
            "id": entry.id,
            "published": show_moment(entry.published),
            "updated": show_moment(entry.updated) if entry.updated != entry.published else "",
            "iso_published": entry.published.isoformat(),
            "iso_updated": entry.updated.isoformat(),
            "is_live": head.status.is_live,
            "withdrawal": {"time": show_moment(data.withdrawal.time), "note": data.withdrawal.note} if data.withdrawal else None,
            "tags": [{"name": tag, "url": tag_url(catalogue.taxonomy, tag)} for tag in head.order.tags if catalogue.has(f"tag:{tag}")],
            "industries": [industry_link(code) for code in data.industries if catalogue.has(f"industry:{_division(code)}")],
            "district_name": districts()[data.district],
            "previous": _link(catalogue.known(before)) if before else None,
            "next": _link(catalogue.known(after)) if after else None,
        }
        if head.status is Status.WITHDRAWN:
            # A tombstone keeps the address and the reason, and nothing of the text.
            return view | {"f": {}, "body": Markup(), "image": None, "related": [], "refs": {}, "summary": ""}

        def markdown(text: str, prefix: str) -> Markup:
            return self.addresser.address(render(text, prefix), entry.path, base)

        image = catalogue.image(join(entry.path, data.image.src)) if data.image else None
        return view | {
            "f": public_fields(data, markdown),
            "body": self.addresser.address(entry.html, entry.path, base),
            "image": {"url": path_url(image.url), "alt": data.image.alt, "width": image.width, "height": image.height} if image and data.image else None,
            "related": self.cards(catalogue.related(head)) if entry.kind is not Kind.PAGE else [],
            "refs": self._references(entry),
        }

    def feed_body(self, entry: Entry) -> Markup:
        """The facts of an entry as a feed shows them, before its body, with absolute URLs."""

        def markdown(text: str, prefix: str) -> Markup:
            return self.addresser.address(render(text, prefix), entry.path, self.catalogue.settings.site_url)

        return feed_body(entry.kind, public_fields(entry.data, markdown))

    def _references(self, entry: Entry) -> dict[str, Any]:
        data, catalogue = entry.data, self.catalogue
        if isinstance(data, News):
            return {"enterprises": self.links(data.enterprises)}
        if isinstance(data, Policy):
            names = {name: self.links(getattr(data, name)) for name in ("replaces", "replaced_by", "basis", "amends")}
            audience = {
                "industries": [industry_link(code)["name"] for code in data.audience.industries],
                "excluded_industries": [industry_link(code)["name"] for code in data.audience.excluded_industries],
                "districts": [districts()[code] for code in data.audience.districts],
            }
            return names | {
                "audience": audience,
                "used_in": self.cards(catalogue.row(f"policy:{entry.id}")),
                "force": policy_force(data, catalogue.as_of).label,
                "reviews": self._reviews(data),
            }
        if isinstance(data, Listing):
            return {
                "enterprise": next(iter(self.links([data.enterprise])), None),
                "budget": budget_words(data),
                "districts": [districts()[c] for c in data.districts],
            }
        if isinstance(data, Guide):
            return {"policies": self.links(data.policies)}
        if isinstance(data, Event):
            return {"enterprises": self.links(data.enterprises), "policies": self.links(data.policies)}
        if isinstance(data, Enterprise):
            cards = self.cards(catalogue.row(f"enterprise:{entry.id}"))
            listings = [card for card in cards if card["kind"] == Kind.LISTING.value]
            return {"listings": listings, "news": [card for card in cards if card["kind"] != Kind.LISTING.value]}
        if entry.kind is Kind.TALLY:
            return {"figures": catalogue.known(entry.id).card["figures"]}
        return {}

    def _reviews(self, data: Policy) -> list[dict[str, str]]:
        """Why readers are told that an explanation waits for review, as the checks tell editors."""
        catalogue = self.catalogue
        found = [{"reason": review.reason, "day": review.day.isoformat(), "title": ""} for review in reviews(data, catalogue.as_of, catalogue.settings)]
        bases = (head for name in data.basis if (head := catalogue.head(name)) is not None)
        successors = [(name, "superseded") for name in data.replaced_by] + [(name, "basis") for head in bases for name in head.replaced_by]
        for name, reason in successors:
            other = catalogue.head(name)
            if other and other.published_on > data.verified.isoformat():
                found.append({"reason": reason, "day": other.published_on, "title": other.title})
        return found


def _link(head: Head) -> dict[str, str]:
    """The least a link to an entry shows."""
    return {"url": head.url, "title": head.title, "status": head.order.status}


def _division(code: str) -> str:
    return industry_path(code)[-1].code


def tag_url(taxonomy: Taxonomy, tag: str) -> str:
    """The address of a tag's page."""
    return path_url(f"tags/{taxonomy.slug(tag)}/")
