"""``publisher review``: the explanations that have to be held against the official text again (待复核), each with its reasons."""

from __future__ import annotations

import argparse
import json

from publisher.cli.options import add_common, time_of
from publisher.cli.problems import print_problems, problems_json
from publisher.content.model.kinds import Policy
from publisher.content.model.vocabulary import Kind
from publisher.engine.prepare import prepare
from publisher.problems import Problem
from publisher.sources import has_own_page

#: The problems that put an explanation on the list.
REASONS = ("source-changed", "verification-overdue", "verification-due", "superseded-unreviewed", "basis-superseded")


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List what waits for review; 0 whether there is something or not, 1 when the settings cannot be read."""
    prepared = prepare(options.root, time_of(options))
    if prepared.worker is None:
        print_problems(prepared.problems, options.format, options.lang)
        return 1
    found = [problem for problem in prepared.problems if problem.code in REASONS]
    by_path: dict[str, list[Problem]] = {}
    for problem in found:
        by_path.setdefault(problem.span.path, []).append(problem)
    titles = {entry.path: entry.title for entry in prepared.library.of_kind(Kind.POLICY)}
    policies = [entry.data for entry in prepared.library.of_kind(Kind.POLICY) if isinstance(entry.data, Policy)]
    blind = sum(not has_own_page(data.original) for data in policies)
    if options.format == "json":
        rows = [{"path": path, "title": titles[path], "reasons": [problem.code for problem in rows]} for path, rows in by_path.items()]
        print(json.dumps(problems_json(found) | {"policies": rows, "without_own_page": blind}, ensure_ascii=False, indent=2))
    elif options.format == "github":
        print_problems(found, options.format, options.lang)
    else:
        print("\n".join(_lines(by_path, titles, blind, options.lang)))
    return 0


def _lines(by_path: dict[str, list[Problem]], titles: dict[str, str], blind: int, lang: str) -> list[str]:
    zh = lang == "zh"
    lines = [f"待复核 {len(by_path)} 篇" if zh else f"{len(by_path)} to be reviewed"]
    for path, problems in by_path.items():
        lines += [f"- {titles[path]}（{path}）", *(f"    {problem.message('zh' if zh else 'en')}" for problem in problems)]
    if blind:
        words = f"另有 {blind} 篇的原文链接只到网站首页，原文有没有改动比不出来。"
        lines.append(words if zh else f"{blind} more name only the front page of a site: no change of their text can be seen.")
    return lines
