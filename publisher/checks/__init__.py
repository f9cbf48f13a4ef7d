"""Content and a time in, problems out: the rules that need more than one field, and what may be said in public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from publisher.checks.editions import check_edition
from publisher.checks.entries import check_entry
from publisher.checks.references import check_months, check_references, check_supersession, check_titles
from publisher.checks.texts import check_text, markdown_texts
from publisher.checks.words import check_words
from publisher.content.library import Entry
from publisher.content.lookups import Lookups
from publisher.content.taxonomy import Taxonomy
from publisher.problems import Problem
from publisher.settings import Settings

__all__ = ["check_across", "check_alone", "check_edition", "check_references"]


def check_alone(entry: Entry, taxonomy: Taxonomy, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Every rule that needs nothing but the entry."""
    yield from check_entry(entry, taxonomy, settings, as_of)
    yield from check_words(entry)
    for text in markdown_texts(entry):
        yield from check_text(text)


def check_across(lookups: Lookups) -> Iterator[Problem]:
    """Every rule that compares many entries at once."""
    yield from check_titles(lookups)
    yield from check_months(lookups)
    yield from check_supersession(lookups)
