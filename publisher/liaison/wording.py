"""What an officer may not write: empty promises; the words are in ``data/``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent / "data"


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))


@cache
def _promises() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = _read("empty-promises.yaml")
    return _any_of(words["词"]), _any_of(words["不算"])


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def may_promise(text: str) -> bool:
    """Whether a text has one of the words at all, which is nearly never so."""
    return _promises()[0].search(text) is not None


def find_empty_promises(text: str | None) -> Sequence[str]:
    """The words of a text that read like an empty promise."""
    if not text or not may_promise(text):
        return ()
    promises, harmless = _promises()
    return [match[0] for match in promises.finditer(harmless.sub(lambda match: "　" * len(match[0]), text))]
