"""What a site was made from, kept between builds in SQLite below ``var/``: sources, heads, rows, units with what they read, files.

It always tells of a build that went well to its end. A ledger that is lost, damaged or of another version costs time, never
truth: everything counts as changed. It imports nothing heavy, so that "nothing has changed" is said at once.
"""

from __future__ import annotations

import errno
import hashlib
import json
import marshal
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from publisher.failure import PublisherError

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE source (  -- one file of the content folder
    path TEXT PRIMARY KEY,
    signature TEXT NOT NULL,    -- what the file system said of it; empty when it must be read again
    sort TEXT NOT NULL,         -- entry, edition, image, or empty for what is none of these
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    fingerprint TEXT NOT NULL,  -- of its bytes
    since REAL NOT NULL,        -- its head holds while since <= as_of < until, in seconds since 1970
    until REAL NOT NULL,
    change REAL NOT NULL        -- when readers would next see a change
) WITHOUT ROWID;
CREATE TABLE head (path TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;  -- what others may know of it, packed
CREATE TABLE row (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;   -- an ordered list of ids, packed
CREATE TABLE unit (name TEXT PRIMARY KEY, reads BLOB NOT NULL) WITHOUT ROWID; -- a part of the plan, and the marks of what it read
CREATE TABLE problem (owner TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;  -- the warnings of a source or a unit, pickled
CREATE TABLE file (  -- one file of the site
    path TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    fingerprint TEXT NOT NULL,  -- of what it was made from
    size INTEGER NOT NULL,      -- bytes on disk when written
    mtime_ns INTEGER NOT NULL,  -- time of the file when written: a file touched since is made again
    lastmod TEXT                -- for the sitemap; NULL for what does not stand in it
) WITHOUT ROWID;
"""
_INDEXES = "CREATE INDEX source_id ON source (id); CREATE INDEX source_until ON source (until); CREATE INDEX file_unit ON file (unit);"
_VERSION = 2


class SourceRow(NamedTuple):
    """One file of the content folder as it was read."""

    path: str
    signature: str
    sort: str
    id: str
    title: str
    fingerprint: str
    since: float
    until: float
    change: float


class FileRow(NamedTuple):
    """One file of the site as it was written."""

    path: str
    unit: str
    fingerprint: str
    size: int
    mtime_ns: int
    lastmod: str | None


class Changes(NamedTuple):
    """What a build changes in its ledger."""

    meta: Mapping[str, Any]
    sources: Iterable[SourceRow] = ()
    gone_sources: Iterable[str] = ()
    heads: Mapping[str, bytes | None] = {}
    rows: Mapping[str, tuple[str, ...]] = {}
    units: Mapping[str, bytes] = {}
    gone_units: Iterable[str] = ()
    files: Iterable[FileRow] = ()
    gone_files: Iterable[str] = ()
    problems: Mapping[str, bytes] = {}
    settled: Iterable[str] = ()


class Ledger:
    """The ledger of one output folder; it is read piece by piece, and changed in one transaction at the end of a build."""

    def __init__(self, var: Path, out: Path) -> None:
        name = hashlib.blake2b(str(out.resolve()).encode(), digest_size=6).hexdigest()
        self.file = var / f"ledger-{name}.sqlite"
        self.lock_file = var / f"ledger-{name}.lock"
        #: There while files of the folder have compressed ones beside them (`publisher.engine.packing`).
        self.packed_marker = var / f"ledger-{name}.packed"
        self._claim = var / f"ledger-{name}.claim"
        self.meta: dict[str, Any] = {}
        self._connection: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None

    def open(self) -> bool:
        """Read the ledger's beginning; False when there is none that can be read."""
        try:
            connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        except sqlite3.Error:
            return False
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
                self.meta = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM meta WHERE name != 'frames'")}
                self._connection = connection
        except (sqlite3.Error, ValueError):
            self.meta = {}
        if self._connection is None:
            connection.close()
        return self._connection is not None

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    @property
    def has_claim(self) -> bool:
        """Whether the output folder was found to be ours before, though no build may have come to its end since."""
        return self._claim.exists()

    @property
    def is_unfinished(self) -> bool:
        """Whether the last build began to write and did not come to its end: there may be files that the ledger does not know."""
        try:
            return self._claim.stat().st_size > 0
        except OSError:
            return False

    def claim(self) -> None:
        """Note that the output folder is ours and that a build is writing to it, before the first file is written; `commit` ends that."""
        try:
            for draft in self.file.parent.glob(f"{self.file.stem}.*.tmp") if self.is_unfinished else ():
                draft.unlink()
            if self.file.is_dir():
                raise IsADirectoryError(0, os.strerror(errno.EISDIR), str(self.file))
            self._claim.write_text(f"{os.getpid()}\n", encoding="ascii")
        except OSError as error:
            place = error.filename or self._claim
            raise PublisherError(f"写不了 {place}：{error.strerror}", f"cannot write {place}: {error.strerror}") from error

    def close(self) -> None:
        """Let go of the file."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def reopen(self) -> None:
        """Open it anew in a forked process; the connection of the parent is left alone."""
        if self._connection is not None:
            self._inherited, self._connection = self._connection, None
            self.open()

    def forget(self) -> None:
        """Start anew: everything counts as changed."""
        self.close()
        self.meta = {}

    def _ask(self, words: str, *values: Any) -> list[Any]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(words, values).fetchall()
        except sqlite3.Error as error:
            raise DamagedLedgerError(str(error)) from error

    def frames(self) -> dict[tuple[Any, ...], list[str]]:
        """The theme's frames as they were cut."""
        return {tuple(layout): pieces for value in self._ask("SELECT value FROM meta WHERE name = 'frames'") for layout, pieces in json.loads(value[0])}

    def signatures(self) -> dict[str, str]:
        """The signature of every source."""
        return dict(self._ask("SELECT path, signature FROM source"))

    def sources(self) -> dict[str, SourceRow]:
        """Every source."""
        return {row[0]: SourceRow(*row) for row in self._ask("SELECT * FROM source")}

    def source(self, path: str) -> SourceRow | None:
        """One source."""
        return next((SourceRow(*row) for row in self._ask("SELECT * FROM source WHERE path = ?", path)), None)

    def path_of(self, sort: str, entry_id: str) -> str | None:
        """The source of an entry or an edition."""
        return next((row[0] for row in self._ask("SELECT path FROM source WHERE id = ? AND sort LIKE ?", entry_id, f"{sort}%")), None)

    def out_of_date(self, as_of: float) -> list[str]:
        """The sources whose heads do not hold at a moment."""
        return [row[0] for row in self._ask("SELECT path FROM source WHERE until <= ? OR since > ?", as_of, as_of)]

    def next_change(self) -> tuple[float, str, str] | None:
        """The next moment at which readers would see a change, with the entry's title and path."""
        found = self._ask("SELECT change, title, path FROM source WHERE change < 9e99 ORDER BY change, id LIMIT 1")
        return tuple(found[0]) if found else None

    def counts(self) -> dict[str, int]:
        """How many entries each kind has."""
        return {str(sort): count for sort, count in self._ask("SELECT substr(sort, 7), count(*) FROM source WHERE sort LIKE 'entry:%' GROUP BY sort")}

    def head(self, path: str) -> bytes | None:
        """The packed head of a source."""
        return next((row[0] for row in self._ask("SELECT data FROM head WHERE path = ?", path)), None)

    def heads(self) -> dict[str, bytes]:
        """Every packed head by path."""
        return dict(self._ask("SELECT path, data FROM head"))

    def heads_of(self, sort: str) -> list[tuple[str, bytes]]:
        """The id and the packed head of every source of a sort."""
        return self._ask("SELECT source.id, head.data FROM source JOIN head ON head.path = source.path WHERE source.sort = ?", sort)

    def row(self, name: str) -> tuple[str, ...]:
        """One row of ids; empty when there is none."""
        return next((marshal.loads(row[0]) for row in self._ask("SELECT data FROM row WHERE name = ?", name)), ())  # noqa: S302  # our own file

    def rows(self, prefix: str = "") -> dict[str, tuple[str, ...]]:
        """Every row of ids, or those whose names begin so."""
        found = self._ask("SELECT name, data FROM row WHERE substr(name, 1, ?) = ?", len(prefix), prefix)
        return {name: marshal.loads(data) for name, data in found}  # noqa: S302

    def units(self) -> dict[str, bytes]:
        """Every unit with the marks of what it read."""
        return dict(self._ask("SELECT name, reads FROM unit"))

    def readers(self, mark: bytes) -> list[str]:
        """The units that may have read a cell; a few too many do no harm."""
        return [row[0] for row in self._ask("SELECT name FROM unit WHERE instr(reads, ?)", mark)]

    def files(self) -> list[FileRow]:
        """Every file of the site."""
        return [FileRow(*row) for row in self._ask("SELECT * FROM file")]

    def states(self) -> list[tuple[str, int, int]]:
        """Path, size and time of every file of the site."""
        return self._ask("SELECT path, size, mtime_ns FROM file")

    def file_at(self, path: str) -> FileRow | None:
        """One file of the site."""
        return next((FileRow(*row) for row in self._ask("SELECT * FROM file WHERE path = ?", path)), None)

    def files_of(self, unit: str) -> list[FileRow]:
        """The files of a unit."""
        return [FileRow(*row) for row in self._ask("SELECT * FROM file WHERE unit = ?", unit)]

    def file_count(self) -> int:
        """How many files the site has."""
        return int(next(iter(self._ask("SELECT count(*) FROM file")), (0,))[0])

    def problems(self) -> dict[str, bytes]:
        """The pickled warnings by the source or unit that has them."""
        return dict(self._ask("SELECT owner, data FROM problem"))

    def commit(self, changes: Changes) -> None:
        """Write the changes in one transaction; a ledger that was not open is written anew beside the old one and put in its place."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            if self._connection is None:
                self._create(changes)
            else:
                self.close()
                self._update(self.file, changes)
            os.truncate(self._claim, 0)
        except (OSError, sqlite3.Error) as error:
            if type(error) is sqlite3.DatabaseError:  # "malformed": a full or broken disk would be an OperationalError
                raise DamagedLedgerError(str(error)) from error
            raise PublisherError(f"写不了构建记录 {self.file}：{error}", f"cannot write the ledger {self.file}: {error}") from error

    def _create(self, changes: Changes) -> None:
        draft = self.file.with_suffix(f".{os.getpid()}.tmp")
        draft.unlink(missing_ok=True)
        try:
            self._update(draft, changes, is_new=True)
            for tail in ("", "-journal", "-wal", "-shm"):  # the ledger before its journal, so that no half of it is ever taken for a whole
                self.file.with_name(self.file.name + tail).unlink(missing_ok=True)
            draft.replace(self.file)
        finally:
            draft.unlink(missing_ok=True)

    def _update(self, file: Path, changes: Changes, *, is_new: bool = False) -> None:
        connection = sqlite3.connect(file, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"PRAGMA journal_mode = {'OFF' if is_new else 'DELETE'}")
            if is_new:
                connection.executescript(f"PRAGMA page_size = 8192; {_SCHEMA} PRAGMA user_version = {_VERSION};")
            connection.execute("BEGIN IMMEDIATE")
            many = connection.executemany
            many("DELETE FROM source WHERE path = ?", [(path,) for path in changes.gone_sources])
            many("DELETE FROM head WHERE path = ?", [(path,) for path, data in changes.heads.items() if data is None])
            many("DELETE FROM row WHERE name = ?", [(name,) for name, row in changes.rows.items() if not row])
            many("DELETE FROM unit WHERE name = ?", [(name,) for name in changes.gone_units])
            many("DELETE FROM file WHERE path = ?", [(path,) for path in changes.gone_files])
            many("DELETE FROM problem WHERE owner = ?", [(owner,) for owner in changes.settled])
            many("REPLACE INTO meta VALUES (?, ?)", [(name, json.dumps(value, ensure_ascii=False)) for name, value in changes.meta.items()])
            many("REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", changes.sources)
            many("REPLACE INTO head VALUES (?, ?)", [(path, data) for path, data in changes.heads.items() if data is not None])
            many("REPLACE INTO row VALUES (?, ?)", [(name, marshal.dumps(row)) for name, row in changes.rows.items() if row])
            many("REPLACE INTO unit VALUES (?, ?)", changes.units.items())
            many("REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", changes.files)
            many("REPLACE INTO problem VALUES (?, ?)", changes.problems.items())
            connection.execute("COMMIT")
            if is_new:
                connection.executescript(_INDEXES)
        finally:
            connection.close()


class DamagedLedgerError(Exception):
    """The ledger could be opened but not read; the build begins again without it."""
