"""`publisher subscribers` and `publisher database`: tables in and out, one person's data, and never an address on the screen unless asked for."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.cli import main
from publisher.delivery.choice import Choice
from publisher.delivery.database import MIGRATIONS
from publisher.delivery.preferences import Preferences
from publisher.delivery.spreadsheet import Fault, Reader, SpreadsheetError, export_csv, read_csv
from publisher.delivery.subscribers import Origin, adopt, find
from publisher.problems import CODES
from tests.outbox import open_database
from tests.project import AS_OF, ROOT, Project
from tests.readers import KEY, NOW, TAGS, acts_of, make_project, state_of


@pytest.fixture
def street(project: Project, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project on either database, without a mail server."""
    monkeypatch.setenv("PUBLISHER_DATABASE_URL", database_url)
    monkeypatch.delenv("PUBLISHER_SMTP_URL", raising=False)
    return make_project(project)


def run(project: Project, *words: str) -> int:
    return main([*words, "--root", str(project.root), "--as-of", AS_OF])


def test_add_list_show_remove(street: Project, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--origin", "电话登记", "--kind", "政策解读", "--tag", "税务", "--weekday", "5")
    assert run(street, "subscribers", "add", " Zhang@QQ.com", *words) == 0
    said = capsys.readouterr().out
    assert "Z***@qq.com：要寄确认邮件" in said
    assert "PUBLISHER_SMTP_URL" in said
    assert run(street, "subscribers", "list") == 0
    said = capsys.readouterr().out
    assert "Z***@qq.com\tasked\t频率：每周五；栏目：政策解读；主题：税收" in said
    assert "等待确认 1" in said
    assert "Zhang" not in said
    assert run(street, "subscribers", "list", "--full", "--lang", "en") == 0
    assert "Zhang@qq.com" in (said := capsys.readouterr().out)
    assert "asked 1," in said
    assert run(street, "subscribers", "show", "Zhang@qq.com", "--full") == 0
    assert json.loads(capsys.readouterr().out)["同意记录"][0]["文字"] == "电话登记"
    assert run(street, "subscribers", "show", "Zhang@qq.com") == 0
    assert "Zhang" not in capsys.readouterr().out
    assert run(street, "subscribers", "remove", "Zhang@qq.com") == 0
    assert run(street, "subscribers", "remove", "Zhang@qq.com") == 1
    assert run(street, "subscribers", "show", "nobody@qq.com") == 1
    assert run(street, "subscribers", "add", "no address", "--origin", "x") == 2
    assert run(street, "subscribers", "add", "a@qq.com", "--origin", "x", "--tag", "没有") == 2
    database = open_database(database_url)
    assert state_of(database, "Zhang@qq.com") is None
    database.close()


def test_import_needs_an_origin_and_asks(street: Project, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "名单.csv"
    rows = ["邮箱,频率,主题,备注", "a@qq.com,每月,税收、招聘,甲", "没有,,,", "b@qq.com,每周,没有的,", "A@qq.com,,,", "", "c@qq.com,每年,,", "'=d@qq.com,,,"]
    file.write_bytes("\ufeff".encode() + "\r\n".join(rows).encode())
    assert run(street, "subscribers", "import", str(file)) == 2
    capsys.readouterr()
    assert run(street, "subscribers", "import", str(file), "--origin", "座谈会签到表") == 1
    said = capsys.readouterr().out
    assert [line.partition(".csv:")[2] for line in said.splitlines() if ".csv:" in line] == [
        "3: 邮箱“没***”写得不对",
        "4: 主题里没有“没有的”",
        "5: 和第2行重复",
        "7: 频率里没有“每年”",
    ]
    assert "要寄确认邮件：2" in said
    database = open_database(database_url)
    assert state_of(database, "a@qq.com") == state_of(database, "=d@qq.com") == "asked"
    assert acts_of(database) == [("asked", "import", "座谈会签到表")] * 2
    assert run(street, "subscribers", "import", str(file), "--origin", "签到表", "--confirmed", "原件在档案柜") == 1
    assert "已订阅：2" in capsys.readouterr().out
    assert state_of(database, "a@qq.com") == "active"
    assert acts_of(database)[-1] == ("confirmed", "import", "签到表；原件在档案柜")
    assert run(street, "subscribers", "import", str(file), "--origin", "签到表", "--lang", "en") == 1
    assert "subscribed already: 2" in capsys.readouterr().out
    database.close()


def test_a_file_in_another_encoding_is_refused_with_a_way_out(street: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("email,备注\r\na@qq.com,街区\r\n".encode("gb18030"))
    assert run(street, "subscribers", "import", str(file), "--origin", "x") == 1
    said = capsys.readouterr().out
    assert "第1行读不出来：文件不是 UTF-8 编码" in said
    assert "CSV UTF-8" in said
    file.write_bytes(b"name\na\n")
    assert run(street, "subscribers", "import", str(file), "--origin", "x", "--lang", "en") == 1
    assert "line 1 must name the columns" in capsys.readouterr().out
    assert run(street, "subscribers", "import", str(tmp_path / "none.csv"), "--origin", "x") == 3


def test_export_is_for_excel_and_for_nobody_else(street: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(street, "subscribers", "add", "=cmd@qq.com", "--origin", "x", "--confirmed", "y", "--district", "新城区")
    run(street, "subscribers", "add", "b@qq.com", "--origin", "x")
    out = tmp_path / "out.csv"
    assert run(street, "subscribers", "export", "--out", str(out), "--full", "--state", "active") == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")))
    assert row["邮箱"] == "'=cmd@qq.com"
    assert (row["地区"], row["状态"], row["频率"]) == ("新城区", "已订阅", "每周")
    assert run(street, "subscribers", "export", "--out", str(out)) == 0
    assert "b@qq.com" not in out.read_text(encoding="utf-8-sig")
    assert "打了码" in capsys.readouterr().out
    assert run(street, "subscribers", "export", "--out", str(tmp_path / "new" / "x.csv")) == 0
    assert run(street, "subscribers", "export", "--out", str(out / "x.csv")) == 3, "a file stands where a folder should"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_what_is_exported_can_be_imported(database_url: str) -> None:
    database = open_database(database_url)
    choice = Choice(Preferences(frozenset({"news"}), frozenset({"税收"}), frozenset({"F", "62"}), frozenset({"610102"})), "monthly", 4)
    with database.begin() as connection:
        adopt(connection, "=1+1@qq.com", choice, Origin("import", "x"), key=KEY, now=NOW)
        row = find(connection, "=1+1@qq.com")
    [read] = read_csv(export_csv([row], str), lambda tag: tag)
    assert read == Reader(2, "=1+1@qq.com", choice)
    database.close()


@given(st.binary(max_size=300), st.booleans())
def test_no_table_is_a_crash(data: bytes, has_head: bool) -> None:
    with contextlib.suppress(SpreadsheetError):
        for row in read_csv(b"email,tags,frequency\n" * has_head + data, lambda tag: tag):
            assert isinstance(row, Reader | Fault)


def test_purge_and_tidy(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run(street, "subscribers", "add", "a@qq.com", "--origin", "x", "--tag", "招聘")
    street.write("content/taxonomy/tags.yml", TAGS.replace("名称: 招聘, 网址名: jobs", "名称: 用工, 网址名: jobs, 别名: [招聘]"))
    capsys.readouterr()
    assert run(street, "subscribers", "tidy") == 0
    assert capsys.readouterr().out.startswith("1 人")
    assert run(street, "subscribers", "purge") == 0
    assert "没有确认的 0" in capsys.readouterr().out
    assert main(["subscribers", "purge", "--root", str(street.root), "--as-of", "2026-12-01", "--lang", "en"]) == 0
    assert "deleted: 1 unconfirmed" in capsys.readouterr().out


def test_a_tag_with_readers_is_not_taken_away(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run(street, "subscribers", "add", "a@qq.com", "--origin", "x", "--tag", "税收")
    assert run(street, "check") == 0
    capsys.readouterr()
    street.write("content/taxonomy/tags.yml", TAGS.replace("名称: 税收, 网址名: tax, 别名: [税务]", "名称: 用电, 网址名: power"))
    assert run(street, "check") == 1
    said = capsys.readouterr().out
    assert said.startswith("content/taxonomy/tags.yml:1:1: 错误 [tag-with-subscribers] 没有标签“税收”了，但有 1 位订阅者选了它。")
    street.write("content/taxonomy/tags.yml", TAGS.replace("别名: [税务]", "被替代: 招聘"))
    assert run(street, "check") == 0
    street.write("content/taxonomy/tags.yml", TAGS.replace("名称: 税收, 网址名: tax, 别名: [税务]", "名称: 用电, 网址名: power")).news("b", 标签="[税收]")
    assert run(street, "check") == 0, "a tag that an entry bears still is one"
    assert "tag-with-subscribers" in CODES


def test_check_and_build_open_no_database_where_there_is_none(project: Project) -> None:
    make_project(project)
    script = (
        "import sys; from publisher.cli import main;"
        f"assert main(['check', '--root', {str(project.root)!r}, '--as-of', {AS_OF!r}]) == 0;"
        "assert 'sqlalchemy' not in sys.modules, 'check loads the database'"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (project.root / "var" / "subscribers.sqlite").exists()


def test_the_database_by_hand(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("PUBLISHER_DATABASE_URL", raising=False)
    make_project(project)
    assert run(project, "database", "status") == 0
    assert "还没有数据库" in capsys.readouterr().out
    assert not (project.root / "var" / "subscribers.sqlite").exists()
    assert run(project, "database", "migrate") == 0
    run(project, "subscribers", "add", "a@qq.com", "--origin", "x")
    assert run(project, "database", "backup", str(tmp_path / "b.sqlite")) == 0
    assert sqlite3.connect(tmp_path / "b.sqlite").execute("SELECT address FROM subscriber").fetchall() == [("a@qq.com",)]
    capsys.readouterr()
    assert run(project, "database", "status", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert f"version {len(MIGRATIONS)} (this program: {len(MIGRATIONS)})" in said
    assert "asked 1" in said


def test_no_password_is_printed(street: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PUBLISHER_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/none")
    assert run(street, "database", "status") == 3
    said = capsys.readouterr()
    assert "geheim" not in said.out + said.err
