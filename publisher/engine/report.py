"""What a build did, as a value that can be kept with the ledger and told again. It imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.problems import Problem


class BuildReport:
    """What was written, removed, kept, compressed, and how long it took; when ``is_built`` is False a problem stood in the way and nothing was touched."""

    def __init__(self, *, problems: Sequence[Problem] = (), is_built: bool = True, facts: Mapping[str, Any] | None = None) -> None:
        self.problems = list(problems)
        self.is_built = is_built
        self.written: list[str] = []
        self.removed: list[str] = []
        self.kept = 0
        self.packed = 0
        self.seconds = 0.0
        #: ``counts`` of entries by kind, and ``next_change`` as (seconds since 1970, title, path), or None.
        self.facts: dict[str, Any] = dict(facts or {})

    @property
    def wrote(self) -> int:
        return len(self.written)
