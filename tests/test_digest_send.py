"""``publisher digest send``, ``status`` and ``explain``: an edition delivered to a real SMTP server, by the command as people run it."""

from __future__ import annotations

import email
import os
import random
import re
import signal
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import select, update

from publisher.cli import main
from publisher.delivery.database import Database
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import message, subscriber, suppression, worker
from publisher.delivery.token import Purpose, Signer, load_key
from tests.letterbox import CUT, CUT_LATE, STALL, Letterbox, letterbox
from tests.outbox import add_reader, add_readers
from tests.postgres import PostgresServer
from tests.project import MKDOCS, ROOT, Project

AS_OF = "2026-11-23 09:00"
KILLS = int(os.environ.get("PUBLISHER_KILLS", "6"))
_EDITION = """\
标题: 一周简报
周期: 每周
起: 2026-11-16
止: 2026-11-23
导语: 一句**开场白**。
栏目:
  - {名称: 商业资讯, 条目: [zx-kaiye, zx-shui]}
  - {名称: 广告, 条目: [zx-cuxiao]}
"""


@pytest.fixture
def street(tmp_path: Path) -> Project:
    """A street with three entries and an edition of them."""
    project = Project(
        tmp_path / "street",
        MKDOCS + "extra: {publisher: {mail: {unsubscribe_url: 'https://sub.street.example/u/TOKEN', preferences_url: 'https://sub.street.example/p/TOKEN'}}}\n",
    )
    project.write("content/taxonomy/tags.yml", "标签:\n  - {名称: 税收, 网址名: tax, 别名: [税务]}\n")
    project.news("zx-kaiye", 标题="示例茶馆开业").news("zx-shui", 标题="起征点怎么看", 标签="[税收]").news("zx-cuxiao", 标题="换季满减（示例）", 广告="是")
    return project.write("content/editions/2026-W47.yml", _EDITION)


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with letterbox() as found:
        yield found


@pytest.fixture
def database(street: Project) -> Iterator[Database]:
    found = Database.at(street.root)
    yield found
    found.close()


def _run(street: Project, *arguments: str, as_of: str = AS_OF) -> int:
    return main(["digest", *arguments, "--root", str(street.root), "--as-of", as_of])


def _read(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, _class=EmailMessage, policy=SMTP.clone(raise_on_defect=True))
    assert isinstance(found, EmailMessage)
    return found


def _text(found: EmailMessage) -> str:
    part = found.get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text


def test_each_reader_gets_their_own_message(
    street: Project, database: Database, box: Letterbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUBLISHER_SMTP_URL", box.url)
    everything = add_reader(database, "all@example.com")
    add_reader(database, "tax@qq.com", Preferences(tags=frozenset({"税务"})))
    add_reader(database, "events@example.com", Preferences(kinds=frozenset({"event"})))
    assert _run(street, "send", "2026-W47") == 0
    told = capsys.readouterr().out
    assert "排好 2 封，内容分 2 种；1 人这期没有适合的内容" in told
    assert "已送出 2 封" in told
    assert box.counts == {"all@example.com": 1, "tax@qq.com": 1}

    letter = _read(box.of("all@example.com")[0])
    assert letter["Subject"] == "（广告）【西一路】一周简报"
    assert letter["To"] == "all@example.com"
    text = _text(letter)
    assert all(words in text for words in ("示例茶馆开业", "起征点怎么看", "换季满减（示例）", "一句开场白。"))
    signer = Signer(load_key(street.root, None))
    links = dict(re.findall(r"https://sub\.street\.example/([up])/(\S+)", text))
    now = time.time()
    assert signer.read(links["u"], Purpose.UNSUBSCRIBE, now).subscriber_id == everything
    assert signer.read(links["p"], Purpose.PREFERENCES, now).subscriber_id == everything
    assert letter["List-Unsubscribe"].startswith(f"<https://sub.street.example/u/{links['u']}>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    other = _read(box.of("tax@qq.com")[0])
    assert other["Subject"] == "【西一路】一周简报", "no advertisement is in it"
    assert "示例茶馆开业" not in _text(other)
    assert other["Message-ID"] != letter["Message-ID"]

    assert _run(street, "send", "2026-W47") == 0
    assert box.counts.total() == 2, "a second run sends nothing"


def test_how_far_it_is_and_why(
    street: Project, database: Database, box: Letterbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUBLISHER_SMTP_URL", box.url)
    add_reader(database, "all@example.com")
    add_reader(database, "tax@example.com", Preferences(tags=frozenset({"税收"})))
    add_reader(database, "monthly@example.com", frequency="monthly")
    add_reader(database, "asked@example.com", state="asked")
    assert _run(street, "status", "2026-W47") == 0
    assert "还没有排队" in capsys.readouterr().out
    _run(street, "explain", "2026-W47", "tax@example.com")
    before = capsys.readouterr().out
    assert "主题：税收" in before
    assert "起征点怎么看——收" in before
    assert "示例茶馆开业——不收：不在所选的主题里" in before
    assert _run(street, "send", "2026-W47", "--limit", "1") == 0
    assert "还有 1 封待送" in capsys.readouterr().out
    _run(street, "status", "2026-W47")
    assert "1 / 2（50%）" in capsys.readouterr().out
    _run(street, "send", "2026-W47")
    capsys.readouterr()
    for address, words in (
        ("tax@example.com", "已送出"),
        ("monthly@example.com", "订的是每月"),
        ("asked@example.com", "还没有点确认信"),
        ("who@example.com", "没有订阅"),
        ("x", "不是一个邮箱地址"),
    ):
        assert _run(street, "explain", "2026-W47", address) == 0
        told = capsys.readouterr().out
        assert words in told
        assert address.partition("@")[0] + "@" not in told, "addresses are masked"


def test_a_trial_leaves_no_trace(street: Project, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    add_reader(database, "all@example.com")
    assert _run(street, "send", "2026-W47", "--dry-run") == 0
    assert "会送 1 封" in capsys.readouterr().out
    with database.begin() as connection:
        assert connection.execute(select(message)).all() == []


@pytest.mark.parametrize(
    ("arguments", "as_of", "words", "code"),
    [
        (["2026-W46"], AS_OF, "没有简报 2026-W46", 1),
        (["2026-W47"], "2026-11-20", "还不能送", 1),
        (["2026-W47"], "2026-12-05", "--force", 1),
    ],
)
def test_what_is_not_to_be_sent_is_not(
    street: Project, database: Database, arguments: list[str], as_of: str, words: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    add_reader(database, "all@example.com")
    assert _run(street, "send", *arguments, as_of=as_of) == code
    assert words in capsys.readouterr().out


def test_without_a_server_it_says_what_to_set(street: Project, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("PUBLISHER_SMTP_URL", raising=False)
    add_reader(database, "all@example.com")
    assert _run(street, "send", "2026-W47") == 3
    assert "PUBLISHER_SMTP_URL" in capsys.readouterr().err
    with database.begin() as connection:
        assert connection.execute(select(message)).all() == []


def test_an_address_that_does_not_exist_is_never_written_to_again(street: Project, database: Database, box: Letterbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_SMTP_URL", box.url)
    add_reader(database, "gone@example.com")
    add_reader(database, "here@example.com")
    box.rcpt = lambda address: "550 5.1.1 No such user" if address.startswith("gone") else None
    assert _run(street, "send", "2026-W47") == 0
    with database.begin() as connection:
        states = {row.address: row.state for row in connection.execute(select(subscriber.c.address, subscriber.c.state))}
        assert states == {"gone@example.com": "suppressed", "here@example.com": "active"}
        assert connection.execute(select(suppression.c.reason)).scalars().all() == ["bounced"]


def test_who_leaves_while_it_is_sent_gets_nothing(street: Project, database: Database, box: Letterbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_SMTP_URL", box.url)
    add_reader(database, "first@example.com")
    add_reader(database, "second@example.com")
    _run(street, "send", "2026-W47", "--limit", "1")
    with database.begin() as connection:
        connection.execute(update(subscriber).values(state="withdrawn"))
    _run(street, "send", "2026-W47")
    assert box.counts == {"first@example.com": 1}


def test_a_withdrawn_entry_is_left_out_of_what_is_still_to_be_sent(
    street: Project, database: Database, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLISHER_SMTP_URL", box.url)
    add_reader(database, "all@example.com")
    add_reader(database, "tax@example.com", Preferences(tags=frozenset({"税收"})), weekday=2)
    _run(street, "send", "2026-W47", "--limit", "1")
    street.edit("content/news/zx-shui.md", "标题:", "状态: 已撤回\n撤回: {时间: 2026-11-23 10:00, 说明: 内容有误。}\n标题:")
    assert _run(street, "send", "2026-W47", as_of="2026-11-24 09:00") == 0
    with database.begin() as connection:
        assert Counter(connection.execute(select(message.c.state)).scalars()) == {"sent": 1, "skipped": 1}
    assert "内容有误" not in _text(_read(box.of("all@example.com")[0]))


def _start(street: Project, box: Letterbox, *, connections: int = 4, database_url: str = "", as_of: str = AS_OF) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "publisher", "digest", "send", "2026-W47", "--root", str(street.root), "--as-of", as_of, "--workers", str(connections)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PUBLISHER_SMTP_URL": box.url, "PUBLISHER_DATABASE_URL": database_url, "PUBLISHER_SECRET": "s" * 32}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _end_when_quiet(running: subprocess.Popen[bytes], box: Letterbox, database: Database) -> None:
    """Press Ctrl-C when nothing has come for some seconds: it would wait for what is due later, and must end in good order."""
    with database.begin() as connection:
        before = set(connection.execute(select(worker.c.id)).scalars())
    is_there = False
    while running.poll() is None and not is_there:
        time.sleep(0.05)
        with database.begin() as connection:
            is_there = bool(set(connection.execute(select(worker.c.id)).scalars()) - before)
    had, since = -1, time.monotonic()
    while running.poll() is None and time.monotonic() - since < 4:
        if len(box.letters) != had:
            had, since = len(box.letters), time.monotonic()
        time.sleep(0.05)
    if running.poll() is None:
        running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode in (0, 130), errors.decode()
    assert b"Traceback" not in errors


def _assert_all_have_it(box: Letterbox, database: Database, crowd: int, doubles: int) -> int:
    """Everyone has the edition; at most so many have it twice, and then it is the same message. Gives how many."""
    counts = box.counts
    assert len(counts) == crowd, "somebody was forgotten"
    twice = [address for address, number in counts.items() if number > 1]
    extra = sum(counts[address] - 1 for address in twice)
    assert extra <= doubles
    for address in twice:
        assert len({_read(data)["Message-ID"] for data in box.of(address)}) == 1, "the same message, not another"
    with database.begin() as connection:
        assert Counter(connection.execute(select(message.c.state)).scalars()) == {"sent": crowd}
    return extra


def test_killed_at_any_moment_and_started_again_everyone_has_it_and_hardly_anybody_twice(street: Project, database: Database, box: Letterbox) -> None:
    crowd = 10_000 if KILLS >= 50 else 1_200
    add_readers(database, crowd)
    chance = random.Random(os.environ.get("PUBLISHER_KILLS", "mail"))
    kills = 0
    for _ in range(KILLS):
        had = len(box.letters)
        with _start(street, box) as running:
            wanted = had + chance.randrange(1, max(2, crowd // (KILLS + 1)))
            while len(box.letters) < wanted and running.poll() is None:
                time.sleep(chance.uniform(0, 0.01))
            if running.poll() is None:
                running.send_signal(signal.SIGKILL)
                kills += 1
            running.wait()
    with _start(street, box) as running:
        out, errors = running.communicate(timeout=300)
    assert running.returncode == 0, errors.decode()
    assert kills >= KILLS * 0.8, out.decode()
    extra = _assert_all_have_it(box, database, crowd, kills * 4)
    print(f"{kills} kills, {extra} doubles of {crowd}")


def test_four_workers_on_postgresql_share_one_outbox_though_one_is_killed(street: Project, postgres: PostgresServer, box: Letterbox) -> None:
    crowd = 100_000 if KILLS >= 50 else 2_000
    url = postgres.url()
    database = Database.at(street.root, url)
    add_readers(database, crowd)
    workers = [_start(street, box, connections=2, database_url=url) for _ in range(4)]
    end = time.monotonic() + 900
    while len(box.letters) < crowd // 3:
        assert time.monotonic() < end
        assert any(one.poll() is None for one in workers), [one.communicate() for one in workers]
        time.sleep(0.01)
    workers[1].send_signal(signal.SIGKILL)
    for one in workers:
        one.communicate(timeout=900)
    with _start(street, box, database_url=url) as last:
        last.communicate(timeout=300)
    assert [one.returncode for one in (*workers, last)] == [0, -signal.SIGKILL, 0, 0, 0]
    extra = _assert_all_have_it(box, database, crowd, 2)
    database.close()
    print(f"{extra} doubles of {crowd}")


def test_whatever_the_server_does_and_though_it_is_killed_everyone_has_it(street: Project, database: Database, box: Letterbox) -> None:
    """To a third it says 451 at first; it cuts connections before and after it has taken a message, and takes its time."""
    crowd = 10_000 if KILLS >= 50 else 400
    add_readers(database, crowd)
    tried, given = Counter[str](), Counter[str]()

    def at_rcpt(address: str) -> str | None:
        tried[address] += 1
        return "451 4.7.1 come back later" if zlib.crc32(address.encode()) % 3 == 0 and tried[address] == 1 else None

    def at_data(address: str) -> str | None:
        given[address] += 1
        return {1: CUT, 2: CUT_LATE, 3: STALL}.get(zlib.crc32(b"mood " + address.encode()) % 40) if given[address] == 1 else None

    box.rcpt, box.data = at_rcpt, at_data
    with _start(street, box) as running:
        while len(box.letters) < crowd // 4 and running.poll() is None:
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
    for hour in range(10, 18):
        with _start(street, box, as_of=f"2026-11-23 {hour}:00") as running:
            _end_when_quiet(running, box, database)
        with database.begin() as connection:
            if set(connection.execute(select(message.c.state)).scalars()) == {"sent"}:
                break
    late = sum(zlib.crc32(b"mood " + address.encode()) % 40 == 2 for address in box.counts)
    assert late, "some connections were cut when the message had been taken"
    extra = _assert_all_have_it(box, database, crowd, 4 + 2 * late)
    assert sum(number > 1 for number in tried.values()) >= crowd // 4
    print(f"{extra} doubles of {crowd}, {late} connections cut after the message was taken")


def test_a_server_that_is_not_there_costs_nothing(street: Project, database: Database) -> None:
    add_readers(database, 50)
    with letterbox() as gone:
        pass
    with _start(street, gone) as running:
        _end_when_quiet(running, gone, database)
    with database.begin() as connection:
        assert Counter(connection.execute(select(message.c.state)).scalars()) == {"pending": 50}
    with letterbox() as back:
        with _start(street, back, as_of="2026-11-23 10:00") as running:
            running.communicate(timeout=60)
        assert running.returncode == 0
        assert back.counts.total() == len(back.counts) == 50


def test_postgresql_goes_away_and_comes_back_while_it_is_sent(street: Project, postgres: PostgresServer, box: Letterbox) -> None:
    crowd = 800
    url = postgres.url()
    database = Database.at(street.root, url)
    add_readers(database, crowd)
    box.data = lambda _address: time.sleep(0.002)
    with _start(street, box, database_url=url) as running:
        while len(box.letters) < crowd // 4:
            assert running.poll() is None, running.communicate()
            time.sleep(0.01)
        postgres.stop()
        time.sleep(1.5)
        assert running.poll() is None, "it waits for the database"
        postgres.start()
        database.engine.dispose()
        had = -1
        while running.poll() is None and len(box.letters) != had:
            had = len(box.letters)
            time.sleep(4)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        assert running.returncode == 0, errors.decode()
    with _start(street, box, database_url=url, as_of="2026-11-23 10:00") as running:
        _end_when_quiet(running, box, database)
    _assert_all_have_it(box, database, crowd, 4)
    database.close()
