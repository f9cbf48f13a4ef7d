"""``publisher listings remind|apply``: ask listers before their listings end, and write what they answered into the files, for an editor to commit."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.cli.options import add_common, time_of
from publisher.cli.problems import print_problems
from publisher.cli.surroundings import now_of, open_database, open_transport, signer_of
from publisher.clock import SHANGHAI
from publisher.content.amend import AmendError, amend
from publisher.content.library import read_file
from publisher.content.model.kinds import Listing
from publisher.delivery.address import AddressError, masked, normalise
from publisher.delivery.database import Database
from publisher.delivery.renewals import (
    ANSWERS,
    Due,
    amendments,
    answers_to_apply,
    asked_already,
    claim,
    due_listings,
    note_applied,
    settle,
    write_reminder,
)
from publisher.delivery.transport import Outcome, Session
from publisher.disk import put_whole
from publisher.engine.prepare import Prepared, prepare
from publisher.failure import PublisherError
from publisher.problems import has_errors


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="remind|apply")
    remind = actions.add_parser("remind", help="到期前 14 天和 3 天各问发布者一次", description="到期前 14 天和 3 天各问发布者一次；没有邮箱的，列出来打电话")
    write = actions.add_parser("apply", help="把发布者的答复写回供需文件", description="把发布者的答复写回供需文件，只改有关的几行；改完由编辑核对、提交")
    for action, run in ((remind, _remind), (write, _apply)):
        add_common(action, formats=False)
        action.add_argument("--dry-run", action="store_true", help="只说要做什么，不做")
        action.set_defaults(run=_run, step=run, format="text")


def _run(options: argparse.Namespace) -> int:
    prepared = prepare(options.root, time_of(options))
    if has_errors(prepared.problems):
        print_problems([problem for problem in prepared.problems if problem.is_error], "text", options.lang)
        return 1
    database = open_database(options.root)
    try:
        return int(options.step(options, prepared, database))
    finally:
        database.close()


def _tell(options: argparse.Namespace, zh: str, en: str) -> None:
    print(zh if options.lang == "zh" else en)


def _remind(options: argparse.Namespace, prepared: Prepared, database: Database) -> int:
    """Ask everybody whose time has come and who was not asked yet; 1 when a mail was refused."""
    code, session = 0, None
    try:
        for one in due_listings(prepared.library, prepared.settings, prepared.as_of):
            address = _address_of(one)
            name = f"{one.entry.id}（{one.entry.title}）"
            if not address:
                phone = one.phone or "没有登记电话"
                _tell(
                    options, f"要打电话：{name}，{one.enterprise}，{phone}", f"to be telephoned: {one.entry.id}, {one.enterprise}, {one.phone or 'no number'}"
                )
                continue
            with database.begin() as connection:
                row = asked_already(connection, one)
            if row is not None:
                if row.sent_at is None:
                    _tell(options, f"不知道寄出没有，不再寄：{name}", f"may have been sent, not sent again: {one.entry.id}")
                continue
            if options.dry_run:
                _tell(options, f"要寄：{name}，{masked(address)}，到期前{one.days}天", f"to be sent: {one.entry.id}, {masked(address)}, {one.days} days before")
                continue
            session = session or _open_session()
            code = max(code, _send(options, prepared, database, session, one._replace(address=address)))
    finally:
        if session is not None:
            session.close()
    return code


def _address_of(one: Due) -> str:
    try:
        return normalise(one.address) if one.address else ""
    except AddressError:
        return ""


def _open_session() -> Session:
    transport = open_transport()
    if transport is None:
        raise PublisherError("没有设环境变量 PUBLISHER_SMTP_URL，提醒寄不出去", "PUBLISHER_SMTP_URL is not set: no reminder could leave")
    return transport.open()


def _send(options: argparse.Namespace, prepared: Prepared, database: Database, session: Session, one: Due) -> int:
    """Claim, send, settle; a reminder that was refused is let go, and tried again by the next run."""
    now = now_of(options)
    with database.begin() as connection:
        number = claim(connection, one, now)
    if number is None:  # another process was quicker
        return 0
    data = write_reminder(one, number, prepared.settings, signer_of(options.root), datetime.fromtimestamp(now, SHANGHAI))
    answer = session.send(prepared.settings.mail.sender, one.address, data)
    is_sent = answer.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN)
    with database.begin() as connection:
        settle(connection, number, now, is_sent=is_sent)
    words = ("已寄", "sent") if is_sent else (f"没寄出（{answer.code} {answer.words}）", f"refused ({answer.code} {answer.words})")
    _tell(options, f"{words[0]}：{one.entry.id}（{one.entry.title}），{masked(one.address)}", f"{words[1]}: {one.entry.id}, {masked(one.address)}")
    return 0 if is_sent else 1


def _apply(options: argparse.Namespace, prepared: Prepared, database: Database) -> int:
    """Change the files of answered listings; 1 when one must be changed by hand."""
    code, done = 0, []
    with database.begin() as connection:
        rows = answers_to_apply(connection)
    for row in rows:
        entry = prepared.library.by_id.get(row.listing_id)
        if entry is None or not isinstance(entry.data, Listing):
            _tell(options, f"没有这条供需了：{row.listing_id}（{row.title}）", f"there is no such listing any more: {row.listing_id}")
            done.append(row.listing_id)
            continue
        try:
            text = _amended(options.root, entry.path, dict(amendments(row, prepared.settings)), prepared)
        except AmendError as error:
            _tell(options, f"{entry.path}：{error}；答复是“{ANSWERS[row.answer]}”", f"{entry.path}: change it by hand, the answer is {row.answer}")
            code = 1
            continue
        if not options.dry_run:
            put_whole(options.root / entry.path, text.encode())
            done.append(row.listing_id)
        verb = ("要改", "to be changed") if options.dry_run else ("已改", "changed")
        _tell(options, f"{verb[0]}：{entry.path}，{ANSWERS[row.answer]}", f"{verb[1]}: {entry.path}, {row.answer}")
    if done:
        with database.begin() as connection:
            note_applied(connection, done, now_of(options))
    if not rows:
        _tell(options, "没有新的答复", "no new answers")
    return code


def _amended(root: Path, path: str, values: dict[str, str], prepared: Prepared) -> str:
    """The file with what was answered; raises `AmendError` when the result would not read as a listing."""
    try:
        text = (root / path).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AmendError(f"读不了：{error}") from error
    changed = amend(text, Listing, values, below="expires")
    with TemporaryDirectory() as folder:
        draft = Path(folder) / Path(path).name
        draft.write_bytes(changed.encode())
        found = read_file(path, draft, prepared.settings.content)
    if found.thing is None or any(problem.is_error for problem in found.problems):
        raise AmendError("改完读不成一条供需，请手工改")
    return changed
