"""``publisher liaison check|report|score|remind|publish``: the officers' records checked, summed up, scored, brought to mind, and told in sums."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from publisher.cli.options import UsageError, add_common, time_of
from publisher.cli.problems import print_problems, problems_json
from publisher.cli.surroundings import open_transport, settings_of
from publisher.disk import put_whole
from publisher.liaison.months import Month
from publisher.liaison.notices import Notice, to_calendar, to_mail, to_text
from publisher.liaison.places import public_place
from publisher.liaison.scope import Scope
from publisher.liaison.writers.choice import FORMATS, writer_of
from publisher.problems import has_errors
from publisher.problems.order import sort_problems
from publisher.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|report|score|remind|publish")
    check = actions.add_parser("check", help="检查 content/liaison/ 里的每一处问题", description="检查亲商助企的记录")
    add_common(check)
    check.add_argument("--strict", action="store_true", help="提醒也算错误")
    check.set_defaults(run=run_check)
    report = actions.add_parser("report", help="出月报或简报", description="由记录出一个月的月报；每个数都能找到出处")
    report.add_argument("--brief", action="store_true", help="只要概况、超期、共性问题和全年进度")
    score = actions.add_parser("score", help="按规则评分，每一分都有出处", description="按 content/liaison/rules/ 里的规则评分")
    for action, run in ((report, run_report), (score, run_score)):
        add_common(action, formats=False)
        action.add_argument("--month", type=_month, default=None, metavar="MONTH", help="如 2026-10，默认上个月")
        action.add_argument("--unit", default="", metavar="UNIT", help="只看这个单位的干部")
        action.add_argument("--format", choices=tuple(FORMATS), default="html", help="文件格式，默认 html")
        action.add_argument("--out", type=Path, default=None, metavar="FILE", help="写到哪里，默认 var/liaison/；- 是打印出来")
        action.set_defaults(run=run)
    remind = actions.add_parser("remind", help="提醒谁该做什么", description="服务次数不够、月报、问题、办件、承诺到期")
    add_common(remind, formats=False)
    remind.add_argument("--format", choices=("text", "mail", "ics"), default="text", help="打印文字；每人一封邮件；日历文件")
    remind.add_argument("--out", type=Path, default=None, metavar="PATH", help="邮件放到哪个文件夹、日历写到哪个文件，默认 var/liaison/ 里")
    remind.add_argument("--send", action="store_true", help="邮件从 PUBLISHER_SMTP_URL 发出去，不放进文件夹")
    remind.set_defaults(run=run_remind)
    publish = actions.add_parser("publish", help="拟一份可以公布的合计，写到 content/services/", description="由记录算出一个月可以公布的合计，编辑看过再提交")
    add_common(publish, formats=False)
    publish.add_argument("--month", type=_month, default=None, metavar="MONTH", help="如 2026-10，默认上个月")
    publish.add_argument("--replace", action="store_true", help="已有这个月的文件时重新算（原文件会被覆盖）")
    publish.set_defaults(run=run_publish, out=None, unit="")


def _month(text: str) -> Month:
    month = Month.parse(text)
    if month is None:
        raise argparse.ArgumentTypeError(f"月份要写成 2026-10 / not a month: {text}")
    return month


def run_check(options: argparse.Namespace) -> int:
    """Check the records alone, print, and give 1 when there is an error."""
    from publisher.liaison.checks import check_liaison

    settings = settings_of(options)
    if settings is None:
        return 1
    problems = check_liaison(options.root, settings.liaison, time_of(options).date())
    if options.format == "json":
        print(json.dumps(problems_json(problems), ensure_ascii=False, indent=2))
    else:
        print_problems(problems, options.format, options.lang)
    return 1 if has_errors(problems, strict=options.strict) else 0


def run_report(options: argparse.Namespace) -> int:
    """Write the report of a month."""
    from publisher.liaison.figures import plan_report

    scope = _scope(options)
    if isinstance(scope, int):
        return scope
    name = "简报" if options.brief else "月报"
    return _write(options, name, scope, writer_of(options.format)(plan_report(scope, is_brief=options.brief)))


def run_score(options: argparse.Namespace) -> int:
    """Write the scores of a month; without rules, or with a rule that the law forbids, there are none."""
    from publisher.liaison.score import ForbiddenRuleError, book_of, plan_score

    scope = _scope(options)
    if isinstance(scope, int):
        return scope
    book = book_of(scope.register.books, scope.month)
    if book is None:
        raise UsageError("content/liaison/rules/ 里没有这一年的规则 / no rules of scoring")
    try:
        report = plan_score(scope, book)
    except ForbiddenRuleError as error:
        print(error, file=sys.stderr)
        return 1
    return _write(options, "评分", scope, writer_of(options.format)(report))


def run_publish(options: argparse.Namespace) -> int:
    """Propose the sums of a month as a file; one that is there is an editor's, and stays unless told otherwise."""
    from publisher.liaison.sums import plan_sums, render_sums_file

    moment = time_of(options)
    month = options.month or Month.of(moment.date()).plus(-1)
    if month.last >= moment.date():
        raise UsageError(f"{month} 还没有过完，合计要等月底以后再公布 / {month} is not over")
    path = options.root / "content" / "services" / f"{month}.yml"
    if path.exists() and not options.replace:
        print(f"{path} 已经有了，没有改动。要重新算请加 --replace。")
        return 1
    scope = _scope(options)
    if isinstance(scope, int):
        return scope
    tally = plan_sums(scope, moment)
    if tally is None:
        print(f"{month} 的服务记录太少，公布合计会看出是谁家，没有拟。")
        return 0
    put_whole(path, render_sums_file(tally).encode())
    print(f"已拟好 {path}。里面只有合计；请看过再提交，网站下次生成就有。")
    return 0


def _scope(options: argparse.Namespace) -> Scope | int:
    """The month asked for with its records, or an exit code: records with errors are not summed up."""
    from publisher.liaison.checks import check_liaison
    from publisher.liaison.reading import load_register
    from publisher.liaison.workdays import WorkCalendar

    _refuse(options)
    settings, as_of = settings_of(options), time_of(options).date()
    if settings is None:
        return 1
    month = options.month or Month.of(as_of).plus(-1)
    if month.first > as_of:
        raise UsageError(f"{month} 还没有到 / {month} is still to come")
    wants = _months_until(month)
    register, problems = load_register(options.root, wants)
    errors = [one for one in sort_problems([*problems, *check_liaison(options.root, settings.liaison, as_of, wants)]) if one.is_error]
    if errors:
        print_problems(errors, "text", options.lang)
        return 1
    if options.unit and options.unit not in {officer.unit for officer in register.officers}:
        units = "、".join(sorted({officer.unit for officer in register.officers}))
        raise UsageError(f"没有“{options.unit}”这个单位；有：{units} / no such unit")
    return Scope(register, month, options.unit, settings.liaison, as_of, WorkCalendar(register.holidays))


def _months_until(month: Month) -> Callable[[Month], bool]:
    """The months that a report needs: those of the year so far, and three before, with which notes are compared."""
    first = min(Month(month.year, 1), month.plus(-3))
    return lambda other: first <= other <= month


def _refuse(options: argparse.Namespace) -> None:
    """Nothing of the records is ever written where a site is: ``site/``, the preview, or any folder that a build made; links are followed."""
    if str(options.out) == "-":
        return
    target = (options.out or options.root / "var" / "liaison").resolve()
    if words := public_place(options.root, target):
        raise UsageError(" / ".join(words))


def _write(options: argparse.Namespace, name: str, scope: Scope, data: bytes) -> int:
    if str(options.out) == "-":
        sys.stdout.buffer.write(data)
        return 0
    unit = f"-{options.unit}".replace("/", "／") if options.unit else ""
    path = options.out or options.root / "var" / "liaison" / f"{name}-{scope.month}{unit}.{options.format}"
    put_whole(path, data, is_private=True)
    print(path)
    return 0


def run_remind(options: argparse.Namespace) -> int:
    """Print what is due, or write it as mail or as a calendar, or send the mail."""
    from publisher.liaison.reading import load_register
    from publisher.liaison.reminders import find_reminders
    from publisher.liaison.workdays import WorkCalendar

    _refuse(options)
    settings, moment = settings_of(options), time_of(options)
    if settings is None:
        return 1
    present = Month.of(moment.date())
    register, problems = load_register(options.root, lambda month: present.plus(-2) <= month <= present)
    if has_errors(problems):
        print_problems([problem for problem in problems if problem.is_error], "text", options.lang)
        return 1
    calendar = WorkCalendar(register.holidays)
    reminders = find_reminders(register, settings.liaison, calendar, moment.date())
    if options.format == "text":
        print(to_text(reminders, moment, calendar.notes))
        return 0
    if options.format == "ics":
        path = options.out or options.root / "var" / "liaison" / f"提醒-{moment:%Y-%m-%d}.ics"
        put_whole(path, to_calendar(reminders, settings, moment), is_private=True)
        print(path)
        return 0
    return _post(options, settings, list(to_mail(reminders, register, settings, moment, calendar.notes)), len({row.officer for row in reminders}))


def _post(options: argparse.Namespace, settings: Settings, notices: list[Notice], officers: int) -> int:
    """Hand the mails to the transport: a folder, or with ``--send`` the server of ``PUBLISHER_SMTP_URL``."""
    from publisher.delivery.transport import Outcome
    from publisher.delivery.transport.folder import FolderTransport

    folder = options.out or options.root / "var" / "liaison" / "mail"
    transport = open_transport() if options.send else FolderTransport(folder)
    if transport is None:
        raise UsageError("发信要先设环境变量 PUBLISHER_SMTP_URL / PUBLISHER_SMTP_URL is not set")
    failed = 0
    session = transport.open()
    try:
        for notice in notices:
            answer = session.send(settings.mail.sender, notice.address, notice.data)
            if answer.outcome is not Outcome.ACCEPTED:
                failed += 1
                print(f"{notice.officer}：没有发出（{answer.code} {answer.words}）", file=sys.stderr)
            if answer.is_closed:
                session = transport.open()
    finally:
        session.close()
    where = "已发出" if options.send else f"在 {folder}"
    print(f"{len(notices) - failed} 封邮件{where}；{officers - len(notices)} 人没有工作邮箱，没有写。")
    return 3 if failed else 0
