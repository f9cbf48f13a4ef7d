"""``publisher check``: every problem of every file, the officers' records among them; as JSON also when the result would next change."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from publisher.cli.options import add_common, say, time_of
from publisher.cli.problems import print_problems, problems_json
from publisher.cli.surroundings import has_database
from publisher.content.library import Library
from publisher.content.taxonomy import TAXONOMY_PATH
from publisher.engine.prepare import Prepared, prepare
from publisher.lifecycle import next_change
from publisher.problems import Problem, Span, has_errors
from publisher.problems.order import sort_problems


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--links", action="store_true", help="也检查外部链接，并对照官方原文有没有改动（要联网）")
    parser.add_argument("--strict", action="store_true", help="提醒也算错误")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check, print, and give 1 when there is an error."""
    as_of = time_of(options)
    prepared = prepare(options.root, as_of)
    problems = prepared.problems
    if options.links:
        from publisher.linkcheck import check_links, check_sources

        say("正在检查外部链接……")
        url = prepared.settings.site_url
        problems = [*problems, *check_links(prepared.library, options.root / "var", as_of, url)]
        told = {(problem.span, problem.code) for problem in problems}  # what was known before is among them already
        problems += [found for found in check_sources(prepared.library, options.root, as_of, url) if (found.span, found.code) not in told]
    problems = sort_problems([*problems, *_missing_tags(options.root, prepared.library), *_liaison(prepared)])
    change = next_change(prepared.library, as_of, prepared.settings.closing_days, prepared.settings.verification_due_days)
    if options.format == "json":
        result = problems_json(problems) | {
            "entries": len(prepared.library.entries),
            "as_of": as_of.isoformat(),
            "next_change": {"time": change[0].isoformat(), "entry": change[1].path} if change else None,
        }
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print_problems(problems, options.format, options.lang)
    return 1 if has_errors(problems, strict=options.strict) else 0


def _liaison(prepared: Prepared) -> list[Problem]:
    """The problems of the officers' records, where there are any; a build does not ask."""
    settings = prepared.settings
    if not (settings.content / "liaison").is_dir():
        return []
    from publisher.liaison.checks import check_liaison

    return check_liaison(settings.root, settings.liaison, prepared.as_of.date())


def _missing_tags(root: Path, library: Library) -> Iterator[Problem]:
    """Tags that readers of the newsletter chose and that are no more: neither in the table nor on any entry. Without a database nothing is asked."""
    taxonomy = library.taxonomy
    if not taxonomy.tags or not has_database(root):
        return
    from publisher.cli.surroundings import open_database
    from publisher.delivery.retention import chosen_tags

    database = open_database(root)
    try:
        with database.begin() as connection:
            counts = chosen_tags(connection)
    finally:
        database.close()
    used = {tag for entry in library.entries for tag in library.tags_of(entry)}
    for tag, count in sorted(counts.items()):
        if taxonomy.canonical(tag) not in taxonomy.tags and taxonomy.canonical(tag) not in used:
            yield Problem("tag-with-subscribers", Span(TAXONOMY_PATH), {"value": tag, "count": count})
