"""Subscribing by mail: what a letter asks for, what is done of it once, and the command over a real Maildir and a real SMTP server."""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from publisher.configuration import load_settings
from publisher.delivery.choice import Choice
from publisher.delivery.granting import choice_in, grant
from publisher.delivery.letters import Courier
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import request
from publisher.delivery.subscribers import find
from publisher.delivery.token import Purpose, Signer
from publisher.delivery.wish import Deed, Wish, read_wish
from tests.outbox import open_database
from tests.project import ROOT, Project
from tests.readers import KEY, NOW, Post, acts_of, everything, make_project, state_of
from tests.smtp_server import Keeper, serve_mail

TOKEN = "A" * 38
BY_MAIL = "extra: {publisher: {mail: {sender: digest@street.cn, unsubscribe_mailto: leave@street.cn}}}\n"
CANONICAL = {"税收": "税收", "税务": "税收", "招聘": "招聘"}.get


def letter(subject: str = "", body: str = "", *, sender: str = "张 <zhang@qq.com>", charset: str = "utf-8", html: bool = False, **headers: str) -> bytes:
    """A letter as a mail program writes one; ``_`` in the name of a header is a hyphen."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "leave@street.cn", subject
    message["Message-ID"] = headers.pop("Message_ID", "<1@qq.com>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body, subtype="html" if html else "plain", charset=charset)
    return message.as_bytes()


# What a letter asks for.


@pytest.mark.parametrize(
    ("subject", "body", "deed"),
    [
        ("订阅", "", Deed.SUBSCRIBE),
        ("订阅简报", "频率：每周\n", Deed.SUBSCRIBE),
        ("我要订阅：政策解读、餐饮业", "", Deed.SUBSCRIBE),
        ("更改", "频率：每月", Deed.SUBSCRIBE),
        ("subscribe", "", Deed.SUBSCRIBE),
        ("", "订阅 税收\n谢谢", Deed.SUBSCRIBE),
        ("退订", "", Deed.LEAVE),
        ("TD", "", Deed.LEAVE),
        ("Unsubscribe", "", Deed.LEAVE),
        ("回复：【西一路】2026年第47期", "退订。\n\n> 在您退订以前……", Deed.LEAVE),
        ("Re: Re: 简报", "请不要再寄了！", Deed.LEAVE),
        (TOKEN, "", Deed.LEAVE),
        (f"回复：请确认：订阅测试街区的简报 (confirm {TOKEN})", "好的", Deed.CONFIRM),
        (f"confirm {TOKEN}", "", Deed.CONFIRM),
        ("订阅问题请教", "怎么改邮箱？", None),
        ("不想退订，只想改邮箱", "", None),
        ("回复：请订阅我们的简报", "好", None),
        ("你好", "我想退订但是又怕错过", None),
        ("你好", "看了你们的文章\n\n在 2026年11月23日，编辑部写道：\n退订", None),
        (f"转发：请确认 (confirm {TOKEN})", "", None),
        (f"回复：转发：请确认 (confirm {TOKEN})", "", None),
        (f"自动回复：请确认 (confirm {TOKEN})", "我在休假", None),
        (f"Automatic reply: (confirm {TOKEN})", "", None),
    ],
)
def test_only_what_a_person_plainly_asks_for_is_a_wish(subject: str, body: str, deed: Deed | None) -> None:
    wish = read_wish(letter(subject, body))
    assert (wish.deed if wish else None) == deed
    if wish:
        assert wish.address == "zhang@qq.com"
        assert bool(wish.token) == (TOKEN in subject)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<list.example.com>"},
        {"List_Unsubscribe": "<mailto:x@example.com>"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
        {"sender": "a@qq.com, b@qq.com"},
        {"sender": "nobody"},
    ],
)
def test_machines_and_crowds_ask_for_nothing(headers: dict[str, str]) -> None:
    for subject in ("退订", "订阅", f"confirm {TOKEN}"):
        assert read_wish(letter(subject, **headers)) is None  # type: ignore[arg-type]
    assert read_wish(letter("退订", Auto_Submitted="no")) is not None


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gb18030", "big5"])
def test_letters_in_any_encoding_and_in_html_alone_are_read(charset: str) -> None:
    body = "退訂" if charset == "big5" else "退订"
    for html in (False, True):
        words = f"<p>{body}</p><blockquote>以前的信</blockquote>" if html else body
        wish = read_wish(letter("回复：简报", words, charset=charset, html=html))
        assert wish
        assert wish.deed is Deed.LEAVE
    raw = letter("x", "y").replace(b"Subject: x", b"Subject: " + "退订".encode("gb18030"))
    found = read_wish(raw)
    assert found
    assert found.deed is Deed.LEAVE


def test_a_choice_is_read_by_line_and_by_word_and_what_is_none_is_left_out() -> None:
    body = "频率：每月\n栏目：政策解读、供需对接\n主题: 税务，不存在的\n行业：餐饮业 52\n地区：新城区\n\n（空着就是不限。）\n> 主题：招聘\n"
    wish = read_wish(letter("订阅简报", body))
    assert wish
    chosen = Preferences(frozenset({"policy", "listing"}), frozenset({"税收"}), frozenset({"62", "52"}), frozenset({"610102"}))
    assert choice_in(wish, CANONICAL) == Choice(chosen, "monthly")
    wish = read_wish(letter("订阅 政策解读、税收、每天、没有的", ""))
    assert wish
    assert choice_in(wish, CANONICAL) == Choice(Preferences(frozenset({"policy"}), frozenset({"税收"})), "daily")
    wish = read_wish(letter("订阅", "频率：每周\n栏目：\n主题：\n行业：\n地区：\n"))
    assert wish
    assert choice_in(wish, CANONICAL) == Choice()


@given(st.binary(max_size=400), st.text(max_size=80), st.text(max_size=200))
def test_nothing_that_comes_makes_it_fail(data: bytes, subject: str, body: str) -> None:
    read_wish(data)
    read_wish(b"From: a@qq.com\nSubject: " + data.replace(b"\n", b" ") + b"\n\n" + data)
    wish = read_wish(f"From: a@qq.com\nSubject: {subject}\n\n{body}".encode("utf-8", "replace"))
    if wish and wish.deed is Deed.SUBSCRIBE:
        choice_in(wish, CANONICAL)


# What is done of it.


def test_a_life_by_mail(project: Project, database_url: str) -> None:
    """Subscribes, answers, changes, leaves; read twice, each letter counts once."""
    make_project(project, BY_MAIL)
    settings, problems = load_settings(project.root)
    assert settings is not None, problems
    database, post, signer = open_database(database_url), Post(), Signer(KEY)
    courier = Courier(database, post, settings, signer)

    def hand_in(data: bytes, now: float) -> str:
        wish = read_wish(data)
        assert wish is not None
        with database.begin() as connection:
            outcome = grant(connection, wish, CANONICAL, signer=signer, wording="我同意", now=now)
        courier.take_requests(now)
        courier.post(now)
        return outcome

    assert hand_in(letter("订阅 税收"), NOW) == "asked"
    assert state_of(database, "zhang@qq.com") == "asked"
    answer = email.message_from_bytes(post.mails[0][2], policy=email.policy.default)
    assert answer["Reply-To"] == "leave@street.cn"
    yes = f"回复：{answer['Subject']}"
    assert hand_in(letter(yes, "好", sender="li@qq.com", Message_ID="<2@qq.com>"), NOW + 60) == "void", "only its reader says yes"
    assert state_of(database, "zhang@qq.com") == "asked"
    assert hand_in(letter(yes, "好", Message_ID="<3@qq.com>"), NOW + 90) == "confirmed"
    assert state_of(database, "zhang@qq.com") == "active"
    assert hand_in(letter("更改", "频率：每月", Message_ID="<4@qq.com>"), NOW + 7_200) == "asked"
    changed = email.message_from_bytes(post.mails[1][2], policy=email.policy.default)
    assert "更改" in changed["Subject"]
    assert hand_in(letter(f"Re: {changed['Subject']}", Message_ID="<5@qq.com>"), NOW + 7_300) == "confirmed"
    with database.begin() as connection:
        row = find(connection, "zhang@qq.com")
        assert row is not None
        assert row.frequency == "monthly"
        way_out = signer.sign(Purpose.UNSUBSCRIBE, row.id, row.generation)
    assert hand_in(letter(way_out, sender="Zhang@qq.com", Message_ID="<6@qq.com>"), NOW + 8_000) == "left"
    assert state_of(database, "zhang@qq.com") == "withdrawn"
    assert hand_in(letter("订阅", Message_ID="<7@qq.com>"), NOW + 20_000) == "asked"
    again = email.message_from_bytes(post.mails[2][2], policy=email.policy.default)
    assert hand_in(letter(f"回复:{again['Subject']}", Message_ID="<8@qq.com>"), NOW + 20_100) == "confirmed"
    before = everything(database)
    assert hand_in(letter(way_out, sender="Zhang@qq.com", Message_ID="<6@qq.com>"), NOW + 20_200) == "again", "an old letter read once more changes nothing"
    assert everything(database) == before
    assert hand_in(letter("退订", Message_ID="<9@qq.com>"), NOW + 30_000) == "left"
    assert hand_in(letter("退订", sender="wang@qq.com", Message_ID="<10@qq.com>"), NOW + 30_000) == "stranger"
    assert state_of(database, "wang@qq.com") is None
    assert hand_in(letter(TOKEN, Message_ID="<11@qq.com>"), NOW + 30_000) == "void"
    assert len(post.mails) == 3, "nobody is answered but with the mail that asks"
    assert {act[1] for act in acts_of(database)} == {"mail"}
    database.close()


def test_a_link_of_one_purpose_does_nothing_else(database_url: str) -> None:
    database, signer = open_database(database_url), Signer(KEY)
    with database.begin() as connection:
        for number, purpose in enumerate((Purpose.PREFERENCES, Purpose.CONFIRM)):
            wish = Wish(f"<{number}>", Deed.LEAVE, "zhang@qq.com", signer.sign(purpose, 1, 0))
            assert grant(connection, wish, CANONICAL, signer=signer, wording="", now=NOW) == "void"
        assert connection.execute(select(request)).all() == []
    database.close()


# The command.


@pytest.fixture
def server() -> Iterator[tuple[Keeper, int]]:
    keeper = Keeper()
    with serve_mail(keeper) as port:
        yield keeper, port


def run_inbox(project: Project, maildir: Path, port: int, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    environment |= {"PUBLISHER_SMTP_URL": f"smtp://127.0.0.1:{port}", "PUBLISHER_INBOX_URL": f"maildir:{maildir}"}
    command = [sys.executable, "-m", "publisher", "subscriptions", "inbox", "--root", str(project.root), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_reads_a_maildir_answers_and_leaves_the_rest_to_people(project: Project, server: tuple[Keeper, int], tmp_path: Path) -> None:
    make_project(project, BY_MAIL)
    maildir = tmp_path / "Maildir"
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True)
    for number, data in enumerate(
        (letter("订阅"), letter("请问今天开门吗", "谢谢", Message_ID="<2@qq.com>"), letter("退订", sender="li@qq.com", Message_ID="<3@qq.com>"))
    ):
        (maildir / "new" / str(number)).write_bytes(data)
    told = run_inbox(project, maildir, server[1])
    assert told.splitlines() == ["1  要订阅或更改", "1  寄出确认邮件", "1  要退订，但名单里没有这个邮箱，没有动", "1  不是订阅的信，没有动"]
    assert sorted(file.name for file in (maildir / "new").iterdir()) == ["1", "2"]
    [mail] = server[0].envelopes
    assert mail.rcpt_tos == ["zhang@qq.com"]
    message = email.message_from_bytes(bytes(mail.content), policy=email.policy.default)
    answer = letter(f"回复：{message['Subject']}", Message_ID="<4@qq.com>")
    (maildir / "new" / "4").write_bytes(answer)
    assert run_inbox(project, maildir, server[1], "--lang", "en").splitlines()[0] == "1  confirmed"
    assert sorted(file.name for file in (maildir / "new").iterdir()) == ["1", "2"], "what is for a person stays unread however often it is looked at"
    assert len(server[0].envelopes) == 1


def test_the_site_offers_a_letter_where_no_service_runs(project: Project) -> None:
    make_project(project, BY_MAIL)
    project.write("content/pages/subscribe.md", "---\n标题: 订阅\n摘要: 订阅\n发布时间: 2026-11-01\n---\n正文\n").build()
    for name in ("index.html", "subscribe/index.html"):
        assert 'href="mailto:leave@street.cn?subject=%E8%AE%A2%E9%98%85%E7%AE%80%E6%8A%A5&amp;body=' in project.read(name)
    make_project(project, "").build()
    assert "mailto:" not in project.read("index.html"), "a placeholder is nobody's address"
