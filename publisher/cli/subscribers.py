"""``publisher subscribers …``: look at, add, import, export, remove and purge readers of the newsletter. Addresses are masked unless asked for in full."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from publisher.cli.options import UsageError, add_common
from publisher.cli.surroundings import now_of, open_database, open_transport, settings_of, signer_of, tag_reader, taxonomy_of
from publisher.delivery import retention, spreadsheet
from publisher.delivery.address import AddressError, masked, normalise
from publisher.delivery.choice import FREQUENCIES, Choice, ChoiceError, choice_of, read_choice
from publisher.delivery.database import Database
from publisher.delivery.letters import Courier
from publisher.delivery.schema import SUBSCRIBER_STATES
from publisher.delivery.subscribers import Origin, adopt, ask, find, forget, withdraw
from publisher.delivery.suppression import suppress
from publisher.disk import put_whole
from publisher.problems import PublisherError

_ACTIONS = {
    "list": "列出订阅者",
    "add": "登记一个邮箱，寄确认邮件",
    "import": "从 CSV 导入，寄确认邮件",
    "export": "导出 CSV",
    "remove": "删除一个人的全部数据",
    "show": "列出所存的一个人的全部数据（JSON）",
    "purge": "删掉过了保存期的数据",
    "tidy": "把改名的标签写回订阅者的选择",
    "mail": "处理收到的登记，寄出在等的确认邮件",
}
#: What became of a row, in Chinese and English.
_OUTCOMES = {
    "asked": ("要寄确认邮件", "to be asked"),
    "confirmed": ("已订阅", "subscribed"),
    "known": ("早就订了，没有动", "subscribed already"),
    "waiting": ("刚寄过确认邮件，没有再寄", "asked a short time ago"),
    "suppressed": ("退订过或不能寄，没有动", "not written to any more"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    made = {name: actions.add_parser(name, help=words, description=words) for name, words in _ACTIONS.items()}
    for action in made.values():
        add_common(action, formats=False)
    for name in ("list", "show", "export"):
        made[name].add_argument("--full", action="store_true", help="邮箱不打码")
    for name in ("list", "export"):
        made[name].add_argument("--state", choices=SUBSCRIBER_STATES, help="只要这种状态的")
    made["list"].add_argument("--domain", metavar="NAME", help="只要这个邮箱域名的，如 qq.com")
    made["export"].add_argument("--out", type=Path, required=True, metavar="FILE", help="写到哪个文件")
    for name in ("add", "remove", "show"):
        made[name].add_argument("address", metavar="ADDRESS", help="邮箱地址")
    for name in ("add", "import"):
        made[name].add_argument("--origin", required=True, metavar="TEXT", help="同意从何而来，如 “2026-11-20 座谈会签到表”，会记下来")
        made[name].add_argument("--confirmed", metavar="REASON", help="同意另有凭据、不用再问时，写明凭据在哪里")
    made["import"].add_argument("file", type=Path, metavar="FILE", help="CSV 文件，UTF-8")
    for name, words in (
        ("kind", "栏目"),
        ("tag", "主题"),
        ("industry", "行业代码或名称"),
        ("district", "地区代码或名称"),
        ("enterprise", "企业编号，寄它的供需的对接"),
    ):
        made["add"].add_argument(f"--{name}", action="append", default=[], metavar="VALUE", help=f"{words}，可以写几次")
    made["add"].add_argument("--frequency", choices=tuple(FREQUENCIES), default="weekly", help="多久一次")
    made["add"].add_argument("--weekday", choices=tuple("1234567"), default="1", help="每周的，星期几")
    remove = made["remove"].add_mutually_exclusive_group()
    remove.add_argument("--withdraw", action="store_true", help="只退订，数据留到保存期满")
    remove.add_argument("--never", action="store_true", help="删除，并且以后谁来登记都不再寄")
    for name, action in made.items():
        action.set_defaults(run=_run, step=globals()[f"_{name}"], format="text", action=name)


def _run(options: argparse.Namespace) -> int:
    database = open_database(options.root)
    try:
        return int(options.step(options, database))
    finally:
        database.close()


def _tell(options: argparse.Namespace, zh: str, en: str) -> None:
    print(zh if options.lang == "zh" else en)


def _address(options: argparse.Namespace) -> str:
    try:
        return normalise(options.address)
    except AddressError as error:
        raise UsageError(f"邮箱写得不对 / not a mail address: {masked(options.address)}") from error


def _list(options: argparse.Namespace, database: Database) -> int:
    with database.begin() as connection:
        counts = retention.count_states(connection)
        for row in connection.execute(retention.matching(options.state, options.domain)).yield_per(1_000):
            choice = "；".join(f"{name}：{words}" for name, words in choice_of(row).described())
            print(f"{row.id}\t{row.address if options.full else masked(row.address)}\t{row.state}\t{choice}")
    numbers = [counts.get(name, 0) for name in ("active", "asked", "withdrawn", "suppressed", "suppressions")]
    zh = "已订阅 {}，等待确认 {}，已退订 {}，停止寄信 {}；停寄名单 {}"
    _tell(options, zh.format(*numbers), "active {}, asked {}, withdrawn {}, suppressed {}; suppressions {}".format(*numbers))
    return 0


def _add(options: argparse.Namespace, database: Database) -> int:
    address = _address(options)
    values = {"kinds": options.kind, "tags": options.tag, "industries": options.industry, "districts": options.district, "enterprises": options.enterprise}
    try:
        written = values | {"frequency": [options.frequency], "weekday": [options.weekday]}
        choice = read_choice(written, tag_reader(taxonomy_of(options.root)))
    except ChoiceError as error:
        raise UsageError(f"没有这一项 / no such {error.field}: {error.value}") from error
    outcome = _step(options, database, address, choice)
    _tell(options, f"{masked(address)}：{_OUTCOMES[outcome][0]}", f"{masked(address)}: {_OUTCOMES[outcome][1]}")
    return _mail(options, database) if outcome == "asked" else 0


def _step(options: argparse.Namespace, database: Database, address: str, choice: Choice) -> str:
    key, now = signer_of(options.root).key, now_of(options)
    with database.begin() as connection:
        if options.confirmed:
            return adopt(connection, address, choice, Origin("command", f"{options.origin}；{options.confirmed}"), key=key, now=now)
        return ask(connection, address, choice, Origin("command", options.origin), key=key, now=now)


def _import(options: argparse.Namespace, database: Database) -> int:
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise PublisherError(f"读不了 {options.file}：{error.strerror}", f"cannot read {options.file}: {error.strerror}") from error
    wording = f"{options.origin}；{options.confirmed}" if options.confirmed else options.origin
    key, now = signer_of(options.root).key, now_of(options)
    try:
        rows = list(spreadsheet.read_csv(data, tag_reader(taxonomy_of(options.root))))
    except spreadsheet.SpreadsheetError as error:
        _tell(options, f"{options.file}：{error.zh}", f"{options.file}: {error.en}")
        return 1
    with database.begin() as connection:
        done = spreadsheet.import_csv(connection, rows, Origin("import", wording), is_confirmed=bool(options.confirmed), key=key, now=now)
    for fault in done.faults:
        _tell(options, f"{options.file}:{fault.line}: {fault.zh}", f"{options.file}:{fault.line}: {fault.en}")
    for outcome, count in sorted(done.counts.items()):
        _tell(options, f"{_OUTCOMES[outcome][0]}：{count}", f"{_OUTCOMES[outcome][1]}: {count}")
    _tell(options, f"写得不对的行：{len(done.faults)}", f"bad rows: {len(done.faults)}")
    code = _mail(options, database) if done.counts.get("asked") else 0
    return 1 if done.faults else code


def _export(options: argparse.Namespace, database: Database) -> int:
    with database.begin() as connection:
        rows = connection.execute(retention.matching(options.state)).all()
    data = spreadsheet.export_csv(rows, (lambda address: address) if options.full else masked)
    put_whole(options.out, data, is_private=True)  # it is a list of people
    note = ("", "") if options.full else ("（邮箱打了码，要全的加 --full）", " (masked; add --full for whole addresses)")
    _tell(options, f"{options.out}：{len(rows)} 人{note[0]}", f"{options.out}: {len(rows)} readers{note[1]}")
    return 0


def _remove(options: argparse.Namespace, database: Database) -> int:
    address, key, now = _address(options), signer_of(options.root).key, now_of(options)
    with database.begin() as connection:
        row = find(connection, address)
        if options.withdraw:
            is_done = row is not None and withdraw(connection, row.id, Origin("command", "代为退订"), key=key, now=now)
        else:
            if options.never:
                suppress(connection, address, key, reason="ordered", now=now)
            is_done = forget(connection, address, key=key, now=now) or options.never
    if not is_done:
        _tell(options, f"没有 {masked(address)} 的数据", f"nothing is held of {masked(address)}")
        return 1
    verb = ("已退订", "unsubscribed") if options.withdraw else ("已删除，停寄名单里留着一个不能还原的摘要", "deleted, but for a digest of the address")
    _tell(options, f"{masked(address)}：{verb[0]}", f"{masked(address)}: {verb[1]}")
    return 0


def _show(options: argparse.Namespace, database: Database) -> int:
    address = _address(options)
    with database.begin() as connection:
        found = retention.held(connection, address, signer_of(options.root).key)
    if not found:
        _tell(options, f"没有 {masked(address)} 的数据", f"nothing is held of {masked(address)}")
        return 1
    text = json.dumps(found, ensure_ascii=False, indent=2)
    print(text if options.full else text.replace(json.dumps(address, ensure_ascii=False), json.dumps(masked(address), ensure_ascii=False)))
    return 0


def _purge(options: argparse.Namespace, database: Database) -> int:
    settings = settings_of(options)
    if settings is None:
        return 1
    days = settings.retention_days
    with database.begin() as connection:
        gone = retention.purge(connection, unconfirmed_days=days.unconfirmed, withdrawn_days=days.withdrawn, now=now_of(options))
    zh = "删除：没有确认的 {asked}，退订和停寄的 {withdrawn}，没处理的登记 {request}，确认邮件的记录 {notice}，网络的记录 {allowance}，来信的记录 {heard}"
    en = "deleted: {asked} unconfirmed, {withdrawn} withdrawn, {request} requests, {notice} notices, {allowance} allowances, {heard} letters"
    _tell(options, zh.format(**gone), en.format(**gone))
    return 0


def _tidy(options: argparse.Namespace, database: Database) -> int:
    with database.begin() as connection:
        moved = retention.tidy(connection, taxonomy_of(options.root).canonical)
    _tell(options, f"{moved} 人的主题改成了现在的名字", f"{moved} readers' tags have their names of today")
    return 0


def _mail(options: argparse.Namespace, database: Database) -> int:
    settings = settings_of(options)
    if settings is None:
        return 1
    transport = open_transport()
    if transport is None:
        words = "确认邮件在等：设好 PUBLISHER_SMTP_URL 后，由订阅服务寄出，或运行 publisher subscribers mail"
        _tell(options, words, "confirmation mails wait: set PUBLISHER_SMTP_URL, then the service or `publisher subscribers mail` sends them")
        return 0
    courier = Courier(database, transport, settings, signer_of(options.root))
    courier.take_requests(now_of(options))
    done = courier.post(now_of(options), limit=sys.maxsize)
    zh = f"确认邮件：寄出 {done.sent}，稍后再寄 {done.put_off}，寄不出 {done.given_up}"
    _tell(options, zh, f"confirmation mails: {done.sent} sent, {done.put_off} put off, {done.given_up} given up")
    return 0
