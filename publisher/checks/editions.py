"""The rules of an edition: every item exists, is public, and was not sent before; its words are held to those of entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from publisher.checks.texts import check_targets, check_text, markdown_texts
from publisher.checks.words import check_edition_words
from publisher.content.decode import locate_field
from publisher.content.library import Edition
from publisher.content.lookups import Lookups
from publisher.content.model.edition import EditionModel
from publisher.content.model.vocabulary import Kind
from publisher.lifecycle import status
from publisher.problems import Problem, suggestion
from publisher.settings import Settings


def check_edition(edition: Edition, lookups: Lookups, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Compare an edition with the content and with the editions before it."""
    source, data = edition.source, edition.data
    yield from check_edition_words(edition)
    for text in markdown_texts(edition):
        yield from check_text(text)
        yield from check_targets(text, lookups, speaks=True)
    if data.end <= data.start:
        span = locate_field(source, EditionModel, ("end",))
        words = {"earlier": "起", "later": "止", "earlier_value": data.start.date(), "later_value": data.end.date()}
        yield source.problem("reversed-times", span, **words)
    sent = _sent_before(edition, lookups)
    for section_index, section in enumerate(data.sections):
        for index, entry_id in enumerate(section.entries):
            span = locate_field(source, EditionModel, ("sections", section_index, "entries", index))
            head = lookups.head(entry_id)
            if head is None and entry_id in lookups.unread:
                continue
            if head is None:
                guess = suggestion(entry_id, [name for kind in Kind for name in lookups.ids(kind)])
                yield source.problem("dangling-reference", span, field="条目", value=entry_id, guess=guess)
                continue
            if not (head.is_public and data.end <= as_of):
                now = status(lookups.entry(entry_id), max(as_of, data.end), settings.closing_days)
                if not now.is_public:
                    yield source.problem("edition-hidden-entry", span, value=entry_id, status=now.label)
            if not section.is_reminder:
                if entry_id in sent:
                    yield source.problem("edition-repeats", span, value=entry_id, other=sent[entry_id])
                sent.setdefault(entry_id, edition.id)


def _sent_before(edition: Edition, lookups: Lookups) -> dict[str, str]:
    """What the earlier editions of the same rhythm carried, with the edition that did so first."""
    sent: dict[str, str] = {}
    for edition_id in lookups.row("every-edition"):
        if edition_id == edition.id:
            break
        earlier = lookups.edition_head(edition_id)
        if earlier and earlier.period == edition.data.period.value:
            for entry_id in earlier.sent:
                sent.setdefault(entry_id, edition_id)
    return sent
