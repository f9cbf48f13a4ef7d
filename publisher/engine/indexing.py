"""What a build has made in, the files of the search index written: the whole index at a first build, what an edit changed after it.

Loaded only where the site has search. What it does not do: know the format of the index (`publisher.search`), or which files of a volume
differ (`publisher.engine.searching`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from publisher.content.synonyms import Synonyms
from publisher.engine.crew import Crew
from publisher.engine.gleaning import list_tasks
from publisher.engine.ledger import Ledger
from publisher.engine.messages import Planned
from publisher.engine.searching import Before, Update, Volume, labels_of, plan_contents, plan_files, stored_labels
from publisher.search.labels import pack_labels
from publisher.search.volumes import labels_path


class Indexing(NamedTuple):
    """What the index is made with: who has gathered it, the rows of now, the ledger of the last build, and what writes and notes its files."""

    crew: Crew
    find_row: Callable[[str], tuple[str, ...]]
    ledger: Ledger
    out: Path
    synonyms: Synonyms
    take: Callable[[Planned], None]

    @property
    def volumes(self) -> dict[str, tuple[str, ...]]:
        """The ids in each volume of the index."""
        return {name: self.find_row(f"volume:{name}") for name in self.find_row("volumes")}

    def write_all(self) -> None:
        """Write the whole index, from what the processes have gathered."""
        gleaned, volumes = self.crew.glean(), self.volumes
        labels = {name: labels_of(gleaned, name, len(ids)) for name, ids in volumes.items()}
        self.take(plan_contents(labels, self.synonyms))
        for name, ids in volumes.items():
            self.take(plan_files(f"volume:{name}", {labels_path(name): pack_labels(labels[name])}))
            for made in self.crew.write_index(list_tasks(gleaned, name, len(ids))):
                self.take(plan_files(f"volume:{name}", dict(made)))

    def update(self, moved: Sequence[str], damaged: frozenset[str], *, has_other_contents: bool) -> set[str]:
        """Write what differs after an edit; gives the files of the index that are no more.

        ``moved`` are the rows that changed, ``damaged`` the volumes of which a file is not as it was written, ``has_other_contents`` tells
        that the file which names all volumes is to be written for a reason of its own.
        """
        volumes, fresh = self.volumes, self.crew.records()
        is_moved = any(row.startswith("volume") for row in moved)
        old = {name: self.ledger.row(f"volume:{name}") for name in self.ledger.row("volumes")} if is_moved else volumes
        update = Update(Before(self.out, old, damaged), volumes, fresh)
        changed = update.volumes() if fresh or moved or damaged else []
        if volumes.keys() != old.keys() or has_other_contents or any(volume.has_other_labels for volume in changed):
            self._name_volumes(volumes, changed)
        for volume in changed:
            self.take(plan_files(f"volume:{volume.name}", volume.files))
        fewer = [volume for volume in changed if volume.is_whole or len(volume.labels) < len(old[volume.name])]
        return {row.path for volume in fewer for row in self.ledger.files_of(f"volume:{volume.name}") if volume.has_lost(row.path)}

    def _name_volumes(self, volumes: Mapping[str, Sequence[str]], changed: Sequence[Volume]) -> None:
        labels = dict(stored_labels(self.out, volumes.keys() - {volume.name for volume in changed}))
        labels |= {volume.name: volume.labels for volume in changed}
        self.take(plan_contents({name: labels[name] for name in volumes}, self.synonyms))
