"""``publisher database migrate|backup|status``: the database of subscribers and mail, looked after by hand."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sqlalchemy.engine import make_url

from publisher.cli.options import add_common
from publisher.cli.surroundings import has_database, open_database
from publisher.delivery.database import MIGRATIONS, Database
from publisher.delivery.retention import count_states


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="migrate|backup|status")
    migrate = actions.add_parser("migrate", help="把数据库升到本程序的版本", description="把数据库升到本程序的版本；平时打开就会自己升")
    backup = actions.add_parser("backup", help="备份 SQLite 数据库，不用停服务", description="备份 SQLite 数据库，不用停服务；PostgreSQL 用 pg_dump")
    status = actions.add_parser("status", help="数据库在哪里，什么版本，有多少人", description="数据库在哪里，什么版本，有多少人")
    for action in (migrate, backup, status):
        add_common(action, formats=False)
    backup.add_argument("file", type=Path, metavar="FILE", help="备份到哪个文件")
    migrate.set_defaults(run=run_migrate, format="text")
    backup.set_defaults(run=run_backup, format="text")
    status.set_defaults(run=run_status, format="text")


def run_migrate(options: argparse.Namespace) -> int:
    """Bring the schema up to date."""
    database = open_database(options.root)
    try:
        words = f"版本 {database.version()}，不用再升", f"version {database.version()}, up to date"
    finally:
        database.close()
    print(words[0] if options.lang == "zh" else words[1])
    return 0


def run_backup(options: argparse.Namespace) -> int:
    """Copy the database while it is used."""
    database = open_database(options.root)
    try:
        database.backup(options.file)
    finally:
        database.close()
    size = options.file.stat().st_size / 1024
    print(f"已备份到 {options.file}（{size:.0f} KB）" if options.lang == "zh" else f"backed up to {options.file} ({size:.0f} KB)")
    return 0


def run_status(options: argparse.Namespace) -> int:
    """Tell where the database is and what is in it; nothing is changed, not even an old schema."""
    if not has_database(options.root):
        print("还没有数据库，第一次用到时会建" if options.lang == "zh" else "there is no database yet; it is made when it is first needed")
        return 0
    url = os.environ.get("PUBLISHER_DATABASE_URL") or f"sqlite:///{options.root / 'var' / 'subscribers.sqlite'}"
    database = Database(url)
    try:
        version = database.version()
        counts = {}
        if version == len(MIGRATIONS):
            with database.begin() as connection:
                counts = count_states(connection)
    finally:
        database.close()
    place = make_url(url).render_as_string(hide_password=True)
    numbers = [counts.get(name, 0) for name in ("active", "asked", "withdrawn", "suppressed", "suppressions")]
    zh, en = f"{place}\n版本 {version}（本程序 {len(MIGRATIONS)}）", f"{place}\nversion {version} (this program: {len(MIGRATIONS)})"
    if counts:
        zh += "\n已订阅 {}，等待确认 {}，已退订 {}，停止寄信 {}；停寄名单 {}".format(*numbers)
        en += "\nactive {}, asked {}, withdrawn {}, suppressed {}; suppressions {}".format(*numbers)
    print(zh if options.lang == "zh" else en)
    return 0
