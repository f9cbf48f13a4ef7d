"""What each file of a site was made from, kept between builds in SQLite outside the site. A lost ledger costs time, never truth."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from publisher.problems import PublisherError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    path TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,  -- of what the file was made from
    size INTEGER NOT NULL,      -- bytes on disk when written
    mtime_ns INTEGER NOT NULL   -- time of the file when written: a file touched since is made again
) WITHOUT ROWID;
"""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One file as it was written."""

    fingerprint: str
    size: int
    mtime_ns: int


class Ledger:
    """The rows of one output folder; changes are kept in memory until `commit`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.rows: dict[str, Row] = {}
        self.is_new = True

    @classmethod
    def open(cls, var: Path, out: Path) -> Ledger:
        """Read the ledger of an output folder; one that is missing, older or damaged counts as empty."""
        name = hashlib.blake2b(str(out.resolve()).encode(), digest_size=6).hexdigest()
        ledger = cls(var / f"ledger-{name}.sqlite")
        try:
            with closing(sqlite3.connect(f"file:{ledger._file}?mode=ro", uri=True)) as connection:
                if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
                    ledger.rows = {path: Row(*rest) for path, *rest in connection.execute("SELECT * FROM file")}
                    ledger.is_new = False
        except sqlite3.Error:
            ledger.rows = {}
        return ledger

    def forget(self) -> None:
        """Start anew: every file counts as stale."""
        self.rows = {}
        self.is_new = True

    def commit(self) -> None:
        """Write all rows in one transaction, replacing a damaged file if need be."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._write()
            except sqlite3.DatabaseError:
                self._file.unlink(missing_ok=True)
                self._write()
        except (OSError, sqlite3.Error) as error:
            raise PublisherError(f"写不了构建记录 {self._file}：{error}", f"cannot write the ledger {self._file}: {error}") from error

    def _write(self) -> None:
        connection = sqlite3.connect(self._file)
        try:
            with connection:
                connection.execute("DROP TABLE IF EXISTS file") if self.is_new else None
                connection.executescript(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute("DELETE FROM file")
                rows = [(path, row.fingerprint, row.size, row.mtime_ns) for path, row in self.rows.items()]
                connection.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", rows)
        finally:
            connection.close()
