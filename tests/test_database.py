"""The database of subscribers: it brings itself up to date, keeps its promises on SQLite and PostgreSQL, and says what is wrong in one line."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from publisher.delivery.database import MIGRATIONS, Database, DatabaseError
from publisher.delivery.schema import edition, message, meta, segment, subscriber
from publisher.failure import PublisherError
from tests.project import ROOT

_READER = {
    "address": "a@example.com",
    "domain": "example.com",
    "state": "active",
    "preferences": "{}",
    "frequency": "weekly",
    "created_at": 0.0,
    "changed_at": 0.0,
}


def test_the_schema_brings_itself_up_to_date_and_says_so(database_url: str) -> None:
    database = Database(database_url)
    assert database.version() == 0
    assert database.migrate() == (0, len(MIGRATIONS))
    assert database.migrate() == (len(MIGRATIONS), len(MIGRATIONS))
    database.close()


def test_many_processes_may_bring_it_up_to_date_at_once(database_url: str, tmp_path: Path) -> None:
    script = f"from publisher.delivery.database import Database; print(Database({database_url!r}).migrate())"
    command = [sys.executable, "-c", script]
    crowd = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)]
    told = sorted(process.communicate(timeout=60)[0].strip() for process in crowd)
    assert told == sorted([f"(0, {len(MIGRATIONS)})", *[f"({len(MIGRATIONS)}, {len(MIGRATIONS)})"] * 3])


def test_a_newer_database_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.begin() as connection:
        connection.execute(meta.update().values(value="99"))
    with pytest.raises(PublisherError, match="99"):
        database.migrate()
    database.close()


def test_one_message_for_each_reader_and_edition(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.begin() as connection:
        reader = connection.execute(insert(subscriber).values(_READER)).inserted_primary_key
        connection.execute(insert(edition).values(id="2026-W47", title="t", period="weekly", starts_at=0, ends_at=1, queued_at=1, fingerprint=""))
        part = connection.execute(insert(segment).values(edition_id="2026-W47", contents="[]")).inserted_primary_key
    assert reader is not None
    assert part is not None
    row = {"edition_id": "2026-W47", "subscriber_id": reader[0], "segment_id": part[0], "domain": "example.com", "due_at": 0.0}
    with database.begin() as connection:
        connection.execute(insert(message).values(row))
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(message).values(row))
    with database.begin() as connection:
        connection.execute(subscriber.delete())
        assert connection.execute(select(message.c.id)).all() == [], "who is deleted leaves no message behind"
    database.close()


@pytest.mark.parametrize("values", [{"state": "sleeping"}, {"frequency": "hourly"}, {"weekday": 8}])
def test_the_database_itself_refuses_what_cannot_be(database_url: str, values: dict[str, object]) -> None:
    database = Database(database_url)
    database.migrate()
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(subscriber).values(_READER | values))
    database.close()


def test_a_copy_is_whole_though_someone_writes(tmp_path: Path) -> None:
    database = Database.at(tmp_path)
    with database.begin() as connection:
        connection.execute(insert(subscriber).values(_READER))
    database.backup(tmp_path / "copies" / "one.sqlite")
    copy = sqlite3.connect(tmp_path / "copies" / "one.sqlite")
    assert copy.execute("SELECT address FROM subscriber").fetchall() == [("a@example.com",)]
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["one.sqlite"]
    with pytest.raises(PublisherError, match="cannot back up"):
        database.backup(tmp_path / "copies" / "one.sqlite" / "below-a-file")
    database.close()


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "subscribers.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(PublisherError) as told:
        Database.at(tmp_path)
    assert "not a database" in told.value.en
    assert "\n" not in told.value.zh


@pytest.mark.parametrize("url", ["mysql://x/y", "no address", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_wrong_address_of_a_database_is_told_in_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(PublisherError) as told:
        Database.at(tmp_path, url)
    assert "\n" not in told.value.en


def test_what_the_world_breaks_is_no_traceback(tmp_path: Path) -> None:
    database = Database.at(tmp_path)
    with pytest.raises(DatabaseError), database.begin() as connection:
        connection.execute(text("SELECT * FROM nothing"))
    database.close()
