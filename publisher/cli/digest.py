"""``publisher digest plan|build``, and the way to send, status and explain: propose an edition as a file, and make its mail and archive page."""

from __future__ import annotations

import argparse
from pathlib import Path

from publisher.cli import digest_send
from publisher.cli.options import add_common, say, time_of
from publisher.cli.problems import print_problems
from publisher.content.model.vocabulary import Period
from publisher.digest.edition import Interval, interval_of, last_interval, plan_edition, proposed_edition, render_edition_file
from publisher.disk import put_whole
from publisher.engine.build import Order, build
from publisher.engine.prepare import Prepared, prepare
from publisher.lifecycle import status
from publisher.problems import has_errors
from publisher.site.editions import MAIL_FILES


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="plan|build|send|status|explain")
    plan = actions.add_parser("plan", help="拟定一期简报，写到 content/editions/", description="拟定一期简报")
    build = actions.add_parser("build", help="生成一期简报的邮件和存档页", description="生成一期简报")
    for action in (plan, build):
        add_common(action, formats=False)
        action.add_argument("edition", nargs="?", metavar="EDITION", help="如 2026-W47、2026-11、2026-11-22，默认刚结束的一期")
        action.add_argument("--period", choices=("weekly", "monthly", "daily"), default="weekly", help="不写 EDITION 时用：每周、每月或每日")
    plan.add_argument("--replace", action="store_true", help="已有同名文件时也重新拟定（原文件会被覆盖）")
    plan.add_argument("--if-missing", action="store_true", help="已有同名文件时不动它，也不算错")
    build.add_argument("--out", type=Path, default=None, metavar="DIR", help="网站文件夹，默认 site/")
    digest_send.configure(actions)
    plan.set_defaults(run=run_plan, format="text")
    build.set_defaults(run=run_build, format="text")


def _interval(options: argparse.Namespace) -> Interval | None:
    if options.edition:
        return interval_of(options.edition)
    return last_interval(Period.parse(options.period), time_of(options))


def _start(options: argparse.Namespace) -> tuple[Interval, Prepared] | int:
    """The period asked for and the checked content, or an exit code."""
    interval = _interval(options)
    if interval is None:
        print(f"不认识简报“{options.edition}”：写成 2026-W47、2026-11 或 2026-11-22")
        return 2
    say("正在检查内容……")
    prepared = prepare(options.root, max(time_of(options), interval.end) if options.edition else time_of(options))
    if has_errors(prepared.problems):
        print_problems(prepared.problems, "text", options.lang)
        return 1
    return interval, prepared


def run_plan(options: argparse.Namespace) -> int:
    """Write the proposal; an edition with nothing in it is not written."""
    started = _start(options)
    if isinstance(started, int):
        return started
    interval, prepared = started
    path = options.root / "content" / "editions" / f"{interval.id}.yml"
    if path.exists() and not options.replace:
        print(f"{path} 已经有了，没有改动。" + ("" if options.if_missing else "要重新拟定请加 --replace。"))
        return 0 if options.if_missing else 1
    if interval.end > time_of(options):
        print(f"注意：{interval.id} 到 {interval.end:%Y-%m-%d} 才结束，之后发布的内容不在这份草稿里。")
    model = plan_edition(prepared.library, interval, prepared.settings)
    if not model.sections:
        print(f"{interval.id} 没有新内容，没有拟定简报。")
        return 0
    put_whole(path, render_edition_file(interval, model, prepared.library).encode())
    count = sum(len(section.entries) for section in model.sections)
    print(f"已拟好 {path}：{count} 条。看过、改好后提交，再运行 publisher digest build {interval.id}。")
    return 0


def run_build(options: argparse.Namespace) -> int:
    """Make the edition's mail and archive pages in the site; an empty edition says so and makes nothing."""
    started = _start(options)
    if isinstance(started, int):
        return started
    interval, prepared = started
    edition = proposed_edition(prepared.library, interval, prepared.settings)
    found = (prepared.library.by_id.get(name) for name in edition.entry_ids)
    if not any(entry and status(entry, prepared.as_of, prepared.settings.closing_days).is_public for entry in found):
        print(f"{interval.id} 没有内容，没有生成简报。")
        return 0
    if edition not in prepared.library.editions:
        print(f"{interval.id} 还没有拟定：先运行 publisher digest plan {interval.id}，看过后再生成。")
        return 1
    from publisher.material.shell import load_shell

    out = options.out or options.root / "site"
    report = build(Order(options.root, out, prepared.as_of, load_shell))
    folder = out / edition.url
    print(f"简报 {interval.id}《{edition.data.title}》：{len(set(edition.entry_ids))} 条；网站写了 {report.wrote} 个文件。")
    for words, name in (("存档页", "index.html"), ("邮件网页版", MAIL_FILES["html"]), ("邮件文字版", MAIL_FILES["text"]), ("完整邮件", MAIL_FILES["eml"])):
        print(f"  {words}：{folder / name}（{_size(folder / name)}）")
    return 0


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1024:.1f} KB"
