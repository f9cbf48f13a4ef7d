"""Mail that came back: whose it was, what it says, who is struck off for it and who is not; whatever is sent to us, nothing fails."""

from __future__ import annotations

import base64
import quopri
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from publisher.delivery.bounces import record, refusals
from publisher.delivery.database import Database
from publisher.delivery.message_id import MessageId, message_id
from publisher.delivery.outbox import Claim
from publisher.delivery.report import Report, Sort, read_report
from publisher.delivery.schema import bounce, edition, message, segment, subscriber, suppression
from publisher.delivery.token import load_key
from publisher.delivery.transport import Answer, Outcome
from tests.outbox import NOW, add_reader, open_database
from tests.project import ROOT

KEY = b"k" * 32
OURS = message_id("2026-W47", 81, "news.example.com", KEY)
WHOSE = MessageId("2026-W47", 81)
ORIGINAL = f"From: news@example.com\nTo: reader@example.com\nSubject: =?utf-8?b?566A5oql?=\nMessage-ID: <{OURS}>\n\nbody\n"


def dsn(
    status: str, diagnostic: str, *, action: str = "failed", returned: str = ORIGINAL, part: str = "message/rfc822", report_id: str = "<r1@mx.example>"
) -> bytes:
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: bounces@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: {report_id}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0800

Final-Recipient: rfc822; reader@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b
Content-Type: {part}

{returned}
--b--
""".encode()


def in_words(sender: str, subject: str, body: bytes, kind: str = "text/plain; charset=gbk", encoding: str = "base64") -> bytes:
    written = base64.encodebytes(body) if encoding == "base64" else quopri.encodestring(body) if encoding == "quoted-printable" else body
    head = f"From: {sender}\nTo: bounces@example.com\nSubject: {subject}\nMessage-ID: <w1@mx.example>\n"
    head += f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + written


def complaint(kind: str = "abuse", returned: str = ORIGINAL) -> bytes:
    return f"""From: <fbl@mx.example>
To: bounces@example.com
Subject: FW: complaint
Message-ID: <c1@mx.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1

--b
Content-Type: message/rfc822

{returned}
--b--
""".encode()


QQ = f"""<html><head><style>td{{}}</style></head><body><h1>系统退信</h1><p>很遗憾，您的邮件未能投递。</p>
<td>收件人邮件地址（reader@qq.com）不存在，邮件无法送达。</td>
<p>host mx3.qq.com said: 550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1</p><p>Message-ID: &lt;{OURS}&gt;</p></body></html>"""
NETEASE = f"抱歉，您的邮件被退回来了……\n\n收件人：reader@163.com\n退信原因：收件人邮箱空间不足（452 4.2.2 mailbox full）\n\n原邮件 {OURS}\n"

REPORTS: list[tuple[str, bytes, Sort, str]] = [
    ("no such user", dsn("5.1.1", "550 5.1.1 <reader@example.com>: Recipient address rejected: User unknown"), Sort.HARD, "5.1.1"),
    ("only headers come back", dsn("5.1.1", "550 no such user", part="text/rfc822-headers"), Sort.HARD, "5.1.1"),
    ("mailbox full", dsn("5.2.2", "552 5.2.2 over quota"), Sort.SOFT, "5.2.2"),
    ("given up after days", dsn("4.4.7", "450 4.4.7 delivery time expired"), Sort.SOFT, "4.4.7"),
    ("policy", dsn("5.7.1", "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org"), Sort.REFUSAL, "5.7.1"),
    ("QQ's pace", dsn("5.0.0", "550 Connection frequency limited"), Sort.REFUSAL, "5.0.0"),
    ("OpenSMTPD's 5.0.0", dsn("5.0.0", "550 5.1.1 no such user"), Sort.HARD, "5.0.0"),
    ("NetEase's content", dsn("5.0.0", "554 DT:SPM 163 smtp14"), Sort.REFUSAL, "5.0.0"),
    ("still trying", dsn("4.0.0", "450 greylisted", action="delayed"), Sort.DELAY, "4.0.0"),
    ("delivered", dsn("2.0.0", "250 ok", action="delivered"), Sort.DELAY, ""),
    ("complaint", complaint(), Sort.COMPLAINT, ""),
    ("not spam", complaint("not-spam"), Sort.DELAY, ""),
    ("QQ in HTML and GBK", in_words("PostMaster <PostMaster@qq.com>",
     "=?gb2312?B?z7XNs83L0MU=?=", QQ.encode("gbk"), "text/html; charset=gb2312"), Sort.HARD, ""),
    ("NetEase in UTF-8", in_words("Postmaster@163.com", "系统退信/Systems bounce",
     NETEASE.encode(), "text/plain; charset=utf-8", "quoted-printable"), Sort.SOFT, "4.2.2"),
    ("a charset that lies", in_words("postmaster@mx.example", "退信", NETEASE.encode("gbk"), "text/plain; charset=utf-8", "base64"), Sort.SOFT, "4.2.2"),
    ("a charset that does not exist", in_words("postmaster@mx.example", "退信", NETEASE.encode(), "text/plain; charset=x-nowhere", "8bit"), Sort.SOFT, "4.2.2"),
    ("words alone", in_words("postmaster@mx.example", "退信", f"该用户不存在\n{OURS}".encode(), "text/plain; charset=utf-8", "8bit"), Sort.HARD, ""),
    ("qmail", in_words("MAILER-DAEMON@mx.example", "failure notice",
     f"Hi. This is the qmail-send program.\n<reader@example.com>:\n203.0.113.5 does not like recipient.\n"
     f"Remote host said: 550 5.1.1 user unknown\n\n--- Below this line is a copy.\n\n{ORIGINAL}".encode(), "text/plain", "8bit"), Sort.HARD, "5.1.1"),
    ("nothing telling", in_words("MAILER-DAEMON@mx.example", "Undelivered", f"Sorry.\n{OURS}".encode(), "text/plain", "8bit"), Sort.SOFT, ""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "sort", "status"), [case[1:] for case in REPORTS], ids=[case[0] for case in REPORTS])
def test_what_a_report_says(data: bytes, sort: Sort, status: str) -> None:
    report = read_report(data, KEY)
    assert report is not None
    assert (report.sort, report.message) == (sort, WHOSE)
    assert not status or report.status == status
    assert "reader@" not in report.words


@pytest.mark.parametrize("data", [case[1] for case in REPORTS], ids=[case[0] for case in REPORTS])
def test_a_report_with_crlf_or_forwarded_in_another_says_the_same(data: bytes) -> None:
    first = read_report(data, KEY)
    assert read_report(data.replace(b"\n", b"\r\n"), KEY) == first or first is None or first.id.startswith("sha256")
    wrapped = b"From: a@example.com\nSubject: Fwd\nContent-Type: multipart/mixed; boundary=w\n\n--w\nContent-Type: message/rfc822\n\n" + data + b"\n--w--\n"
    read_report(wrapped, KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00", b"hello", ORIGINAL.encode(),
        in_words("someone@example.com", "Re: 简报", f"谢谢！\n> Message-ID: {OURS}\n> 550 no such user".encode(), "text/plain; charset=utf-8", "8bit"),
        in_words("someone@example.com", "外出自动回复", f"我不在\n{OURS}".encode(), "text/plain; charset=utf-8", "8bit"),
        in_words("postmaster@mx.example", "Welcome", f"{OURS}".encode(), "text/plain; charset=utf-8", "8bit"),
    ],
)  # fmt: skip
def test_what_is_no_report(data: bytes) -> None:
    assert read_report(data, KEY) is None


@pytest.mark.parametrize("change", [("81.", "82."), ("2026-w47", "2026-w48"), (OURS[-30:], "")])
def test_a_forged_report_is_nobody_s(change: tuple[str, str]) -> None:
    report = read_report(dsn("5.1.1", "550 no such user", returned=ORIGINAL.replace(*change)), KEY)
    assert report is not None
    assert report.message is None
    assert read_report(dsn("5.1.1", "550 x"), b"another key" * 3).message is None  # type: ignore[union-attr]


def test_the_address_that_it_was_sent_to_may_tell_whose_it_was() -> None:
    data = dsn("5.1.1", "550 no such user", returned="Subject: x\n\n").replace(b"To: bounces@", f"To: bounces+{OURS.partition('@')[0]}@".encode())
    assert read_report(data, KEY).message == WHOSE  # type: ignore[union-attr]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([case[1] for case in REPORTS]), st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 60), st.binary(max_size=30)), max_size=6))
def test_broken_reports_never_fail(data: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in cuts:
        data = data[:at] + put + data[at + length :]
    report = read_report(data, KEY)
    assert report is None or (report.message in {None, WHOSE} and len(report.words) <= 300 and 3 <= len(report.id) <= 200)


_PIECES = st.sampled_from([
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", b"Content-Type: message/delivery-status\n", b"Content-Type: message/rfc822\n",
    b"Content-Type: message/feedback-report\n", b"Content-Type: text/html; charset=\xff\n", b"Content-Type: text/plain; charset=idna\n",
    b"Content-Type: text/plain; charset=base64\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n", b"\n", b"--b\n", b"--b--\n", b"From: mailer-daemon\n",
    b"Subject: =?x?b?\xff?=\n", b"Subject: =?utf-8?b?a?= undelivered\n",
    b"Message-ID: \xff\xfe\n", b"Action: failed\n", b"Status: 5.1.1\n", b"Diagnostic-Code: smtp;\n", b"Feedback-Type: abuse\n",
    b" folded\n", b"550 5.1.1 x\n", b"=?gb2312?q?=ff?=", b"Message-ID: <" + OURS.encode() + b">\n",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES | st.binary(max_size=20), max_size=40).map(b"".join))
def test_odd_mail_never_fails(data: bytes) -> None:
    read_report(data, KEY)


def test_a_nest_of_reports_never_fails() -> None:
    for depth in (50, 3_000):
        data = dsn("5.1.1", "550 x")
        data = b"Content-Type: message/rfc822\n\n" * depth + data
        read_report(data, KEY)
        read_report(b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth)) + data, KEY)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    yield database
    database.close()


def report(sort: Sort, reader: int, number: int, name: str = "2026-W47") -> Report:
    return Report(f"<{number}@mx.example>", sort, MessageId(name, reader), "5.1.1", "550 x")


def take(database: Database, found: Report, now: float = NOW) -> str:
    with database.begin() as connection:
        return record(connection, found, KEY, now)


def state(database: Database, reader: int) -> str:
    with database.begin() as connection:
        return str(connection.execute(select(subscriber.c.state).where(subscriber.c.id == reader)).scalar_one())


def count(database: Database, table: Any) -> int:
    with database.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def sent(database: Database, reader: int, name: str, at: float) -> None:
    """A message of an edition, sent."""
    with database.begin() as connection:
        if not connection.execute(select(edition.c.id).where(edition.c.id == name)).first():
            connection.execute(insert(edition).values(id=name, title="x", period="weekly", starts_at=0, ends_at=1, queued_at=0, fingerprint=""))
        number = connection.execute(insert(segment).values(edition_id=name, contents=f"[{reader}]").returning(segment.c.id)).scalar_one()
        row = {"edition_id": name, "subscriber_id": reader, "segment_id": number, "domain": "example.com", "due_at": 0, "state": "sent", "ended_at": at}
        connection.execute(insert(message).values(row))


@pytest.mark.parametrize(("sort", "reason"), [(Sort.HARD, "bounced"), (Sort.COMPLAINT, "complained")])
def test_hard_bounces_and_complaints_strike_off_at_once(database: Database, sort: Sort, reason: str) -> None:
    reader, other = add_reader(database, "a@example.com"), add_reader(database, "b@example.com")
    assert take(database, report(sort, reader, 1)) == sort.value
    assert (state(database, reader), state(database, other)) == ("suppressed", "active")
    with database.begin() as connection:
        assert connection.execute(select(suppression.c.reason)).scalars().all() == [reason]


def test_a_report_counts_once(database: Database) -> None:
    reader = add_reader(database, "a@example.com")
    assert [take(database, report(Sort.SOFT, reader, 1)) for _ in range(5)] == ["soft"] + ["again"] * 4
    assert (count(database, bounce), state(database, reader)) == (1, "active")


def test_what_is_nobody_s_changes_nothing(database: Database) -> None:
    reader = add_reader(database, "a@example.com")
    for found in (report(Sort.HARD, reader + 1, 1), Report("<x@y>", Sort.HARD, None, "5.1.1", "x")):
        assert take(database, found) == "stranger"
    assert [take(database, report(sort, reader, 2)) for sort in (Sort.REFUSAL, Sort.DELAY)] == ["refusal", "delay"]
    assert (count(database, bounce), count(database, suppression), state(database, reader)) == (0, 0, "active")


DAY = 86_400.0


def test_three_editions_in_a_month_that_came_back(database: Database) -> None:
    reader = add_reader(database, "a@example.com")
    for week in range(3):
        assert state(database, reader) == "active"
        name = f"2026-W{40 + week}"
        sent(database, reader, name, NOW + week * 7 * DAY)
        for again in range(3):  # one edition that comes back three times is one
            take(database, report(Sort.SOFT, reader, week * 10 + again, name), NOW + week * 7 * DAY + again + 60)
    assert state(database, reader) == "suppressed"


def test_a_delivery_between_them_forgives(database: Database) -> None:
    reader = add_reader(database, "a@example.com")
    for week in range(5):
        name = f"2026-W{40 + week}"
        sent(database, reader, name, NOW + week * 5 * DAY)
        if week != 2:
            take(database, report(Sort.SOFT, reader, week, name), NOW + week * 5 * DAY + 60)
    assert state(database, reader) == "active"
    sent(database, reader, "2026-W45", NOW + 25 * DAY)
    take(database, report(Sort.SOFT, reader, 9, "2026-W45"), NOW + 25 * DAY + 60)
    assert state(database, reader) == "suppressed"


def test_what_is_long_ago_is_forgotten(database: Database) -> None:
    reader = add_reader(database, "a@example.com")
    for month in range(4):
        take(database, report(Sort.SOFT, reader, month, f"2026-{month + 1:02}"), NOW + month * 20 * DAY)
    assert state(database, reader) == "active"


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [(550, "5.1.1 no such user", "suppressed"), (0, "5.6.7 SMTPUTF8", "active"), (552, "5.3.4 too big", "active"), (550, "no", "active")],
)
def test_a_refusal_while_sending_is_held_to_the_same_rules(database: Database, code: int, words: str, expected: str) -> None:
    reader = add_reader(database, "a@example.com")
    claim = Claim(7, reader, 1, "example.com", 1, 0, "a@example.com", 0)
    with database.begin() as connection:
        refusals("2026-W47", KEY)(connection, claim, Answer(Outcome.PERMANENT, code, words), NOW)
    assert state(database, reader) == expected


def project_with(tmp_path: Path) -> tuple[Path, int, bytes]:
    root = tmp_path / "project"
    root.mkdir()
    key = load_key(root, None)
    database = Database.at(root)
    reader = add_reader(database, "a@example.com")
    database.close()
    return root, reader, key


def publisher(root: Path, *arguments: str, **environ: str) -> str:
    command = [sys.executable, "-m", "publisher", "bounces", "read", "--root", str(root), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin", **environ}, check=False)
    return f"{done.returncode} {done.stdout}{done.stderr}"


def test_the_command_reads_a_maildir(tmp_path: Path) -> None:
    root, reader, key = project_with(tmp_path)
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    ours = message_id("2026-W47", reader, "example.com", key)
    new = tmp_path / "mail" / "new"
    (new / "1.a.host").write_bytes(dsn("5.1.1", "550 no such user", returned=ORIGINAL.replace(OURS, ours)))
    (new / "2.b.host").write_bytes(dsn("5.1.1", "550 no such user"))
    (new / "3.c.host").write_bytes(ORIGINAL.encode())
    said = publisher(root, "--maildir", str(tmp_path / "mail"))
    assert said == "0 1  邮箱不存在，不再寄\n1  退信，但不是我们寄的，没有动\n1  不是退信，没有动\n"
    assert sorted(file.name for file in new.iterdir()) == ["2.b.host", "3.c.host"]
    assert [file.name for file in (tmp_path / "mail" / "cur").iterdir()] == ["1.a.host:2,S"]
    database = Database.at(root)
    assert state(database, reader) == "suppressed"
    database.close()
    assert publisher(root, "--maildir", str(tmp_path / "nowhere")).startswith("3 ")
    assert publisher(root).startswith("2 ")


DOVECOT = """
base_dir = {run}
log_path = {run}/log
state_dir = {run}/state
protocols = imap
ssl = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
passdb {{
  driver = static
  args = password=p
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={mail} mail=maildir:{mail}
}}
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


def test_the_command_reads_a_real_imap_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Dovecot with a configuration of its own."""
    import os
    import tempfile
    import time

    from tests.smtp_server import free_port

    dovecot = shutil.which("dovecot", path="/usr/sbin:/usr/bin")
    if not dovecot or os.geteuid() != 0:
        pytest.skip("dovecot is not installed, or may not be started (Debian: dovecot-imapd, as root)")
    root, reader, key = project_with(tmp_path_factory.mktemp("imap"))
    with tempfile.TemporaryDirectory() as name:  # short, for the sockets in it
        run, mail, port = Path(name), Path(name) / "mail", free_port()
        run.chmod(0o755)
        (run / "run").mkdir()
        for part in ("new", "cur", "tmp", ".&kABP4Q-/new", ".&kABP4Q-/cur", ".&kABP4Q-/tmp"):  # the folder 退信
            (mail / part).mkdir(parents=True)
        ours = message_id("2026-W47", reader, "example.com", key)
        (mail / ".&kABP4Q-" / "new" / "1.a.host").write_bytes(dsn("5.1.1", "550 no such user", returned=ORIGINAL.replace(OURS, ours)))
        (mail / ".&kABP4Q-" / "new" / "2.b.host").write_bytes(ORIGINAL.encode())
        subprocess.run(["chown", "-R", "nobody:nogroup", str(mail)], check=True)
        (run / "dovecot.conf").write_text(DOVECOT.format(run=run / "run", mail=mail, port=port, user="nobody", group="nogroup"))
        server = subprocess.Popen([dovecot, "-F", "-c", str(run / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            url = f"imap://u%40example.com@127.0.0.1:{port}/退信"
            end = time.monotonic() + 20
            while (said := publisher(root, "--imap", url, PUBLISHER_IMAP_PASSWORD="p")).startswith("3 ") and "refused" in said and time.monotonic() < end:
                time.sleep(0.1)
            assert said == "0 1  邮箱不存在，不再寄\n1  不是退信，没有动\n", (run / "run" / "log").read_text() if (run / "run" / "log").exists() else ""
            assert publisher(root, PUBLISHER_BOUNCES_URL=url, PUBLISHER_IMAP_PASSWORD="p") == "0 1  不是退信，没有动\n"
            assert publisher(root, "--imap", url, PUBLISHER_IMAP_PASSWORD="p", LANG="C").startswith("0 ")
        finally:
            server.terminate()
            server.communicate(timeout=10)


@pytest.mark.parametrize("url", ["imap://u:p@mail.example.com/", "imaps://mail.example.com", "http://x", "imaps://[x", "imaps://u@mail.example.com"])
def test_a_mailbox_is_not_opened_in_the_clear(tmp_path: Path, url: str) -> None:
    assert "imaps://用户:密码@主机" in publisher(tmp_path, "--imap", url)
