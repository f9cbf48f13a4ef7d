"""What a check or a link may ask about the rest of the content without reading it: two protocols, no code."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from publisher.content.images import ImageFile
from publisher.content.library import Entry
from publisher.content.model.vocabulary import Kind


class Known(Protocol):
    """What is known of an entry without opening its file."""

    @property
    def id(self) -> str:
        """The entry's id."""

    @property
    def path(self) -> str:
        """Its file, relative to the root."""

    @property
    def kind(self) -> Kind:
        """Its kind."""

    @property
    def url(self) -> str:
        """Its address relative to the site's root."""

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors of its headings."""

    @property
    def replaced_by(self) -> tuple[str, ...]:
        """The policies that replace it."""

    @property
    def published_on(self) -> str:
        """The day of its publication here in ISO 8601; empty while it is not public."""

    @property
    def replaces(self) -> tuple[str, ...]:
        """The policies that it says to replace, once it is published."""

    @property
    def is_public(self) -> bool:
        """Whether it has a page."""

    @property
    def status_label(self) -> str:
        """Its status in words."""


class KnownEdition(Protocol):
    """What is known of an edition without opening its file."""

    @property
    def period(self) -> str:
        """How often such an edition comes."""

    @property
    def sent(self) -> tuple[str, ...]:
        """The items that are no reminders."""


class Lookups(Protocol):
    """The content as a whole, asked piece by piece."""

    @property
    def unread(self) -> Set[str]:
        """Paths and ids of entries that are there but could not be read: their own problems are told, not those of who names them."""

    def head(self, entry_id: str) -> Known | None:
        """The entry of an id."""

    def at(self, path: str) -> Known | None:
        """The entry in a file."""

    def image(self, name: str) -> ImageFile | None:
        """The image at a path."""

    def ids(self, kind: Kind) -> Sequence[str]:
        """Every id of a kind."""

    def row(self, name: str) -> Sequence[str]:
        """An ordered list of ids by its name; empty when nothing stands in it."""

    def entry(self, entry_id: str) -> Entry:
        """An entry with its text; its file is read."""

    def edition_head(self, edition_id: str) -> KnownEdition | None:
        """What is known of an edition."""
