"""``sources.json`` in, what is known of the official texts out: the fingerprint of each as it was last seen, and the day it was seen to be another.

``publisher check --links`` writes the file, and it is committed: it says what the text was when a person compared it, which no
machine can find out again. A build reads it, so that a changed text shows on the page of its explanation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from publisher.problems import Problem, Span

SOURCES_NAME = "sources.json"


@dataclass(frozen=True, slots=True)
class SourceState:
    """One official text: its fingerprint, and the day on which it was first seen to differ from before; None while it has not."""

    fingerprint: str
    changed: date | None = None


def read_sources(root: Path) -> tuple[dict[str, SourceState], list[Problem]]:
    """The official texts by address; without a file none is known."""
    try:
        text = (root / SOURCES_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [_fault(str(getattr(error, "strerror", None) or "不是 UTF-8"), "it is not UTF-8 text")]
    try:
        rows = json.loads(text)
        return {url: _state(row) for url, row in rows.items()}, []
    except (ValueError, TypeError, AttributeError, KeyError):
        return {}, [_fault("不是它应有的 JSON", "it is not the JSON that it should be")]


def _fault(reason: str, english: str) -> Problem:
    return Problem("bad-sources", Span(SOURCES_NAME), {"value": SOURCES_NAME, "reason": reason, "english": english})


def _state(row: Any) -> SourceState:
    changed = row.get("changed")
    return SourceState(str(row["fingerprint"]), date.fromisoformat(changed) if changed else None)


def show_sources(sources: Mapping[str, SourceState]) -> str:
    """The file: one address a block, in order, so that two people's changes merge."""
    rows = {
        url: {"fingerprint": state.fingerprint} | ({"changed": state.changed.isoformat()} if state.changed else {}) for url, state in sorted(sources.items())
    }
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def after(old: SourceState | None, fingerprint: str, today: date) -> SourceState:
    """What is known of a text once it has been seen again; one that is seen for the first time has not changed."""
    if old is None:
        return SourceState(fingerprint)
    return old if old.fingerprint == fingerprint else SourceState(fingerprint, today)


def has_own_page(url: str) -> bool:
    """Whether an address is that of a document; the front page of a site changes every day and says nothing of one."""
    parts = urlsplit(url)
    return parts.path.strip("/") != "" or bool(parts.query)
