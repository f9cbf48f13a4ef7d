"""``publisher build``: check, then bring ``site/`` to what the content says; nothing is touched when there is an error."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from publisher.cli.options import Progress, add_common, print_problems, problems_json, say, time_of
from publisher.content.model.fields import SHANGHAI
from publisher.content.model.vocabulary import Kind
from publisher.lifecycle import next_change
from publisher.problems import has_errors
from publisher.site.build import BuildReport, build_site
from publisher.site.prepare import Prepared, prepare


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="生成到哪里，默认 site/")
    parser.add_argument("--strict", action="store_true", help="有提醒也不生成")
    parser.add_argument("--clean", action="store_true", help="全部重新生成")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build, print a short report, and give 1 when there is an error."""
    started = time.perf_counter()
    as_of = time_of(options)
    out = options.out or options.root / "site"
    say("正在检查内容……")
    prepared = prepare(options.root, as_of)
    if has_errors(prepared.problems, strict=options.strict):
        if options.format == "json":
            print(json.dumps(problems_json(prepared.problems) | {"built": False}, ensure_ascii=False, indent=2))
        else:
            print_problems(prepared.problems, options.format, options.lang)
            print("有错误，没有生成；原来的网站没有动。" if options.lang == "zh" else "Nothing was built; the last site stands.")
        return 1
    from publisher.material.shell import load_shell

    report = build_site(prepared, load_shell(options.root), out, is_clean=options.clean, progress=Progress("正在生成"))
    report.seconds = time.perf_counter() - started
    if options.format == "json":
        print(json.dumps(_json(prepared, report), ensure_ascii=False, indent=2))
        return 0
    if prepared.problems:
        print_problems(prepared.problems, options.format, options.lang)
    if options.format == "text":
        print(format_report(prepared, report, out, options.lang))
    return 0


def _json(prepared: Prepared, report: BuildReport) -> dict[str, object]:
    change = next_change(prepared.library, prepared.as_of, prepared.settings.closing_days)
    return problems_json(prepared.problems) | {
        "built": True,
        "as_of": prepared.as_of.isoformat(),
        "entries": {kind.value: len(prepared.library.of_kind(kind)) for kind in Kind},
        "written": sorted(report.written),
        "removed": report.removed,
        "kept": report.kept,
        "seconds": round(report.seconds, 3),
        "next_change": {"time": change[0].isoformat(), "entry": change[1].path} if change else None,
    }


def format_report(prepared: Prepared, report: BuildReport, out: Path, lang: str) -> str:
    """Entries by kind, files, seconds, what falls due next, what to open."""
    counts = Counter(entry.kind for entry in prepared.library.entries)
    change = next_change(prepared.library, prepared.as_of, prepared.settings.closing_days)
    index, serve = out / "index.html", f"python3 -m http.server --directory {out} 8000"
    if lang == "en":
        kinds = ", ".join(f"{kind.value} {counts[kind]}" for kind in Kind if counts[kind])
        due = f"{change[0].astimezone(SHANGHAI):%Y-%m-%d %H:%M} ({change[1].path})" if change else "never"
        return (
            f"entries: {kinds}\nfiles: {report.wrote} written, {report.kept} unchanged, {len(report.removed)} removed, "
            f"{report.seconds:.1f} s\nnext change: {due}\nopen: {index}\n  or run: {serve}, then open http://127.0.0.1:8000/"
        )
    kinds = "，".join(f"{kind.label} {counts[kind]}" for kind in Kind if counts[kind])
    due = f"{change[0].astimezone(SHANGHAI):%Y-%m-%d %H:%M}（{change[1].title}），到时请再生成一次" if change else "没有"
    return (
        f"条目：{kinds}\n文件：写了 {report.wrote} 个，未变 {report.kept} 个，删除 {len(report.removed)} 个，用时 {report.seconds:.1f} 秒\n"
        f"下次内容变化：{due}\n请打开：{index}\n  或运行 {serve}，再用浏览器打开 http://127.0.0.1:8000/"
    )
