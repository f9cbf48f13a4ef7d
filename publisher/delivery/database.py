"""The database of subscribers and mail: SQLite in ``var/``, or PostgreSQL by ``PUBLISHER_DATABASE_URL``; its schema brings itself up to date.

A transaction on SQLite takes the write lock when it begins (BEGIN IMMEDIATE), so two processes wait for each other and never fail half-way.
Commits are durable (WAL, synchronous = FULL): what is marked as sent stays so when the power goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool, QueuePool

from publisher.delivery.schema import heard, meta, metadata, renewal
from publisher.failure import PublisherError

#: Seconds to wait for another process's transaction.
_PATIENCE = 60
#: A number that all who change the schema of one PostgreSQL database lock on.
_MIGRATION_LOCK = 7_610_521


def _add_heard(connection: Connection) -> None:
    heard.create(connection, checkfirst=True)


def _add_renewal(connection: Connection) -> None:
    renewal.create(connection, checkfirst=True)


#: What takes the schema from one version to the next. Never change one that was released: add another. The first makes the tables as they are
#: today, so those after it look first whether there is anything to do.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (metadata.create_all, _add_heard, _add_renewal)


class Database:
    """One database; threads and processes may share it, each with connections of its own."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.engine = _make_engine(url, pool_size)

    @classmethod
    def at(cls, root: Path, url: str | None = None, *, pool_size: int = 8) -> Database:
        """The database of a project, brought up to date; raises `PublisherError` when it cannot be opened."""
        if not url:
            try:
                (root / "var").mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise PublisherError(f"写不了 {root / 'var'}：{error.strerror}", f"cannot write {root / 'var'}: {error.strerror}") from error
            url = f"sqlite:///{root / 'var' / 'subscribers.sqlite'}"
        database = cls(url, pool_size=pool_size)
        database.migrate()
        return database

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: everything in it happens, or nothing does. A database that fails is a `PublisherError`."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if error.connection_invalidated or _is_of_the_world(error):
                raise DatabaseError(error) from error
            raise

    def version(self) -> int:
        """The version of the schema; 0 when there is none yet."""
        with self.begin() as connection:
            return _version(connection)

    def migrate(self) -> tuple[int, int]:
        """Bring the schema up to date in one transaction; gives the versions before and after.

        Raises `PublisherError` when the database is newer than this program.
        """
        with self.begin() as connection:
            if not self.is_sqlite:
                connection.execute(select(text(f"pg_advisory_xact_lock({_MIGRATION_LOCK})")))
            before = _version(connection)
            if before > len(MIGRATIONS):
                raise PublisherError(
                    f"数据库是更新的版本（{before}）写的，本程序只认到 {len(MIGRATIONS)}；请升级程序",
                    f"the database has version {before}, this program knows {len(MIGRATIONS)}; upgrade the program",
                )
            for change in MIGRATIONS[before:]:
                change(connection)
            if before < len(MIGRATIONS):
                connection.execute(meta.delete().where(meta.c.name == "version"))
                connection.execute(meta.insert().values(name="version", value=str(len(MIGRATIONS))))
        return before, len(MIGRATIONS)

    def backup(self, target: Path) -> None:
        """Copy a SQLite database while it is used, whole or not at all; PostgreSQL has ``pg_dump`` for that."""
        if not self.is_sqlite:
            raise PublisherError("PostgreSQL 请用 pg_dump 备份", "use pg_dump to back up PostgreSQL")
        draft = target.with_name(f".{target.name}.tmp")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with self.engine.connect() as connection:
                copy = sqlite3.connect(draft)
                try:
                    source: Any = connection.connection.driver_connection
                    source.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE")  # so that one file is all there is
                finally:
                    copy.close()
            draft.replace(target)
        except (OSError, sqlite3.Error) as error:
            raise PublisherError(f"备份不了到 {target}：{error}", f"cannot back up to {target}: {error}") from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()


class DatabaseError(PublisherError):
    """The database could not be reached, or could not write; what was being done has not happened."""

    def __init__(self, error: DBAPIError) -> None:
        reason = " ".join(str(error.orig).split())
        super().__init__(f"数据库出错：{reason}", f"the database failed: {reason}")
        self.is_disconnect = bool(error.connection_invalidated)


def _is_of_the_world(error: DBAPIError) -> bool:
    """Whether the database's surroundings failed, and not our own statement."""
    return type(error).__name__ in {"OperationalError", "InterfaceError", "InternalError", "DatabaseError"}


def _make_engine(url: str, pool_size: int) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, poolclass=NullPool if not parsed.database else QueuePool, connect_args={"timeout": _PATIENCE})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_immediate)
            return engine
        if parsed.get_backend_name() != "postgresql":
            raise ArgumentError(parsed.get_backend_name())
        # psycopg 3 under SQLAlchemy's name for it, whichever way the address is written.
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=pool_size, max_overflow=2, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        words = "PUBLISHER_DATABASE_URL 要写成 sqlite:///文件 或 postgresql://用户:密码@主机/库名"
        raise PublisherError(words, "write PUBLISHER_DATABASE_URL as sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say
    try:
        for words in (f"busy_timeout = {_PATIENCE * 1000}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {words}")
    except sqlite3.Error:
        connection.close()
        raise


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(meta.name):
        return 0
    value = connection.execute(select(meta.c.value).where(meta.c.name == "version")).scalar()
    return int(value) if value else 0
