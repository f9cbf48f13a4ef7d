"""``publisher build``: check, then bring ``site/`` to what the content says; nothing is touched when there is an error."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.cli.options import Progress, UsageError, add_common, processes_of, say, time_of
from publisher.clock import SHANGHAI
from publisher.engine.build import Order, build
from publisher.engine.report import BuildReport

if TYPE_CHECKING:
    from publisher.site.frames import Shell

#: The kinds in the order of the report, with their names; `publisher.content.model.vocabulary` is too heavy to import for this alone.
KIND_NAMES = {
    "news": "商业资讯",
    "policy": "政策解读",
    "listing": "供需对接",
    "guide": "代办服务",
    "event": "活动",
    "enterprise": "企业名录",
    "tally": "助企服务",
    "page": "页面",
}


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="生成到哪里，默认 site/")
    parser.add_argument("--strict", action="store_true", help="有提醒也不生成")
    parser.add_argument("--clean", action="store_true", help="全部重新生成")
    parser.add_argument("--compress", action="store_true", help="在网页、样式等文字旁边放压缩好的 .gz 和 .br；不加就没有")
    parser.add_argument("--internal", action="store_true", help="给办公室看的内部网站：公开的、内部的、亲商助企的记录都在；默认 var/internal/")
    parser.set_defaults(run=run)


def load_theme(root: Path) -> Shell:
    """The theme's frame; loading the theme takes longer than most builds, so it is put off until a frame is missing."""
    from publisher.material.shell import load_shell

    return load_shell(root)


def run(options: argparse.Namespace) -> int:
    """Build, print a short report, and give 1 when there is an error."""
    if options.internal:
        return _run_internal(options)
    as_of = time_of(options)
    out = options.out or options.root / "site"
    say("正在生成……")
    order = Order(
        options.root,
        out,
        as_of,
        load_theme,
        is_clean=options.clean,
        is_strict=options.strict,
        processes=processes_of(),
        is_packed=options.compress,
        progress=Progress("正在生成"),
        waiting=lambda holder: say(f"另一个生成正在进行（进程 {holder}），等它结束……"),
    )
    report = build(order)
    if options.format == "json":
        _print_json(report, as_of)
    elif not report.is_built:
        _print_problems(report, options)
        print("有错误，没有生成；原来的网站没有动。" if options.lang == "zh" else "Nothing was built; the last site stands.")
    else:
        if report.problems:
            _print_problems(report, options)
        if options.format == "text":
            print(format_report(report, out, options.lang))
    return 0 if report.is_built else 1


def _run_internal(options: argparse.Namespace) -> int:
    """Build the site for the office; it is made anew as a whole."""
    from publisher.internal.build import build_internal

    out = options.out or options.root / "var" / "internal"
    if options.compress:
        raise UsageError("--internal 不做压缩文件 / --internal makes no compressed files")
    say("正在生成内部网站……")
    report = build_internal(options.root, out, time_of(options), is_strict=options.strict, processes=processes_of())
    if options.format == "json":
        import json

        from publisher.cli.problems import problems_json

        found = problems_json(report.problems) | {"built": report.is_built, "files": report.files, "enterprises": report.enterprises}
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0 if report.is_built else 1
    if not report.is_built:
        from publisher.cli.problems import print_problems

        print_problems([problem for problem in report.problems if problem.is_error or options.strict], options.format, options.lang)
        print("有错误，没有生成；原来的内部网站没有动。" if options.lang == "zh" else "Nothing was built; the last internal site stands.")
        return 1
    print(f"内部网站：{report.files} 个文件，企业 {report.enterprises} 家，内部条目 {report.internal} 条，只有本人能读。不得外传。")
    print(f"请打开：{out / 'index.html'}")
    return 0


def _print_problems(report: BuildReport, options: argparse.Namespace) -> None:
    from publisher.cli.problems import print_problems

    print_problems(report.problems, options.format, options.lang)


def _print_json(report: BuildReport, as_of: datetime) -> None:
    import json

    from publisher.cli.problems import problems_json

    result: dict[str, Any] = problems_json(report.problems) | {"built": report.is_built}
    if report.is_built:
        change = report.facts["next_change"]
        result |= {
            "as_of": as_of.isoformat(),
            "entries": {kind: report.facts["counts"].get(kind, 0) for kind in KIND_NAMES},
            "written": report.written,
            "removed": report.removed,
            "kept": report.kept,
            "compressed": report.packed,
            "seconds": round(report.seconds, 3),
            "next_change": {"time": datetime.fromtimestamp(change[0], SHANGHAI).isoformat(), "entry": change[2]} if change else None,
        }
    print(json.dumps(result, ensure_ascii=False, indent=2))


def format_report(report: BuildReport, out: Path, lang: str) -> str:
    """Entries by kind, files, seconds, what falls due next, what to open."""
    counts, change = report.facts["counts"], report.facts["next_change"]
    due = f"{datetime.fromtimestamp(change[0], SHANGHAI):%Y-%m-%d %H:%M}" if change else ""
    index, serve = out / "index.html", f"python3 -m http.server --directory {out} 8000"
    if lang == "en":
        kinds = ", ".join(f"{kind} {counts[kind]}" for kind in KIND_NAMES if counts.get(kind))
        when = f"{due} ({change[2]})" if change else "never"
        return (
            f"entries: {kinds}\nfiles: {report.wrote} written, {report.kept} unchanged, {len(report.removed)} removed, "
            f"{report.seconds:.1f} s\nnext change: {when}\nopen: {index}\n  or run: {serve}, then open http://127.0.0.1:8000/"
        )
    kinds = "，".join(f"{name} {counts[kind]}" for kind, name in KIND_NAMES.items() if counts.get(kind))
    when = f"{due}（{change[1]}），到时请再生成一次" if change else "没有"
    return (
        f"条目：{kinds}\n文件：写了 {report.wrote} 个，未变 {report.kept} 个，删除 {len(report.removed)} 个，用时 {report.seconds:.1f} 秒\n"
        f"下次内容变化：{when}\n请打开：{index}\n  或运行 {serve}，再用浏览器打开 http://127.0.0.1:8000/"
    )
