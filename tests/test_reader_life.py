"""A reader's whole life through real parts: the site in a browser, the service, mail through a real SMTP server, editions, and a bounce."""

from __future__ import annotations

import email
import email.policy
import re
import time
import urllib.request
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.cli import main
from publisher.clock import SHANGHAI
from publisher.content.model.vocabulary import Period
from publisher.delivery.address import normalise
from publisher.delivery.database import Database
from publisher.digest.edition import last_interval
from tests.outbox import add_reader
from tests.project import Project
from tests.readers import SERVICE, link_in, make_project, state_of
from tests.service import open_hosts, serve_subscriptions, wait_for
from tests.smtp_server import Keeper, serve_mail

if TYPE_CHECKING:
    from playwright.sync_api import Browser

READER = "zhang@qq.com"


@pytest.fixture
def street(project: Project) -> Project:
    """Three months of entries, those about taxes and others in turn; the times are of today, for links in mail expire."""
    make_project(project)
    today = datetime.now(SHANGHAI)
    for days in range(1, 100):
        topic = "税收" if days % 2 else "招聘"
        project.news(f"zx-{days}", 标题=f"第{days}天的{topic}消息", 发布时间=f"{today - timedelta(days=days):%Y-%m-%d}", 标签=f"[{topic}]")
    return project.write("content/pages/subscribe.md", "---\n标题: 订阅\n摘要: 订阅\n发布时间: 2026-01-01\n---\n正文\n").build(as_of=f"{today:%Y-%m-%d %H:%M}")


def digest(street: Project, *arguments: str) -> int:
    return main(["digest", *arguments, "--root", str(street.root)])


def read(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.SMTP.clone(raise_on_defect=True))
    assert isinstance(found, EmailMessage)
    return found


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def bounce_of(message: EmailMessage, address: str) -> bytes:
    """RFC 3464, as the receiver's server writes it."""
    return (
        f"From: MAILER-DAEMON@mx.example.com\r\nTo: digest@street.example\r\nSubject: Undelivered Mail\r\nMessage-ID: <b1@mx.example.com>\r\n"
        f"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        f"--b\r\nContent-Type: message/rfc822-headers\r\n\r\nMessage-ID: {message['Message-ID']}\r\n--b--\r\n"
    ).encode()


@pytest.mark.browser
def test_from_the_form_to_silence(
    street: Project, database_url: str, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keeper = Keeper()
    now = datetime.now(SHANGHAI)
    week, month = last_interval(Period.WEEKLY, now), last_interval(Period.MONTHLY, now)
    before = last_interval(Period.MONTHLY, month.start)
    monkeypatch.setenv("PUBLISHER_DATABASE_URL", database_url)
    with serve_mail(keeper) as port, serve_subscriptions(street, port, database_url) as service:
        monkeypatch.setenv("PUBLISHER_SMTP_URL", f"smtp://127.0.0.1:{port}")
        database = Database.at(street.root, database_url)
        dead = add_reader(database, "dead@example.com")
        assert dead

        def mails_to(address: str) -> list[EmailMessage]:
            return [read(bytes(envelope.content)) for envelope in keeper.envelopes if envelope.rcpt_tos == [address]]

        # Subscribes in the browser to what the finder's link has brought, one topic; the form of the site leads to the service.
        page = open_hosts(browser, street, service, scripts=True)
        page.goto("https://street.example/subscribe/?tag=税收&kind=<b>")
        assert page.get_by_role("status").first.inner_text() == "已经带上刚才的筛选（主题），下一步可以改。"
        page.get_by_label("邮箱").fill(READER)
        page.get_by_role("button", name="用邮件订阅").click()
        assert page.get_by_label("税收").is_checked()
        time.sleep(3.2)  # what a person needs at least
        page.get_by_role("button", name="订阅", exact=True).click()
        wait_for(lambda: mails_to(READER), "the confirmation mail")

        # Confirms from the mail that arrived.
        page.goto(f"{SERVICE}c/{link_in(bytes(keeper.envelopes[-1].content))}")
        assert state_of(database, READER) == "asked"
        page.get_by_role("button", name="确认").click()
        assert state_of(database, READER) == "active"

        # Gets a weekly edition of just that topic.
        assert digest(street, "plan", "--period", "weekly") == 0
        assert digest(street, "send", week.id) == 0
        weekly = mails_to(READER)[1]
        topics = set(re.findall(r"第\d+天的(..)消息", text_of(weekly)))
        assert topics == {"税收"}
        [other] = mails_to("dead@example.com")
        assert set(re.findall(r"第\d+天的(..)消息", text_of(other))) == {"税收", "招聘"}
        assert weekly["List-Id"]
        assert weekly["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

        # Changes to monthly by the link in it: no weekly edition more, and the monthly one without what was had already.
        page.goto(f"{SERVICE}p/{link_in(weekly.as_bytes(), 'p')}")
        page.get_by_label("每月").check()
        page.get_by_role("button", name="保存").click()
        assert digest(street, "send", week.id) == 0
        assert len(mails_to(READER)) == 2
        assert digest(street, "plan", "--period", "monthly") == 0
        assert digest(street, "send", month.id) == 0
        monthly = mails_to(READER)[2]
        told = [set(re.findall(r"第(\d+)天的税收消息", text_of(one))) for one in (weekly, monthly)]
        assert told[0]
        assert told[1]
        assert not told[0] & told[1], "no news twice"

        # One click of the mail program ends it: a POST without cookie, answered without redirect. Opening the link does nothing.
        [way, _] = re.findall(r"<([^>]+)>", monthly["List-Unsubscribe"])
        here = str(way).replace(SERVICE, service)
        with urllib.request.urlopen(here) as answer:
            assert answer.status == 200
        assert state_of(database, READER) == "active"
        with urllib.request.urlopen(urllib.request.Request(here, data=b"List-Unsubscribe=One-Click", method="POST")) as answer:
            assert (answer.status, answer.url) == (200, here)
        assert state_of(database, READER) == "withdrawn"

        # The other's mailbox is no more: the report that comes back strikes it off.
        maildir = tmp_path / "Maildir"
        for name in ("new", "cur", "tmp"):
            (maildir / name).mkdir(parents=True)
        (maildir / "new" / "1").write_bytes(bounce_of(other, "dead@example.com"))
        assert main(["bounces", "read", "--root", str(street.root), "--maildir", str(maildir)]) == 0
        assert state_of(database, "dead@example.com") == "suppressed"

        # Nobody gets anything more, however hard one tries.
        count = len(keeper.envelopes)
        assert digest(street, "plan", before.id) == 0
        assert digest(street, "send", before.id, "--force") == 0
        assert len(keeper.envelopes) == count

        # What is held of one person is told, and deleted, by one command each.
        capsys.readouterr()
        assert main(["subscribers", "show", READER, "--full", "--root", str(street.root)]) == 0
        shown = capsys.readouterr().out
        assert all(words in shown for words in (normalise(READER), week.id, month.id, "asked", "confirmed", "changed", "withdrawn"))
        assert main(["subscribers", "remove", READER, "--root", str(street.root)]) == 0
        assert state_of(database, READER) is None
        database.close()
        page.context.close()
