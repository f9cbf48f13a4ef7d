"""A library and a time in, problems out: the rules that need more than one field, and what may be said in public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from publisher.checks.editions import check_editions
from publisher.checks.entries import check_entry
from publisher.checks.references import check_references
from publisher.checks.words import check_words
from publisher.content.library import Library
from publisher.problems import Problem
from publisher.settings import Settings

__all__ = ["check_library"]


def check_library(library: Library, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Apply every rule to every entry and edition; nothing is read from disk."""
    for entry in library.entries:
        yield from check_entry(entry, library, settings, as_of)
        yield from check_words(entry)
    yield from check_references(library, settings, as_of)
    yield from check_editions(library, settings, as_of)
