"""The rules of editions: every item exists, is public, and was not sent before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from publisher.checks.texts import check_text, markdown_texts
from publisher.checks.words import check_edition_words
from publisher.content.decode import locate_field
from publisher.content.library import Library
from publisher.content.model.edition import EditionModel
from publisher.content.model.vocabulary import Period
from publisher.lifecycle import status
from publisher.problems import Problem, suggestion
from publisher.settings import Settings


def check_editions(library: Library, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Compare every edition with the library and with the editions before it."""
    sent_by_rhythm: dict[Period, dict[str, str]] = {}
    for edition in library.editions:
        source = edition.source
        sent = sent_by_rhythm.setdefault(edition.data.period, {})
        yield from check_edition_words(edition)
        for text in markdown_texts(edition):
            yield from check_text(text, library, settings, as_of)
        if edition.data.end <= edition.data.start:
            span = locate_field(source, EditionModel, ("end",))
            words = {"earlier": "起", "later": "止", "earlier_value": edition.data.start.date(), "later_value": edition.data.end.date()}
            yield source.problem("reversed-times", span, **words)
        for section_index, section in enumerate(edition.data.sections):
            for index, entry_id in enumerate(section.entries):
                span = locate_field(source, EditionModel, ("sections", section_index, "entries", index))
                entry = library.by_id.get(entry_id)
                if entry is None and entry_id in library.unread:
                    continue
                if entry is None:
                    guess = suggestion(entry_id, list(library.by_id))
                    yield source.problem("dangling-reference", span, field="条目", value=entry_id, guess=guess)
                    continue
                if not (now := status(entry, max(as_of, edition.data.end), settings.closing_days)).is_public:
                    yield source.problem("edition-hidden-entry", span, value=entry_id, status=now.label)
                if not section.is_reminder:
                    if entry_id in sent:
                        yield source.problem("edition-repeats", span, value=entry_id, other=sent[entry_id])
                    sent.setdefault(entry_id, edition.id)
