"""``publisher digest send|status|explain``: deliver an edition, tell how far it is, tell why a reader gets it or not."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from publisher.cli.options import add_common, say, time_of
from publisher.cli.problems import print_problems
from publisher.cli.surroundings import dkim_of
from publisher.clock import SHANGHAI
from publisher.failure import PublisherError
from publisher.problems import has_errors

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.content.library import Edition
    from publisher.delivery.database import Database
    from publisher.delivery.outbox import Queued
    from publisher.delivery.press import Press
    from publisher.delivery.segments import Issue, Selection
    from publisher.delivery.sender import Plan, Sender, Summary
    from publisher.delivery.token import Signer
    from publisher.engine.prepare import Prepared
    from publisher.engine.worker import Worker

#: Days after the end of a period at which an edition is news no more.
_LATE_DAYS = {"daily": 1, "weekly": 7, "monthly": 31}
#: Days after which a message is not tried again.
_TRY_DAYS = 5
#: Seconds that a run waits for messages that are to be tried again soon.
_LINGERS = 300.0
_STATES = {"sent": "已送出", "pending": "待送", "claimed": "正在送", "retried": "稍后再试", "failed": "被拒收", "unknown": "去向不明", "skipped": "不再需要"}


def configure(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    send = actions.add_parser("send", help="把一期简报送给订阅者", description="把一期简报送给订阅者")
    status = actions.add_parser("status", help="看一期简报送到哪里了", description="看一期简报送到哪里了")
    explain = actions.add_parser("explain", help="说明某个地址为什么收到或收不到", description="说明某个地址为什么收到或收不到")
    for action in (send, status, explain):
        add_common(action, formats=False)
        action.add_argument("edition", metavar="EDITION", help="如 2026-W47、2026-11、2026-11-22")
    explain.add_argument("address", metavar="ADDRESS", help="订阅者的邮箱地址")
    send.add_argument("--dry-run", action="store_true", help="只说会送给多少人，什么也不送")
    send.add_argument("--only", metavar="ADDRESS", help="只送给这一个订阅者")
    send.add_argument("--limit", type=_count, default=None, metavar="N", help="这次最多送 N 封")
    send.add_argument("--workers", type=_count, default=None, metavar="N", help="同时用几个连接，默认看发信档案")
    send.add_argument("--rate", type=_rate, default=None, metavar="N/s", help="每秒最多送几封，如 5/s")
    send.add_argument("--force", action="store_true", help="早已过期的一期也送")
    send.set_defaults(run=run_send, format="text")
    status.set_defaults(run=run_status, format="text")
    explain.set_defaults(run=run_explain, format="text")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"要写正整数 / not a positive number: {text}")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text.removesuffix("/s"))
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 100_000:
        raise argparse.ArgumentTypeError(f"要写成 5/s 这样 / not a rate: {text}")
    return rate


def open_database(root: Path) -> Database:
    """The subscribers' database: ``PUBLISHER_DATABASE_URL``, else a file in ``var/``."""
    from publisher.delivery.database import Database

    return Database.at(root, os.environ.get("PUBLISHER_DATABASE_URL"), pool_size=16)


def _prepare(options: argparse.Namespace) -> tuple[Prepared, Edition] | int:
    """The checked content and the edition as its file says, or an exit code."""
    from publisher.engine.prepare import prepare

    say("正在检查内容……")
    prepared = prepare(options.root, time_of(options))
    if has_errors(prepared.problems):
        print_problems(prepared.problems, "text", options.lang)
        return 1
    edition = next((edition for edition in prepared.library.editions if edition.id == options.edition), None)
    if edition is None:
        zh, en = (
            f"没有简报 {options.edition}：先运行 publisher digest plan {options.edition}，看过后提交。",
            f"there is no edition {options.edition}; plan it first",
        )
        print(zh if options.lang == "zh" else en)
        return 1
    return prepared, edition


class _Job(NamedTuple):
    """What a delivery works with."""

    options: argparse.Namespace
    content: Prepared
    edition: Edition
    issue: Issue
    database: Database
    now: datetime

    def enqueue(self, connection: Connection) -> Queued:
        """Queue the edition."""
        from publisher.delivery import outbox

        # A weekly edition is due from its end on, so many days later as the reader chose; the others at once.
        due_at = self.edition.data.end if self.issue.period == "weekly" else self.now
        return outbox.enqueue(connection, self.issue, self.now.timestamp(), due_at.timestamp(), canonical=self.worker.taxonomy.canonical)

    @property
    def worker(self) -> Worker:
        worker = self.content.worker
        assert worker is not None
        return worker


def run_send(options: argparse.Namespace) -> int:
    """Queue the edition if it is not yet, then send until nothing is due. 0 when all is well, 1 when it is not to be sent."""
    prepared = _prepare(options)
    if isinstance(prepared, int):
        return prepared
    content, edition = prepared
    now = time_of(options)
    late = (now - edition.data.end).total_seconds() / 86_400
    if late < 0:
        print(f"{edition.id} 到 {edition.data.end.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 才结束，还不能送。")
        return 1
    if late > _LATE_DAYS[edition.data.period.value] and not options.force:
        print(f"{edition.id} 在 {late:.0f} 天前就结束了，现在送已经不新鲜；确定要送请加 --force。")
        return 1
    from publisher.delivery.press import plan_issue

    assert content.worker is not None
    issue = plan_issue(content.worker.viewer, edition)
    database = open_database(options.root)
    try:
        job = _Job(options, content, edition, issue, database, now)
        return _dry_run(job) if options.dry_run else _send(job)
    finally:
        database.close()


class _Undone(Exception):  # noqa: N818  # a way out of a transaction
    """What was tried is to leave no trace."""


def _dry_run(job: _Job) -> int:
    try:
        with job.database.begin() as connection:
            queued = job.enqueue(connection)
            raise _Undone
    except _Undone:
        pass
    if not queued.is_new:
        print(f"{job.issue.id} 已经排过队，共 {queued.messages} 封；看进度用 publisher digest status {job.issue.id}。")
        return 0
    print(f"{job.issue.id}《{job.issue.title}》：会送 {queued.messages} 封，内容分 {queued.segments} 种；{queued.passed_over} 人这期没有适合的内容。")
    print("只是试算，什么也没有送。")
    return 0


def _send(job: _Job) -> int:
    from publisher.delivery.pace import Pace, profile_for
    from publisher.delivery.roster import Roster
    from publisher.delivery.sender import Sender
    from publisher.delivery.token import Signer, load_key
    from publisher.delivery.transport.opening import open_transport

    url = os.environ.get("PUBLISHER_SMTP_URL", "")
    if not url:
        zh = "没有设置从哪里发信：环境变量 PUBLISHER_SMTP_URL，如 smtps://用户:密码@smtp.example.com；试送可以写 maildir:var/mail"
        raise PublisherError(zh, "set PUBLISHER_SMTP_URL, such as smtps://USER:PASSWORD@smtp.example.com, or maildir:var/mail for a trial")
    transport = open_transport(url, os.environ)
    profile = profile_for(urlsplit(url).hostname or "", os.environ.get("PUBLISHER_MAIL_PROFILE"))
    goes_out = "smtp" in url.partition(":")[0]  # what is kept in a folder may come as fast as it likes
    signer = Signer(load_key(job.options.root, os.environ.get("PUBLISHER_SECRET")))
    only = _reader(job.database, job.options.only) if job.options.only else None
    with job.database.begin() as connection:
        queued = job.enqueue(connection)
    if queued.is_new:
        print(f"{job.issue.id}《{job.issue.title}》：排好 {queued.messages} 封，内容分 {queued.segments} 种；{queued.passed_over} 人这期没有适合的内容。")
    plan = _plan(job, signer, only)._replace(connections=job.options.workers or profile.connections, per_connection=profile.per_connection)
    roster = Roster(job.options.root / "var" / "workers")
    sender = Sender(job.database, transport, plan, roster, pace=Pace(profile) if goes_out else None, clock=_clock(job.now))
    summary = _run(sender, queued.messages)
    print(format_summary(job.issue.id, summary))
    return 0


def _clock(now: datetime) -> Callable[[], float]:
    """The time, as if it were ``now``."""
    ahead = now.timestamp() - time.time()
    return lambda: time.time() + ahead


def _reader(database: Database, address: str) -> int:
    """The active subscriber with an address."""
    from sqlalchemy import select

    from publisher.delivery.address import AddressError, normalise
    from publisher.delivery.schema import subscriber

    try:
        wanted = normalise(address)
    except AddressError:
        wanted = ""
    with database.begin() as connection:
        number = connection.execute(select(subscriber.c.id).where(subscriber.c.address == wanted, subscriber.c.state == "active")).scalar()
    if number is None:
        raise PublisherError(f"没有这个订阅者：{address}", f"no such subscriber: {address}")
    return int(number)


def _press(job: _Job, signer: Signer) -> Press:
    from publisher.delivery import outbox
    from publisher.delivery.press import Press
    from publisher.site.render import Renderer

    def load(segment_id: int) -> Selection:
        with job.database.begin() as connection:
            return outbox.load_segments(connection, [segment_id])[segment_id]

    renderer = Renderer(job.content.settings.templates, None, "")
    return Press(job.worker.viewer, renderer, job.edition, signer=signer, load=load, now=job.now)


def _plan(job: _Job, signer: Signer, only: int | None) -> Plan:
    from publisher.delivery.bounces import refusals
    from publisher.delivery.sender import Plan

    sender, compose = job.content.settings.mail.sender, _press(job, signer).compose
    signed = dkim_of(sender)
    options = job.options
    return Plan(
        job.edition.id,
        sender,
        (lambda claim: signed(compose(claim))) if signed else compose,
        give_up_at=max(job.edition.data.end.timestamp(), job.now.timestamp()) + _TRY_DAYS * 86_400,
        rejected=refusals(job.edition.id, signer.key),
        rate=options.rate,
        limit=options.limit,
        only=only,
        lingers=_LINGERS,
    )


def _run(sender: Sender, total: int) -> Summary:
    """Send; Ctrl-C and SIGTERM end it in good order."""
    shows = sys.stderr.isatty()

    def stop(_number: int, _frame: FrameType | None) -> None:
        say("正在停下：手上的几封送完就好……")
        sender.stop()

    def progress(states: Counter[str]) -> None:
        if shows:
            print(f"\r已送出 {states['sent']} / {total}，稍后再试 {states['retried']}，被拒收 {states['failed']}", end="", file=sys.stderr, flush=True)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return sender.run(progress)
    finally:
        if shows:
            print(file=sys.stderr)
        for number, handler in before.items():
            signal.signal(number, handler)


def format_summary(edition_id: str, summary: Summary) -> str:
    """What this run did, and how to go on."""
    did = "，".join(f"{_STATES[state]} {count} 封" for state, count in summary.states.items() if count) or "没有要送的"
    lines = [f"{edition_id}：{did}。"]
    if summary.waiting:
        due = f"，最早 {datetime.fromtimestamp(summary.next_due, SHANGHAI):%m-%d %H:%M}" if summary.next_due else ""
        lines.append(f"还有 {summary.waiting} 封待送{due}；接着送：publisher digest send {edition_id}")
    return "\n".join(lines)


def run_status(options: argparse.Namespace) -> int:
    """How far an edition is: a bar, counts, the rate, what remains."""
    from publisher.delivery import outbox

    database = open_database(options.root)
    try:
        with database.begin() as connection:
            found = outbox.progress(connection, options.edition, time_of(options).timestamp())
    finally:
        database.close()
    total = sum(found.states.values())
    if not total:
        print(f"{options.edition} 还没有排队，或者没有人要收。")
        return 0
    done = total - found.still_open - found.states.get("claimed", 0)
    filled = round(done / total * 30)
    print(f"{options.edition} [{'█' * filled}{'░' * (30 - filled)}] {done} / {total}（{done / total:.0%}）")
    print("  " + "，".join(f"{words} {found.states[state]}" for state, words in _STATES.items() if found.states.get(state)))
    if found.last_minute and found.still_open:
        print(f"  最近一分钟送出 {found.last_minute} 封，照这样还要 {found.still_open / found.last_minute:.0f} 分钟")
    if found.next_due and found.still_open:
        print(f"  下一封最早 {datetime.fromtimestamp(found.next_due, SHANGHAI):%Y-%m-%d %H:%M}；接着送：publisher digest send {options.edition}")
    return 0


def run_explain(options: argparse.Namespace) -> int:
    """Why a reader gets an edition or not, and which items."""
    prepared = _prepare(options)
    if isinstance(prepared, int):
        return prepared
    content, edition = prepared
    from publisher.cli.explain import explain
    from publisher.delivery.press import plan_issue

    assert content.worker is not None
    titles = {entry.id: entry.title for entry in content.library.entries}
    database = open_database(options.root)
    try:
        issue = plan_issue(content.worker.viewer, edition)
        print("\n".join(explain(database, issue, options.address, content.worker.taxonomy.canonical, titles)))
    finally:
        database.close()
    return 0
